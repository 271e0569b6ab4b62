"""The handler of FastAPI's and Mangum's documentation."""

import os
from datetime import UTC, datetime

import boto3
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel, EmailStr, Field

app = FastAPI()
table = boto3.resource("dynamodb").Table(os.environ["USERS_TABLE_NAME"])


class NewUser(BaseModel):
    """The body of a request."""

    userId: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    name: str = Field(min_length=1, max_length=100)
    email: EmailStr


class User(NewUser):
    """The body of a response."""

    createdAt: datetime
    updatedAt: datetime
    version: int


@app.get("/users/{userId}")
def get_user(userId: str) -> User:
    """Read a user."""
    response = table.get_item(Key={"userId": userId}, ConsistentRead=True)
    if "Item" not in response:
        raise HTTPException(status_code=404, detail="User not found")
    return User(**response["Item"])


@app.post("/users", status_code=201)
def create_user(user: NewUser) -> User:
    """Write a user."""
    now = datetime.now(UTC)
    created = User(**user.model_dump(), createdAt=now, updatedAt=now, version=1)
    table.put_item(Item=created.model_dump(mode="json"), ConditionExpression="attribute_not_exists(userId)")
    return created


lambda_handler = Mangum(app, lifespan="off")
