"""The handler of a POST in tutorials, with unique email addresses: two items in one transaction."""

import json
import os
from datetime import UTC, datetime

import boto3

dynamodb = boto3.resource("dynamodb")


def lambda_handler(event, context):
    """Write a user and reserve the address."""
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
    dynamodb.meta.client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": os.environ["USERS_TABLE_NAME"],
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(userId)",
                }
            },
            {
                "Put": {
                    "TableName": os.environ["USER_EMAILS_TABLE_NAME"],
                    "Item": {"email": item["email"], "userId": item["userId"]},
                    "ConditionExpression": "attribute_not_exists(email)",
                }
            },
        ]
    )
    return {
        "statusCode": 201,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"message": "User created successfully", "user": item}),
    }
