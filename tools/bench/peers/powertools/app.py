"""The handler of Powertools' documentation: resolver with validation, Logger, Tracer, Metrics, pydantic."""

import os
from datetime import UTC, datetime
from http import HTTPStatus

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, EmailStr, Field

logger = Logger()
tracer = Tracer()
metrics = Metrics()
app = APIGatewayRestResolver(enable_validation=True)
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


@app.get("/users/<userId>")
@tracer.capture_method
def get_user(userId: str) -> User:
    """Read a user."""
    response = table.get_item(Key={"userId": userId}, ConsistentRead=True)
    if "Item" not in response:
        raise NotFoundError("User not found")
    logger.info("User read")
    metrics.add_metric(name="UserRead", unit=MetricUnit.Count, value=1)
    return User(**response["Item"])


@app.post("/users")
@tracer.capture_method
def create_user(user: NewUser) -> tuple[User, HTTPStatus]:
    """Write a user."""
    now = datetime.now(UTC)
    created = User(**user.model_dump(), createdAt=now, updatedAt=now, version=1)
    table.put_item(Item=created.model_dump(mode="json"), ConditionExpression="attribute_not_exists(userId)")
    logger.info("User created")
    metrics.add_metric(name="UserCreated", unit=MetricUnit.Count, value=1)
    return created, HTTPStatus.CREATED


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event, context):
    """The entry point."""
    return app.resolve(event, context)
