"""Webhooks from the stack to a receiver on loopback: `make test-webhooks` runs them with 200 users."""

import itertools
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
from tests.e2e.roles import Role, unused_actions
from tests.e2e.services import Queues
from tests.e2e.test_least_privilege import SERVICE_POLICIES
from tests.helpers.consumers import user_event
from tools.local.stack import Stack
from tools.operate.redrive import redrive
from tools.receiver import Call, Receiver

USERS = int(os.environ.get("WEBHOOK_USERS", "6"))
DOWN_SECONDS = int(os.environ.get("WEBHOOK_DOWN_SECONDS", "2"))
PATIENCE_SECONDS = 60 + 5 * USERS
FAILURES = ["500", "429", "timeout", "close", "half"]

type NewUser = Callable[[], dict[str, str]]


@pytest.fixture(scope="module")
def receiver(stack: Stack) -> Iterator[Receiver]:
    """The stack with a receiver, which knows the secret."""
    with Receiver(secrets=[], answers=["200"]) as server:
        threading.Thread(target=server.serve_forever).start()
        stack.deploy(WebhookUrl=server.url)
        secret = stack.aws.client("secretsmanager").get_secret_value(SecretId=secret_id(stack))
        server.secrets.append(secret["SecretString"])
        functions, name = stack.aws.client("lambda"), function_name(stack)
        variables = stack.function(name)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables | {"POWERTOOLS_PARAMETERS_MAX_AGE": "0"}}
        )
        yield server
        stack.deploy(WebhookUrl="")
        server.shutdown()


@pytest.fixture
def queues(stack: Stack, receiver: Receiver) -> Queues:  # noqa: ARG001 - it deploys them
    """The queues, those of webhooks included."""
    return Queues(stack)


@pytest.fixture(autouse=True)
def _accepting(receiver: Receiver) -> None:
    receiver.answers = ["200"]
    receiver.calls.clear()


def secret_id(stack: Stack) -> str:
    """The secret that signs."""
    return stack.outputs()["WebhookSecretArn"]


def function_name(stack: Stack) -> str:
    """WebhookFunction."""
    return stack.resources("AWS::Lambda::Function")["WebhookFunction"]


def events(calls: list[Call]) -> set[tuple[str, str]]:
    """User and type of what was received."""
    return {(call.payload["data"]["userId"], call.payload["type"]) for call in calls}


def accepted(receiver: Receiver) -> list[Call]:
    """What the receiver has accepted."""
    return [call for call in receiver.calls if call.answer == "200"]


def reasons(queues: Queues) -> set[str]:
    """Why messages are dead letters."""
    url = queues.urls["WebhookDeadLetterQueueUrl"]
    messages = queues.client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
    )["Messages"]
    return {message["MessageAttributes"]["reason"]["StringValue"] for message in messages}


@dataclass(frozen=True)
class Circuit:
    """The item of WebhookCircuitTable."""

    client: Any
    table: str

    def state(self) -> str:
        """Its state; closed if there is none."""
        item = self.client.get_item(TableName=self.table, Key={"circuit": {"S": self.table}}).get("Item", {})
        return str(item.get("state", {"S": "CLOSED"})["S"])

    def open_long_ago(self) -> None:
        """Let the next request be a probe."""
        item = {"circuit": {"S": self.table}, "state": {"S": "OPEN"}, "opened_at": {"N": "0"}}
        self.client.put_item(TableName=self.table, Item=item)


def circuit(stack: Stack) -> Circuit:
    """The circuit of the stack."""
    table = stack.resources("AWS::DynamoDB::Table")["WebhookCircuitTable"]
    return Circuit(stack.aws.client("dynamodb"), table)


def live(api: httpx.Client, body: dict[str, str]) -> set[tuple[str, str]]:
    """Create, change and delete a user; returns the events."""
    path = f"/users/{body['userId']}"
    responses = [api.post("/users", json=body), api.patch(path, json={"name": "Jane"}), api.delete(path)]
    assert {response.status_code for response in responses} <= {200, 201}
    return {(body["userId"], f"user.{change}") for change in ("created", "updated", "deleted")}


def test_every_event_arrives_at_a_receiver_that_fails_at_random(
    api: httpx.Client, receiver: Receiver, queues: Queues, new_user: NewUser
) -> None:
    """Repeats have the same id, and there are no dead letters."""
    receiver.answers = ["200"] * 14 + FAILURES
    with ThreadPoolExecutor(4) as pool:
        users = [new_user() for _ in range(USERS)]
        expected = set().union(*pool.map(live, itertools.repeat(api), users))
    eventually(lambda: events(accepted(receiver)) >= expected, PATIENCE_SECONDS)
    assert len({call.id for call in receiver.calls}) == len(expected) == 3 * USERS
    eventually(lambda: queues.waiting("WebhookQueueUrl") == 0, PATIENCE_SECONDS)
    assert queues.waiting("WebhookDeadLetterQueueUrl") == 0


