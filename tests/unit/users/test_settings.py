"""The environment variables of the functions."""

from typing import Any

import pytest

from lambda_common.settings import SettingsError, load_settings
from tests.helpers.environment import REGION, prepare
from users import settings

BUCKET = f"users-images-123456789012-{REGION}"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/123456789012/UserStreamDeadLetterQueue"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:UserEventsTopic"
KINDS = [
    settings.UsersApiSettings,
    settings.UserStreamSettings,
    settings.UserEventsSettings,
    settings.ThumbnailsSettings,
    settings.CleanupSettings,
    settings.IdempotencySettings,
]


class TestSettings:
    """Each function has those that template.yaml gives it."""

    def test_those_of_the_api(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "UsersApiFunction")
        assert load_settings(settings.UsersApiSettings) == settings.UsersApiSettings(
            users_table_name="UsersTable",
            user_emails_table_name="UserEmailsTable",
            idempotency_table_name="IdempotencyTable",
            images_bucket_name=BUCKET,
            cors_allowed_origins=("https://app.example.com", "https://admin.example.com"),
            serve_docs=True,
        )

    def test_those_of_the_stream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "UserStreamFunction")
        loaded = load_settings(settings.UserStreamSettings)
        assert (loaded.user_events_topic_arn, loaded.user_stream_dead_letter_queue_url) == (TOPIC, QUEUE)

    def test_those_of_the_queue(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "UserEventsFunction")
        loaded = load_settings(settings.UserEventsSettings)
        assert (loaded.images_bucket_name, loaded.sender_email_address) == (BUCKET, "")

    def test_those_of_the_thumbnails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "ThumbnailsFunction")
        loaded = load_settings(settings.ThumbnailsSettings)
        assert (loaded.images_bucket_name, loaded.user_events_topic_arn) == (BUCKET, TOPIC)
        assert loaded.users_table_name == "UsersTable"

    @pytest.mark.parametrize("function", ["UserEventsFunction", "ThumbnailsFunction"])
    def test_those_of_effects_that_happen_once(self, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
        prepare(monkeypatch, function)
        assert load_settings(settings.IdempotencySettings).idempotency_table_name == "IdempotencyTable"

    def test_those_of_the_clean_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        prepare(monkeypatch, "CleanupFunction")
        assert load_settings(settings.CleanupSettings).images_bucket_name == BUCKET

    @pytest.mark.parametrize("kind", KINDS)
    def test_names_all_that_are_missing(self, kind: type[Any]) -> None:
        with pytest.raises(SettingsError) as caught:
            load_settings(kind, {})
        assert all(name.upper() in str(caught.value) for name in kind.__dataclass_fields__)
