"""The environment variables of each function, as template.yaml sets them."""

from dataclasses import dataclass

from lambda_common.settings import FunctionSettings


@dataclass(frozen=True, kw_only=True)
class UsersApiSettings(FunctionSettings):
    """UsersApiFunction. `cors_allowed_origins` is a comma-separated list."""

    users_table_name: str
    user_emails_table_name: str
    idempotency_table_name: str
    cors_allowed_origins: str
