"""Webhooks from the stack to a receiver on loopback: `make test-webhooks` runs them with 200 users."""

import json
import os
import re
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.e2e.polling import eventually
from tests.e2e.roles import Role
from tests.e2e.services import Queues
from tests.helpers.consumers import as_record, user_event
from tools.local.stack import Stack
from tools.operate.redrive import redrive
from tools.receiver import Receiver

USERS = int(os.environ.get("WEBHOOK_USERS", "4"))
DOWN_SECONDS = int(os.environ.get("WEBHOOK_DOWN_SECONDS", "2"))
PATIENCE_SECONDS = 60 + 5 * USERS
FAILURES = ["500", "429", "timeout", "close", "half"]

type Events = set[tuple[str, str]]


@dataclass(frozen=True)
class Webhooks:
    """WebhookFunction and the receiver of its requests, which knows the secret."""

    stack: Stack
    receiver: Receiver

    @property
    def secret_id(self) -> str:
        """The secret that signs."""
        return self.stack.outputs()["WebhookSecretArn"]

    @property
    def function(self) -> str:
        """The name of the function."""
        return self.stack.resources("AWS::Lambda::Function")["WebhookFunction"]

    def read_queue(self, *, enabled: bool) -> None:
        """Let Lambda invoke the function with the messages of the queue, or not."""
        client = self.stack.aws.client("lambda")
        [source] = client.list_event_source_mappings(FunctionName=self.function)["EventSourceMappings"]
        client.update_event_source_mapping(UUID=source["UUID"], Enabled=enabled)

    def accepted(self) -> Events:
        """User and type of the events that the receiver has accepted."""
        calls = [call.payload for call in self.receiver.calls if call.answer == "200"]
        return {(payload["data"]["userId"], payload["type"]) for payload in calls}

    def circuit(self, **change: Any) -> str:
        """The state of the circuit, after a change of its item."""
        table = self.stack.resources("AWS::DynamoDB::Table")["WebhookCircuitTable"]
        client, key = self.stack.aws.client("dynamodb"), {"circuit": {"S": table}}
        if change:
            client.put_item(TableName=table, Item=key | change)
        item = client.get_item(TableName=table, Key=key).get("Item", {})
        return str(item.get("state", {"S": "CLOSED"})["S"])


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Iterator[Webhooks]:
    """The stack with webhooks, whose secret is read for each request."""
    with Receiver(secrets=[], answers=["200"]) as server:
        threading.Thread(target=server.serve_forever).start()
        stack.deploy(WebhookUrl=server.url)
        webhooks = Webhooks(stack, server)
        server.secrets.extend(stack.webhook_secrets())
        variables = stack.function(webhooks.function)["Environment"]["Variables"]
        stack.aws.client("lambda").update_function_configuration(
            FunctionName=webhooks.function,
            Environment={"Variables": variables | {"POWERTOOLS_PARAMETERS_MAX_AGE": "0"}},
        )
        yield webhooks
        webhooks.read_queue(enabled=False)  # the function would call a receiver that is gone
        server.shutdown()


@pytest.fixture
def webhooks(deployed: Webhooks) -> Webhooks:
    """Webhooks whose receiver accepts everything, and has received nothing."""
    deployed.receiver.answers = ["200"]
    deployed.receiver.calls.clear()
    return deployed


@pytest.fixture
def queues(deployed: Webhooks) -> Queues:
    """The queues, those of webhooks included."""
    return Queues(deployed.stack)


@pytest.fixture
def live(api: httpx.Client, new_user: Callable[[], dict[str, str]]) -> Callable[[], Events]:
    """A function that creates, changes and deletes a user, and returns the events."""

    def live() -> Events:
        body = new_user()
        user_id, path = body["userId"], f"/users/{body['userId']}"
        responses = [api.post("/users", json=body), api.patch(path, json={"name": "Jane"}), api.delete(path)]
        assert {response.status_code for response in responses} <= {200, 201}
        return {(user_id, f"user.{change}") for change in ("created", "updated", "deleted")}

    return live


