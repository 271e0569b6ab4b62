"""The same with `boto3.client`, which is faster than `boto3.resource`."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")


def lambda_handler(event, context):
    """Read a user."""
    response = dynamodb.get_item(
        TableName=os.environ["USERS_TABLE_NAME"], Key={"userId": {"S": event["pathParameters"]["userId"]}}
    )
    if "Item" not in response:
        return {"statusCode": 404, "body": json.dumps({"message": "User not found"})}
    user = {name: next(iter(value.values())) for name, value in response["Item"].items()}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(user),
    }
