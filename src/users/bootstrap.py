"""Where handlers get their collaborators: built once for each execution environment."""

from functools import cache

from lambda_common.aws import client
from lambda_common.observability import Observability
from lambda_common.settings import load_settings
from users.adapters.dynamodb import DynamoDBUserRepository
from users.domain.repository import UserRepository
from users.settings import UsersApiSettings


@cache
def users_api_settings() -> UsersApiSettings:
    """The settings of UsersApiFunction."""
    return load_settings(UsersApiSettings)


@cache
def observability() -> Observability:
    """Logs, metrics and traces."""
    return Observability(users_api_settings())


@cache
def user_repository() -> UserRepository:
    """Users in DynamoDB."""
    settings = users_api_settings()
    return DynamoDBUserRepository(
        client("dynamodb"),
        users_table=settings.users_table_name,
        user_emails_table=settings.user_emails_table_name,
        idempotency_table=settings.idempotency_table_name,
    )


@cache
def cors_allowed_origins() -> tuple[str, ...]:
    """The origins whose pages may use the API."""
    origins = users_api_settings().cors_allowed_origins.split(",")
    return tuple(origin.strip() for origin in origins if origin.strip())
