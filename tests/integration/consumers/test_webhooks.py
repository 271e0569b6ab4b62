"""Webhooks: a real receiver on loopback, and the other services in moto."""

import json
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import base as powertools
from moto.backends import get_backend
from standardwebhooks import Webhook

from tests.helpers.consumers import user_event
from tests.helpers.environment import ACCOUNT, REGION
from tests.helpers.events import load_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Context
from tests.helpers.wire import PASSING, Wire
from tests.integration.consumers.services import create_queue
from tools.receiver import Receiver
from users.adapters import webhooks
from users.consumers.webhooks import lambda_handler
from users.domain.webhooks import RETRY_SECONDS

FUNCTION = "WebhookFunction"
SECRET = 64 * "a"
NEW_SECRET = "whsec_" + 32 * "b"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Accepts events until told otherwise."""
    with Receiver(secrets=[SECRET, NEW_SECRET], answers=["200"]) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def secrets(receiver: Receiver, clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function with a secret and the URL of the receiver, and a circuit that is closed."""
    get_backend("secretsmanager")[ACCOUNT][REGION].reset()
    client = clients["secretsmanager"]
    client.create_secret(Name="WebhookSecret", SecretString=SECRET)
    monkeypatch.setenv("STAGE", "local")
    monkeypatch.setenv("WEBHOOK_URL", f"{receiver.url}?token=hidden")
    monkeypatch.setattr(webhooks, "READ_TIMEOUT_SECONDS", 1)
    monkeypatch.setattr(powertools, "_LOCAL_FAILURES", {})
    return client


class Source:
    """Lambda, which gives the function messages of WebhookQueue, and the receiver of its webhooks."""

    def __init__(self, sqs: Any, wire: Wire, receiver: Receiver) -> None:
        self._sqs, self.wire, self.receiver = sqs, wire, receiver
        self.dead_letters = create_queue(sqs, "WebhookDeadLetterQueue")

    def deliver(self, *bodies: str, age: float = 0) -> list[str]:
        """Deliver a batch, for the first time some time ago; returns the messages that stay in the queue."""
        queue = create_queue(self._sqs, "WebhookQueue")
        queue.send(*(bodies or [json.dumps(user_event())]))
        received = self._sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
        first = {"ApproximateFirstReceiveTimestamp": str(int(1000 * (time.time() - age)))}
        names = {"messageId": "MessageId", "receiptHandle": "ReceiptHandle", "body": "Body"}
        records = [
            {name: message[of] for name, of in names.items()} | {"attributes": first}
            for message in received["Messages"]
        ]
        response = lambda_handler({"Records": records}, Context())
        self._sqs.delete_queue(QueueUrl=queue.url)  # the messages would become visible again
        return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]

    @property
    def reasons(self) -> list[str]:
        """Why messages are dead letters."""
        attributes = [message["MessageAttributes"] for message in self.dead_letters.messages]
        return [each["reason"]["StringValue"] for each in attributes]

    @property
    def delays(self) -> list[int]:
        """For how many seconds messages were hidden."""
        calls = [params for name, params in self.wire.calls if name == "ChangeMessageVisibility"]
        return [params["VisibilityTimeout"] for params in calls]


@pytest.fixture
def source(clients: dict[str, Any], wire: Wire, receiver: Receiver) -> Source:
    """Lambda between the queue and the function."""
    return Source(clients["sqs"], wire, receiver)


