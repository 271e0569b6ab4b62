"""Each role has only the permissions that its function uses: each one is removed in turn."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.roles import Role
from tests.e2e.services import Bucket, Mailbox, Queues
from tests.helpers import pictures
from tests.helpers.consumers import user_event
from tools.local.stack import Stack

TIME = "2026-11-20T12:00:00.000Z"
NO_FAILURES: dict[str, Any] = {"batchItemFailures": []}

type Invoke = Callable[[str, dict[str, Any]], Any]
type NewUser = Callable[[], dict[str, str]]


@pytest.fixture
def invoke(stack: Stack) -> Invoke:
    """A function that invokes one with an event; "failed" if it raises."""
    functions, client = stack.resources("AWS::Lambda::Function"), stack.aws.client("lambda")

    def call(name: str, event: dict[str, Any]) -> Any:
        response = client.invoke(FunctionName=functions[name], Qualifier="live", Payload=json.dumps(event))
        payload = json.loads(response["Payload"].read() or "null")
        return "failed" if "FunctionError" in response else payload

    return call


@pytest.fixture
def silent_bucket(bucket: Bucket) -> Iterator[Bucket]:
    """The bucket without notifications."""
    client, name = bucket.client, bucket.name
    notifications = client.get_bucket_notification_configuration(Bucket=name)
    notifications.pop("ResponseMetadata")
    client.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration={})
    yield bucket
    client.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=notifications)


def test_users_api_holds_nothing_unused(
    stack: Stack, api: httpx.Client, silent_bucket: Bucket, new_user: NewUser
) -> None:
    """All operations with tables, and with presigned URLs and forms."""

    def check() -> None:
        body, other = new_user(), new_user()
        path, key = f"/users/{body['userId']}", {"Idempotency-Key": uuid.uuid4().hex}
        created = [api.post("/users", json=body, headers=key).status_code for _ in range(2)]
        assert created == [201, 201]
        read = (path, f"/users?email={body['email']}", "/users?limit=1")
        assert [api.get(each).status_code for each in read] == [200] * 3
        asked = api.post(f"{path}/avatar", json={"contentType": "image/png"})
        assert asked.status_code == 201
        form = asked.json()
        assert httpx.post(form["url"], data=form["fields"], files={"file": b"x"}).status_code == 204
        stack.aws.client("dynamodb").update_item(
            TableName=stack.outputs()["UsersTableName"],
            Key={"userId": {"S": body["userId"]}},
            UpdateExpression="SET avatarKey = :key",
            ExpressionAttributeValues={":key": {"S": form["key"]}},
        )
        silent_bucket.put(f"thumbnails/small/{form['key']}", b"x")
        assert httpx.get(api.get(f"{path}/avatar/small").headers["location"]).status_code == 200
        for change in ({"name": "Jane Doe"}, {"email": other["email"]}):
            assert api.patch(path, json=change).status_code == 200
        assert api.delete(path).status_code == 200

    Role(stack, "UsersApiRole").assert_minimal(check, "users-tables", "images")


def test_user_stream_holds_nothing_unused(stack: Stack, invoke: Invoke, queues: Queues) -> None:
    """A user, and an item that is none."""
    user = {"userId": {"S": "x"}, "name": {"S": "x"}, "email": {"S": "x@example.com"}}
    image = user | {"version": {"N": "1"}, "createdAt": {"S": TIME}, "updatedAt": {"S": TIME}}

    def record(image: dict[str, Any]) -> dict[str, Any]:
        change = {"ApproximateCreationDateTime": 1795000000, "SequenceNumber": "1", "NewImage": image}
        return {"eventID": uuid.uuid4().hex, "eventName": "INSERT", "dynamodb": change}

    def check() -> None:
        event = {"Records": [record(image), record({"nonsense": {"S": "x"}})]}
        assert invoke("UserStreamFunction", event) == NO_FAILURES

    Role(stack, "UserStreamRole").assert_minimal(check, "stream-and-topic")
    assert list(queues.drain("UserStreamDeadLetterQueueUrl"))


def test_user_events_holds_nothing_unused(
    stack: Stack, invoke: Invoke, silent_bucket: Bucket, mailbox: Mailbox
) -> None:
    """A mail that fails at first, and the images of a deleted user."""

    def batch(user_id: str, *kinds: str, email: str) -> dict[str, Any]:
        user = user_event()["data"] | {"userId": user_id, "email": email}
        event: dict[str, Any] = {"userId": user_id, "time": "2099-01-01T00:00:00.000Z", "data": user}
        bodies = [user_event(kind=kind, **event | {"id": user_id + kind}) for kind in kinds]
        return {"Records": [{"messageId": body["type"], "body": json.dumps(body)} for body in bodies]}

    def check() -> None:
        user_id = uuid.uuid4().hex
        for key in (f"uploads/{user_id}/a", f"thumbnails/small/uploads/{user_id}/b"):
            silent_bucket.put(key, b"x")
        failed = invoke("UserEventsFunction", batch(user_id, "user.created", email="no address"))
        assert failed == {"batchItemFailures": [{"itemIdentifier": "user.created"}]}
        whole = batch(user_id, "user.created", "user.deleted", email=f"{user_id}@example.com")
        for _ in range(2):
            assert invoke("UserEventsFunction", whole) == NO_FAILURES
        assert len(mailbox.to(f"{user_id}@example.com")) == 1
        assert not silent_bucket.keys_of_user(user_id)

    Role(stack, "UserEventsRole").assert_minimal(check, "images", "mail")


def test_thumbnails_holds_nothing_unused(
    stack: Stack, api: httpx.Client, invoke: Invoke, silent_bucket: Bucket, new_user: NewUser
) -> None:
    """Pictures that are shown, refused, removed, and retried at once after a failure."""
    role, policy = Role(stack, "ThumbnailsRole"), "images-and-topic"

    def uploaded(path: str, content: bytes) -> str:
        form = api.post(f"{path}/avatar", json={"contentType": "image/png"}).json()
        silent_bucket.put(form["key"], content)
        return str(form["key"])

    def told(key: str, event: str = "ObjectCreated:Post") -> Any:
        item = {"key": key, "sequencer": "1", "size": 1}
        record = {"eventName": event, "eventTime": TIME, "s3": {"object": item}}
        response = {"responseElements": {"x-amz-request-id": "x"}}
        return invoke("ThumbnailsFunction", {"Records": [record | response]})

    def check() -> None:
        picture, user = pictures.saved(pictures.quadrants(), "PNG"), new_user()
        user_id, path = user["userId"], f"/users/{user['userId']}"
        api.post("/users", json=user)
        key, text = uploaded(path, picture), uploaded(path, b"text")
        assert [told(key), told(key)] == [None, None]
        assert "avatar" in api.get(path).json()
        assert told(text) is None
        assert "avatarError" in api.get(path).json()
        assert [each for each in silent_bucket.keys_of_user(user_id) if key not in each] == []
        silent_bucket.client.delete_object(Bucket=silent_bucket.name, Key=key)
        assert told(key, "ObjectRemoved:Delete") is None
        assert silent_bucket.keys_of_user(user_id) == []
        again = uploaded(path, picture)
        with role.without(policy, "sns:Publish"):
            assert told(again) == "failed"
        assert told(again) is None  # its lock is released

    role.assert_minimal(check, policy)
