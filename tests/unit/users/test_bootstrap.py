"""Where handlers get their collaborators."""

import pytest

from lambda_common.settings import load_settings
from users import bootstrap
from users.adapters.avatars import DynamoDBAvatarRepository
from users.adapters.dynamodb import DynamoDBUserRepository
from users.adapters.s3 import S3ImageStore
from users.settings import UsersApiSettings


class TestBootstrap:
    """Collaborators are built from what they are given, and nothing is kept."""

    def test_users_are_in_the_tables_of_the_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("USERS_TABLE_NAME", "u")
        monkeypatch.setenv("USER_EMAILS_TABLE_NAME", "e")
        monkeypatch.setenv("IDEMPOTENCY_TABLE_NAME", "i")
        users = bootstrap.user_repository(load_settings(UsersApiSettings), lambda: "c")
        assert isinstance(users, DynamoDBUserRepository)
        assert {"u", "e", "i"} <= {value for value in vars(users).values() if isinstance(value, str)}

    def test_avatars_are_in_the_table_that_is_given(self) -> None:
        avatars = bootstrap.avatar_repository("u", lambda: "c")
        assert isinstance(avatars, DynamoDBAvatarRepository)
        assert "u" in vars(avatars).values()

    def test_pictures_are_in_the_bucket_that_is_given(self) -> None:
        images = bootstrap.image_store("pictures")
        assert isinstance(images, S3ImageStore)
        assert "pictures" in images.download_url("key")

    def test_each_is_a_new_one(self) -> None:
        assert bootstrap.image_store("a") is not bootstrap.image_store("a")
