"""Where a handler gets its collaborators."""

import pytest

from tests.environment import forget_collaborators
from users import bootstrap
from users.adapters.dynamodb import DynamoDBUserRepository


class TestBootstrap:
    """Collaborators are built once, from the environment."""

    def test_the_same_when_asked_again(self) -> None:
        assert bootstrap.user_repository() is bootstrap.user_repository()
        assert isinstance(bootstrap.user_repository(), DynamoDBUserRepository)
        assert bootstrap.observability() is bootstrap.observability()

    def test_settings_are_those_of_the_function(self) -> None:
        settings = bootstrap.users_api_settings()
        assert settings.users_table_name == "UsersTable"
        assert settings.user_emails_table_name == "UserEmailsTable"
        assert settings.idempotency_table_name == "IdempotencyTable"
        assert settings.powertools_service_name == "users"

    @pytest.mark.parametrize(
        ("variable", "origins"),
        [
            ("*", ("*",)),
            ("", ()),
            (" a , b,", ("a", "b")),
            ("https://a.example.com", ("https://a.example.com",)),
        ],
    )
    def test_origins_are_a_list(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, origins: tuple[str, ...]
    ) -> None:
        monkeypatch.setenv("CORS_ALLOWED_ORIGINS", variable)
        forget_collaborators()
        assert bootstrap.cors_allowed_origins() == origins
