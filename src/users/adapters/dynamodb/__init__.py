"""Users and their avatars in DynamoDB."""

from users.adapters.dynamodb.avatars import DynamoDBAvatarRepository
from users.adapters.dynamodb.repository import DynamoDBUserRepository

__all__ = ["DynamoDBAvatarRepository", "DynamoDBUserRepository"]
