"""The handler of a POST in tutorials."""

import json
import os
from datetime import UTC, datetime

import boto3

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["USERS_TABLE_NAME"])


def lambda_handler(event, context):
    """Write a user."""
    body = json.loads(event["body"])
    now = datetime.now(UTC).isoformat()
    item = {
        "userId": body["userId"],
        "name": body["name"],
        "email": body["email"],
        "createdAt": now,
        "updatedAt": now,
        "version": 1,
    }
    table.put_item(Item=item)
    return {
        "statusCode": 201,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"message": "User created successfully", "user": item}),
    }
