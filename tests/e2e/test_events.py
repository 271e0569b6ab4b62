"""Events of changes, and their effects: mail, and the deletion of images."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket, Mailbox, Queues, Subscriber, welcome
from tests.helpers import pictures
from tools.local.logs import LogReader
from tools.local.stack import Stack
from tools.local.workspace import Workspace

USERS = 40
CLIENTS = 4

type NewUser = Callable[[], dict[str, str]]


def test_a_new_user_gets_a_mail_within_15_seconds_and_logs_have_one_id(
    api: httpx.Client, stack: Stack, mailbox: Mailbox, new_user: NewUser
) -> None:
    """Of the API and both consumers."""
    body = new_user() | {"name": "Zoë"}
    created = api.post("/users", json=body)
    assert created.status_code == 201
    [mail] = eventually(lambda: mailbox.to(body["email"]), seconds=15)
    assert mail["Source"] == "welcome@example.com"
    assert "Zoë" not in mail["BodyText"]
    deleted = api.delete(f"/users/{body['userId']}")
    ids = {response.headers["x-request-id"] for response in (created, deleted)}

    def operations() -> set[tuple[str, str]]:
        reader = LogReader(stack.aws.client("logs"), stack.function_log_groups().values())
        lines = map(json.loads, reader.read())
        return {(line["correlation_id"], line["operation"]) for line in lines if line.get("operation")}

    for request_id in ids:
        eventually(lambda of=request_id: len({each for each in operations() if each[0] == of}) == 3)  # type: ignore[misc]


def test_subscribers_get_the_life_of_each_user(  # noqa: PLR0913, PLR0917 - fixtures
    api: httpx.Client,
    stack: Stack,
    subscriber: Subscriber,
    mailbox: Mailbox,
    queues: Queues,
    new_user: NewUser,
) -> None:
    """Once and in order; each user gets one mail."""

    def live(body: dict[str, str]) -> list[int]:
        path, change = f"/users/{body['userId']}", {"name": "Jane Doe"}
        responses = [api.post("/users", json=body), api.patch(path, json=change), api.delete(path)]
        return [response.status_code for response in responses]

    bodies = [new_user() for _ in range(USERS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert list(pool.map(live, bodies)) == [[201, 200, 200]] * USERS
    eventually(lambda: all(len(subscriber.of_user(body["userId"])) >= 3 for body in bodies), 120)
    for body in bodies:
        events = sorted(subscriber.of_user(body["userId"]), key=lambda event: int(event["sequence"]))
        assert [event["type"] for event in events] == ["user.created", "user.updated", "user.deleted"]
        assert [event["version"] for event in events] == [1, 2, 2]
        assert all(event["attribute"] == event["type"] for event in events)
        assert {event["actor"] for event in events} == {stack.client_credentials()[0]}
        assert events[0]["data"]["email"] == body["email"]
        assert (events[1]["previous"]["name"], events[1]["data"]["name"]) == ("John Doe", "Jane Doe")
        assert "data" not in events[2]
    eventually(lambda: queues.waiting("UserEventsQueueUrl") == 0, 120)
    assert queues.dead_letters() == {}
    assert [len(mailbox.to(body["email"])) for body in bodies] == [1] * USERS


def test_a_deleted_user_leaves_no_images(
    api: httpx.Client, bucket: Bucket, existing_user: dict[str, str]
) -> None:
    """Neither uploads nor thumbnails, expired ones included."""
    user_id = existing_user["userId"]
    bucket.put(f"thumbnails/small/uploads/{user_id}/expired", b"x")
    bucket.put(f"uploads/{user_id}/a", pictures.saved(pictures.quadrants(), "PNG"))
    eventually(lambda: len(bucket.keys_of_user(user_id)) == 5)
    assert api.delete(f"/users/{user_id}").status_code == 200
    eventually(lambda: not bucket.keys_of_user(user_id))


def test_only_messages_that_are_not_valid_are_dead_letters_and_repeats_have_no_effect(
    queues: Queues, mailbox: Mailbox
) -> None:
    """Each message of a batch is processed by itself, and has its effect once."""
    good = [f"in-a-batch-{number}@example.com" for number in range(4)]
    poison = ["not JSON", json.dumps({"type": "user.created"})]
    bodies = [*map(welcome, good[1:]), *poison, *[welcome(good[0])] * 5]
    entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)]
    queues.client.send_message_batch(QueueUrl=queues.urls["UserEventsQueueUrl"], Entries=entries)

    eventually(lambda: queues.waiting("UserEventsDeadLetterQueueUrl") == 2)
    assert sorted(queues.drain("UserEventsDeadLetterQueueUrl")) == sorted(poison)
    assert [len(mailbox.to(address)) for address in good] == [1] * 4
    assert queues.waiting("UserEventsQueueUrl") == 0


def test_all_processes_share_the_unpacked_layer(
    workspace: Workspace, mailbox: Mailbox, api: httpx.Client, new_user: NewUser
) -> None:
    """A cold start on this machine would otherwise unpack 1,500 files."""
    body = new_user()
    assert api.post("/users", json=body).status_code == 201
    eventually(lambda: mailbox.to(body["email"]))
    layers = (workspace.directory / "tmp").glob("ministack-lambda-*/layer_0")
    shared = [layer.readlink() for layer in layers if layer.is_symlink()]
    assert len(shared) >= 3
    assert len(set(shared)) == 1
