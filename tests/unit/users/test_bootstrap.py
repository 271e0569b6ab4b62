"""Composition root."""

from collections.abc import Callable

import pytest

from tests.helpers.environment import prepare
from users import bootstrap
from users.adapters.dynamodb import DynamoDBUserRepository
from users.adapters.s3 import S3ImageStore
from users.domain.ports import Idempotency, ImageStore


class TestBootstrap:
    """Collaborators are built from the settings, once."""

    def test_users_are_in_the_tables_of_the_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("USERS_TABLE_NAME", "u")
        monkeypatch.setenv("USER_EMAILS_TABLE_NAME", "e")
        monkeypatch.setenv("IDEMPOTENCY_TABLE_NAME", "i")
        users = bootstrap.user_repository()
        assert isinstance(users, DynamoDBUserRepository)
        assert {"u", "e", "i"} <= {value for value in vars(users).values() if isinstance(value, str)}

    @pytest.mark.parametrize(
        ("function", "build"),
        [
            ("UsersApiFunction", bootstrap.image_store),
            ("CleanupFunction", bootstrap.temporary_images),
            ("UserEventsFunction", lambda: bootstrap.reactions().images),
            ("ThumbnailsFunction", lambda: bootstrap.thumbnail_service().images),
        ],
    )
    def test_pictures_are_in_the_bucket_of_the_settings(
        self, monkeypatch: pytest.MonkeyPatch, function: str, build: Callable[[], ImageStore]
    ) -> None:
        prepare(monkeypatch, function)
        monkeypatch.setenv("IMAGES_BUCKET_NAME", "pictures")
        images = build()
        assert isinstance(images, S3ImageStore)
        assert "pictures" in images.download_url("key")

    @pytest.mark.parametrize(("address", "sends"), [("", False), ("welcome@example.com", True)])
    def test_mail_is_sent_from_an_address(
        self,
        monkeypatch: pytest.MonkeyPatch,
        address: str,
        sends: bool,  # noqa: FBT001 - a table
    ) -> None:
        prepare(monkeypatch, "UserEventsFunction")
        monkeypatch.setenv("SENDER_EMAIL_ADDRESS", address)
        assert (bootstrap.reactions().mailer is not None) == sends

    @pytest.mark.parametrize(
        ("function", "build"),
        [
            ("UserEventsFunction", lambda: bootstrap.reactions().idempotency),
            ("ThumbnailsFunction", lambda: bootstrap.thumbnail_service().idempotency),
        ],
    )
    def test_contexts_are_registered_where_effects_happen(
        self, monkeypatch: pytest.MonkeyPatch, function: str, build: Callable[[], Idempotency]
    ) -> None:
        prepare(monkeypatch, function)
        assert build() is bootstrap.idempotency()

    def test_each_is_built_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "UserStreamFunction")
        assert bootstrap.change_publisher() is bootstrap.change_publisher()
