"""The handler of a GET in tutorials."""

import json
import os

import boto3

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["USERS_TABLE_NAME"])


def lambda_handler(event, context):
    """Read a user."""
    response = table.get_item(Key={"userId": event["pathParameters"]["userId"]})
    if "Item" not in response:
        return {"statusCode": 404, "body": json.dumps({"message": "User not found"})}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(response["Item"], default=str),
    }