class TestDelivery:
    """A POST for each event, as the specification says."""

    def test_signatures_verify_with_the_package_of_the_specification(self, source: Source) -> None:
        event = user_event(kind="user.updated", previous=user_event()["data"])
        assert source.deliver(json.dumps(event)) == []
        [call] = source.receiver.calls
        assert Webhook(SECRET).verify(call.body, dict(call.headers)) == {
            "type": "user.updated",
            "timestamp": event["time"],
            "data": {
                "userId": event["userId"],
                "version": event["version"],
                "sequence": event["sequence"],
                "user": event["data"],
                "previous": event["previous"],
            },
        }
        assert call.id == event["id"]

    def test_batches_share_connections(self, source: Source) -> None:
        for _ in range(3):
            assert source.deliver(*[json.dumps(user_event(number)) for number in range(8)]) == []
        assert len({call.id for call in source.receiver.calls}) == 8
        assert len({call.connection for call in source.receiver.calls}) <= webhooks.CONNECTIONS

    def test_both_secrets_sign_until_the_old_one_is_removed(
        self, source: Source, secrets: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POWERTOOLS_PARAMETERS_MAX_AGE", "0")
        source.deliver()
        secrets.put_secret_value(SecretId="WebhookSecret", SecretString=NEW_SECRET)
        source.deliver()
        versions = secrets.describe_secret(SecretId="WebhookSecret")["VersionIdsToStages"]
        [old] = [version for version, stages in versions.items() if stages == ["AWSPREVIOUS"]]
        secrets.update_secret_version_stage(
            SecretId="WebhookSecret", VersionStage="AWSPREVIOUS", RemoveFromVersionId=old
        )
        source.deliver()
        signatures = [len(call.headers["webhook-signature"].split()) for call in source.receiver.calls]
        assert signatures == [1, 2, 1]
        for call, secret in zip(source.receiver.calls, (SECRET, SECRET, NEW_SECRET), strict=True):
            Webhook(secret).verify(call.body, dict(call.headers))
        Webhook(NEW_SECRET).verify(source.receiver.calls[1].body, dict(source.receiver.calls[1].headers))


class TestFailures:
    """Refused events are dead letters, all others are tried again."""

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [(status, f"http_{status}") for status in ("408", "425", "429", "500", "503")]
        + [("timeout", "timeout"), ("close", "connection_lost"), ("half", "connection_lost")],
    )
    def test_passing_ones_are_retried_for_a_day(
        self, source: Source, logs: Logs, answer: str, reason: str
    ) -> None:
        source.receiver.answers = [answer]
        assert len(source.deliver()) == 1
        assert len(source.deliver(age=7200)) == 1
        first, later = source.delays
        wait = 1 if answer == "429" else 0  # Retry-After
        assert 1 + wait <= first <= 6 + wait
        assert 1 + wait <= later <= 3601 + wait
        assert source.deliver(age=RETRY_SECONDS) == []
        assert source.reasons == [reason]
        outcomes = [(line["outcome"], line["reason"]) for line in logs.lines]
        assert outcomes == [("retried", reason), ("retried", reason), ("dead_lettered", reason)]
        assert [metric["outcome"] for metric in logs.metrics] == ["retried", "retried", "dead_lettered"]

    @pytest.mark.parametrize("status", ["302", "400", "401", "404", "410"])
    def test_lasting_ones_are_dead_letters_at_once(self, source: Source, status: str) -> None:
        source.receiver.answers = [status]
        bodies = [json.dumps(user_event()), "{}"]  # which is not an event
        assert source.deliver(*bodies) == []
        assert sorted(source.dead_letters.bodies) == sorted(bodies)
        assert sorted(source.reasons) == [f"http_{status}", "invalid_event"]
        assert len(source.receiver.calls) == 1

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("https://no-such-host.invalid/", "dns_error"),
            ("https://127.0.0.1:{port}/", "tls_error"),
            ("http://127.0.0.1:9/", "connection_refused"),
        ],
    )
    def test_of_the_network_are_told_apart(
        self, source: Source, monkeypatch: pytest.MonkeyPatch, url: str, reason: str
    ) -> None:
        source.receiver.answers = []
        monkeypatch.setenv("WEBHOOK_URL", url.format(port=source.receiver.server_port))
        assert source.deliver(age=RETRY_SECONDS) == []
        assert source.reasons == [reason]

    def test_of_aws_leave_the_message_in_the_queue(self, source: Source) -> None:
        source.receiver.answers = ["410"]
        source.wire.break_down("SendMessage", PASSING["throttled"])
        assert len(source.deliver()) == 1
        assert source.dead_letters.messages == []

    def test_logs_hold_neither_url_nor_content(self, source: Source, logs: Logs) -> None:
        source.receiver.answers = ["500", "close", "200", "404"]
        source.deliver(*[record["body"] for record in 4 * load_event("webhooks")["Records"]])
        assert len(logs.lines) >= 8
        hidden = ("127.0.0.1", "token", "hidden", "John", "example.com", "signature", SECRET)
        assert [word for word in hidden if word in logs.text] == []


class TestCircuit:
    """After failures in a row, the receiver gets one call at a time, and seldom."""

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
        """The clock of the circuit breaker and of its user."""
        clock = {"now": int(time.time())}
        monkeypatch.setattr(webhooks, "time", SimpleNamespace(time=lambda: clock["now"]))
        monkeypatch.setattr(powertools.CircuitBreakerHandler, "_now", lambda _: clock["now"])
        return clock

    def test_opens_probes_less_and_less_often_and_closes(
        self, source: Source, logs: Logs, clock: dict[str, int]
    ) -> None:
        batch = [json.dumps(user_event(number)) for number in range(8)]
        source.receiver.answers = ["500"]
        for _ in range(webhooks.FAILURES):
            source.deliver()
        for wait in (webhooks.COOL_DOWN_SECONDS, 2 * webhooks.COOL_DOWN_SECONDS):
            before = len(source.receiver.calls)
            assert len(source.deliver(*batch)) == 8
            assert len(source.receiver.calls) == before
            assert min(source.delays[-8:]) >= wait
            clock["now"] += wait
            assert len(source.deliver(*batch)) == 8
            assert len(source.receiver.calls) == before + 1
        clock["now"] += 4 * webhooks.COOL_DOWN_SECONDS
        source.receiver.answers = ["410"]  # a receiver that refuses an event is not down
        assert source.deliver() == []
        source.receiver.answers = ["200"]
        assert source.deliver(*batch) == []
        metrics = [line["WebhookCircuitOpen"] for line in logs.emf if "WebhookCircuitOpen" in line]
        assert metrics == [[1], [1], [1], [0]]
        states = [line["circuit_open"] for line in logs.lines if "circuit_open" in line]
        assert states == [True, True, True, False]

    def test_is_shared_by_execution_environments(self, source: Source, clients: dict[str, Any]) -> None:
        item = {"state": {"S": "OPEN"}, "opened_at": {"N": str(int(time.time()))}}
        name = "WebhookCircuitTable"
        clients["dynamodb"].put_item(TableName=name, Item=item | {"circuit": {"S": name}})
        assert len(source.deliver()) == 1
        assert source.receiver.calls == []

    def test_that_is_open_for_a_day_gives_up(self, source: Source) -> None:
        source.receiver.answers = ["500"]
        for _ in range(webhooks.FAILURES):
            source.deliver()
        assert source.deliver(age=RETRY_SECONDS) == []
        assert source.reasons == ["circuit_open"]
