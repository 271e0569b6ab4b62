"""Lean Powertools: no validation, no traces, `boto3.client` instead of `boto3.resource`."""

import os
from datetime import UTC, datetime
from http import HTTPStatus

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()
app = APIGatewayRestResolver()
dynamodb = boto3.client("dynamodb")


@app.get("/users/<user_id>")
def get_user(user_id: str):
    """Read a user."""
    response = dynamodb.get_item(TableName=os.environ["USERS_TABLE_NAME"], Key={"userId": {"S": user_id}})
    if "Item" not in response:
        raise NotFoundError("User not found")
    logger.info("User read")
    metrics.add_metric(name="UserRead", unit=MetricUnit.Count, value=1)
    return {name: next(iter(value.values())) for name, value in response["Item"].items()}


@app.post("/users")
def create_user():
    """Write a user."""
    body = app.current_event.json_body
    now = datetime.now(UTC).isoformat()
    user = {
        "userId": body["userId"],
        "name": body["name"],
        "email": body["email"],
        "createdAt": now,
        "updatedAt": now,
        "version": 1,
    }
    item = {name: {"N" if name == "version" else "S": str(value)} for name, value in user.items()}
    dynamodb.put_item(
        TableName=os.environ["USERS_TABLE_NAME"],
        Item=item,
        ConditionExpression="attribute_not_exists(userId)",
    )
    logger.info("User created")
    metrics.add_metric(name="UserCreated", unit=MetricUnit.Count, value=1)
    return user, HTTPStatus.CREATED


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event, context):
    """The entry point."""
    return app.resolve(event, context)