def test_every_event_arrives_at_a_receiver_that_fails_at_random(
    webhooks: Webhooks, queues: Queues, live: Callable[[], Events]
) -> None:
    """Repeats have the same id, and there are no dead letters."""
    webhooks.receiver.answers = ["200"] * 14 + FAILURES
    with ThreadPoolExecutor(4) as pool:
        expected = set[tuple[str, str]]().union(*pool.map(lambda _: live(), range(USERS)))
    eventually(lambda: webhooks.accepted() >= expected, PATIENCE_SECONDS)
    assert len({call.id for call in webhooks.receiver.calls}) == len(expected) == 3 * USERS
    eventually(lambda: queues.waiting("WebhookQueueUrl") == 0, PATIENCE_SECONDS)
    assert queues.waiting("WebhookDeadLetterQueueUrl") == 0


def test_a_receiver_that_is_down_is_probed_only(webhooks: Webhooks, live: Callable[[], Events]) -> None:
    """Everything arrives afterwards."""
    webhooks.receiver.answers = ["503"]
    expected = {event for _ in range(4) for event in live()}
    eventually(lambda: webhooks.circuit() == "OPEN")
    time.sleep(2)  # until all execution environments know
    before = len(webhooks.receiver.calls)
    expected |= {event for _ in range(USERS) for event in live()}
    time.sleep(DOWN_SECONDS)
    assert len(webhooks.receiver.calls) - before <= 1 + DOWN_SECONDS / 10
    webhooks.receiver.answers = ["200"]
    eventually(lambda: webhooks.accepted() >= expected, PATIENCE_SECONDS)
    assert webhooks.circuit() == "CLOSED"


def test_the_secret_is_rotated_under_load(webhooks: Webhooks, live: Callable[[], Events]) -> None:
    """No event is refused by a receiver that knows both."""
    new, expected = "whsec_" + 32 * "b", set[tuple[str, str]]()
    webhooks.receiver.secrets.append(new)

    def signatures() -> set[int]:
        expected.update(live())
        return {len(call.headers["webhook-signature"].split()) for call in webhooks.receiver.calls}

    eventually(lambda: signatures() == {1})
    client = webhooks.stack.aws.client("secretsmanager")
    client.put_secret_value(SecretId=webhooks.secret_id, SecretString=new)
    eventually(lambda: signatures() == {1, 2})
    eventually(lambda: webhooks.accepted() == expected)
    assert {call.answer for call in webhooks.receiver.calls} == {"200"}


def test_a_refused_event_is_a_dead_letter_until_it_is_sent_again(
    webhooks: Webhooks, queues: Queues, live: Callable[[], Events]
) -> None:
    """By `make redrive`; its reason is an attribute."""
    webhooks.receiver.answers = ["410"]
    expected, name = live(), "WebhookDeadLetterQueue"
    eventually(lambda: queues.waiting(f"{name}Url") == len(expected))
    messages = queues.client.receive_message(
        QueueUrl=queues.urls[f"{name}Url"], VisibilityTimeout=0, MessageAttributeNames=["All"]
    )["Messages"]
    assert {each["MessageAttributes"]["reason"]["StringValue"] for each in messages} == {"http_410"}
    webhooks.receiver.answers = ["200"]
    redrive(webhooks.stack, name)
    eventually(lambda: webhooks.accepted() == expected)
    assert queues.waiting(f"{name}Url") == 0


def test_the_role_holds_nothing_unused(webhooks: Webhooks, queues: Queues) -> None:
    """As tests/e2e/test_least_privilege.py shows of the others. Lambda does not read the queue meanwhile."""
    function, client = webhooks.function, webhooks.stack.aws.client("lambda")
    webhooks.read_queue(enabled=False)

    def outcome(answer: str) -> str:
        webhooks.receiver.answers = [answer]
        url = queues.urls["WebhookQueueUrl"]
        queues.client.send_message(QueueUrl=url, MessageBody=json.dumps(user_event()))
        [message] = queues.client.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
        payload = json.dumps({"Records": [as_record(message)]})
        response = client.invoke(FunctionName=function, Payload=payload, LogType="Tail")
        queues.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        found = re.search('"outcome":"(.+?)","reason', b64decode(response["LogResult"]).decode())
        return found[1] if found else ""

    def check() -> None:
        webhooks.circuit(state={"S": "OPEN"}, opened_at={"N": "0"})  # so that the next request is a probe
        time.sleep(1)  # for which the function remembers the state
        assert (outcome("200"), webhooks.circuit()) == ("success", "CLOSED")
        assert outcome("500") == "retried"
        assert outcome("410") == "dead_lettered"

    Role(webhooks.stack, "WebhookRole").assert_minimal(check, "deliveries")
    list(queues.drain("WebhookDeadLetterQueueUrl"))
