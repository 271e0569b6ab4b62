"""Users in DynamoDB."""

from users.adapters.dynamodb.repository import DynamoDBUserRepository

__all__ = ["DynamoDBUserRepository"]
