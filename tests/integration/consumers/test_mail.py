"""A new user receives one welcome mail."""

import time
from hashlib import sha256
from typing import Any

import pytest

from tests.helpers.consumers import RECEIVES, messages, user_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING, refusal
from tests.integration.consumers.services import SENDER, Aws
from tests.integration.tables import Items
from users import bootstrap
from users.consumers.user_events import lambda_handler
from users.domain.errors import EffectInProgressError
from users.domain.events import UserEvent

FUNCTION = "UserEventsFunction"
DONE: dict[str, Any] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
INVOCATION_SECONDS = Context().get_remaining_time_in_millis() // 1000


def deliver(**members: Any) -> dict[str, Any]:
    """The response to one message."""
    response: dict[str, Any] = lambda_handler(messages(user_event(**members)), Context())
    return response


class TestWelcome:
    """Sender, recipient and content of the mail."""

    @pytest.mark.parametrize("name", ["https://example.net", "\u202egro.elpmaxe", "<b>John</b>", "李小龙"])
    def test_contains_no_text_that_a_client_chose(self, aws: Aws, name: str) -> None:
        deliver()
        deliver(id="another", data=user_event()["data"] | {"name": name})
        one, other = [params["Content"] for name, params in aws.wire.calls if name == "SendEmail"]
        assert one == other
        assert set(one["Simple"]["Body"]) == {"Text"}
        assert one["Simple"]["Body"]["Text"]["Data"].isascii()

    @pytest.mark.parametrize(
        ("address", "recipient"),
        [
            ("zoe@bücher.example.com", "zoe@xn--bcher-kva.example.com"),
            ("li@例え.example.com", "li@xn--r8jz45g.example.com"),
            ("o'neil+x@example.com", "o'neil+x@example.com"),
        ],
    )
    def test_is_sent_from_the_sender_to_the_user(self, aws: Aws, address: str, recipient: str) -> None:
        assert deliver(data=user_event()["data"] | {"email": address}) == DONE
        [sent] = [params for name, params in aws.wire.calls if name == "SendEmail"]
        assert sent["FromEmailAddress"] == SENDER
        assert aws.mailbox.recipients == [recipient]

    def test_is_not_sent_without_a_sender_which_is_logged(
        self, aws: Aws, logs: Logs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SENDER_EMAIL_ADDRESS", "")
        assert deliver() == DONE
        assert [line["outcome"] for line in logs.lines] == ["no_sender_configured"]
        assert aws.mailbox.recipients == []
        assert aws.wire.calls == []


class TestSesFaults:
    """Mail that SES does not accept is retried, and sent once."""

    @pytest.mark.parametrize(
        "fault",
        [
            refusal("TooManyRequestsException", 429),
            refusal("InternalServiceErrorException", 500),
            refusal("MessageRejected"),
            refusal("MailFromDomainNotVerifiedException"),
            PASSING["no-connection"],
            PASSING["connect-timeout"],
        ],
    )
    def test_is_sent_once_after_them(self, aws: Aws, logs: Logs, fault: Exception) -> None:
        aws.wire.fail("SendEmail", fault, fault)
        assert [deliver() for _ in range(5)] == [AGAIN, AGAIN, DONE, DONE, DONE]
        assert len(aws.mailbox.recipients) == 1
        assert [line["outcome"] for line in logs.metrics] == [
            *("failed", "failed"),
            *("success", "repeated", "repeated"),
        ]
        assert not [word for word in ("John", "example.com") if word in logs.text]

    def test_is_sent_again_when_the_response_was_lost(self, aws: Aws) -> None:
        aws.wire.lose_response("SendEmail")
        assert [deliver(), deliver(), deliver()] == [AGAIN, DONE, DONE]
        assert len(aws.mailbox.recipients) == 2


class TestLocks:
    """One of two concurrent deliveries sends the mail, and no mail is lost."""

    def test_waits_when_another_delivery_is_in_progress(self, aws: Aws) -> None:
        errors = []

        def react() -> None:
            """Another delivery, in another execution environment."""
            with pytest.raises(EffectInProgressError) as caught:
                bootstrap.reactions().react(UserEvent.model_validate(user_event()))
            errors.append(caught.value)

        aws.wire.meanwhile("SendEmail", react)
        assert deliver() == DONE
        assert len(errors) == 1
        assert deliver() == DONE
        assert len(aws.mailbox.recipients) == 1

    def test_expires_when_it_cannot_be_released(self, aws: Aws) -> None:
        aws.wire.fail("SendEmail", PASSING["throttled"])
        aws.wire.fail("DeleteItem", PASSING["throttled"])
        assert deliver() == AGAIN
        aws.locks.age(INVOCATION_SECONDS - 15)
        assert deliver() == AGAIN
        aws.locks.age(15)
        assert deliver() == DONE
        assert len(aws.mailbox.recipients) == 1

    def test_takes_effect_when_the_response_to_it_was_lost(self, aws: Aws) -> None:
        aws.wire.lose_response("PutItem")
        assert deliver() == AGAIN
        aws.locks.age(INVOCATION_SECONDS)
        assert deliver() == DONE
        assert len(aws.mailbox.recipients) == 1

    @pytest.mark.parametrize(
        "fault",
        [*PASSING.values(), refusal("AccessDeniedException"), refusal("ValidationException"), KeyError()],
    )
    def test_sent_mail_is_not_repeated_when_it_cannot_be_recorded(
        self, aws: Aws, logs: Logs, fault: Exception
    ) -> None:
        aws.wire.fail("UpdateItem", fault)
        for _ in range(RECEIVES):
            if deliver() == DONE:
                break
            aws.locks.age(540)
        assert len(aws.mailbox.recipients) == 1
        [error] = [line for line in logs.lines if line["level"] == "ERROR"]
        assert error["error_types"][0] == type(fault).__name__
        assert [metric["UnrecordedEffects"] for metric in logs.metrics] == [[1.0]]

    def test_records_outlast_dead_letters(self, aws: Aws) -> None:
        deliver()
        aws.locks.age(15 * 24 * 3600)
        deliver()
        assert len(aws.mailbox.recipients) == 1

    def test_lasts_as_long_as_the_invocation_and_holds_nothing_of_the_user(
        self, aws: Aws, items: Items
    ) -> None:
        earliest, _, latest = int(time.time() * 1000), deliver(), int(time.time() * 1000)
        [item] = items("IdempotencyTable")
        expires_at = int(item["in_progress_expiration"]["N"])
        assert earliest <= expires_at - Context().get_remaining_time_in_millis() <= latest
        digest = sha256(f'"welcome#{user_event()["id"]}"'.encode()).hexdigest()
        assert item["idempotencyKey"] == {"S": f"effect#{digest}"}
        assert item["data"] == {"S": "true"}
        assert set(item) == {"idempotencyKey", "expiresAt", "status", "in_progress_expiration", "data"}
        assert len(aws.mailbox.recipients) == 1

    def test_is_retried_after_an_internal_error(self, aws: Aws, logs: Logs) -> None:
        aws.wire.fail("PutItem", refusal("AccessDeniedException"))
        assert [deliver(), deliver()] == [AGAIN, DONE]
        assert len(aws.mailbox.recipients) == 1
        [error] = [line for line in logs.lines if line["level"] == "ERROR"]
        assert error["aws_errors"] == ["Operation AccessDeniedException"]