def test_a_receiver_that_is_down_is_probed_only(
    api: httpx.Client, receiver: Receiver, stack: Stack, new_user: NewUser
) -> None:
    """Everything arrives afterwards."""
    receiver.answers = ["503"]
    expected = {event for _ in range(4) for event in live(api, new_user())}
    eventually(lambda: circuit(stack).state() == "OPEN")
    time.sleep(2)  # until all execution environments know
    before = len(receiver.calls)
    expected |= {event for _ in range(USERS) for event in live(api, new_user())}
    time.sleep(DOWN_SECONDS)
    probes = len(receiver.calls) - before
    assert probes <= 1 + DOWN_SECONDS / 10
    receiver.answers = ["200"]
    eventually(lambda: events(accepted(receiver)) >= expected, PATIENCE_SECONDS)
    assert circuit(stack).state() == "CLOSED"


def test_the_secret_is_rotated_under_load(
    api: httpx.Client, receiver: Receiver, stack: Stack, new_user: NewUser
) -> None:
    """No event is refused by a receiver that knows both."""
    client, new = stack.aws.client("secretsmanager"), "whsec_" + 32 * "b"
    receiver.secrets.append(new)
    expected: set[tuple[str, str]] = set()

    def signatures() -> set[int]:
        expected.update(live(api, new_user()))
        return {len(call.headers["webhook-signature"].split()) for call in receiver.calls}

    eventually(lambda: signatures() == {1})
    client.put_secret_value(SecretId=secret_id(stack), SecretString=new)
    eventually(lambda: signatures() == {1, 2})
    eventually(lambda: events(accepted(receiver)) == expected)
    assert {call.answer for call in receiver.calls} == {"200"}


def test_a_refused_event_is_a_dead_letter_until_it_is_sent_again(
    api: httpx.Client, receiver: Receiver, stack: Stack, queues: Queues, new_user: NewUser
) -> None:
    """By `make redrive`; its reason is an attribute."""
    receiver.answers = ["410"]
    expected = live(api, new_user())
    eventually(lambda: queues.waiting("WebhookDeadLetterQueueUrl") == len(expected))
    assert reasons(queues) == {"http_410"}
    receiver.answers = ["200"]
    redrive(stack, "WebhookDeadLetterQueue")
    eventually(lambda: events(accepted(receiver)) == expected)
    assert queues.waiting("WebhookDeadLetterQueueUrl") == 0


def test_the_role_holds_nothing_that_is_not_used(stack: Stack, receiver: Receiver, queues: Queues) -> None:
    """As tests/e2e/test_least_privilege.py shows of the others. Lambda does not read the queue meanwhile."""
    role, lambda_, dynamodb = Role(stack, "WebhookRole"), stack.aws.client("lambda"), circuit(stack)
    assert role.policy_names() - SERVICE_POLICIES == {"deliveries"}
    [source] = lambda_.list_event_source_mappings(FunctionName=function_name(stack))["EventSourceMappings"]
    lambda_.update_event_source_mapping(UUID=source["UUID"], Enabled=False)

    def outcome(answer: str) -> str:
        receiver.answers = [answer]
        url = queues.urls["WebhookQueueUrl"]
        queues.client.send_message(QueueUrl=url, MessageBody=json.dumps(user_event()))
        [message] = queues.client.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
        }
        response = lambda_.invoke(
            FunctionName=function_name(stack), Payload=json.dumps({"Records": [record]}), LogType="Tail"
        )
        queues.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        [found] = re.findall('"outcome":"(.+?)","reason', b64decode(response["LogResult"]).decode()) or [""]
        return str(found)

    def failures() -> list[str]:
        dynamodb.open_long_ago()
        time.sleep(1)  # for which the function remembers the state
        steps = [
            ("close", outcome("200") == "success" and dynamodb.state() == "CLOSED"),
            ("retry", outcome("500") == "retried"),
            ("give up", outcome("410") == "dead_lettered"),
        ]
        return [step for step, holds in steps if not holds]

    assert unused_actions(role, ["deliveries"], failures) == []
    list(queues.drain("WebhookDeadLetterQueueUrl"))
    lambda_.update_event_source_mapping(UUID=source["UUID"], Enabled=True)


def test_logs_hold_neither_the_url_nor_what_users_are(stack: Stack, receiver: Receiver) -> None:
    """After all that went wrong."""
    group = stack.function_log_groups()["WebhookFunction"]
    pages = stack.aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    text = "".join(event["message"] for page in pages for event in page["events"])
    assert '"outcome":"success"' in text
    hidden: list[Any] = [receiver.url, str(receiver.server_port), "example.com", "John", *receiver.secrets]
    assert [word for word in hidden if word in text] == []
