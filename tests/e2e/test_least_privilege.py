"""Each role has only the permissions that its function uses: each one is removed in turn."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.roles import Role, unused_actions
from tests.e2e.services import Bucket, Mailbox, Queues
from tests.helpers import pictures
from tools.local.stack import Stack

# Permissions that Lambda uses on behalf of a function: the local AWS does not require them.
SERVICE_POLICIES = {"logs-and-traces", "event-source", "dead-letters"}
TIME = "2026-11-20T12:00:00.000Z"

type Invoke = Callable[[str, dict[str, Any]], Any]


@pytest.fixture
def invoke(stack: Stack) -> Invoke:
    """Invoke a function with an event; None if it fails."""
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
    told = client.get_bucket_notification_configuration(Bucket=name)
    told.pop("ResponseMetadata")
    client.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration={})
    yield bucket
    client.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=told)


class TestPolicies:
    """The policies of all roles."""

    @pytest.mark.parametrize(
        ("role", "policies"),
        [
            ("UsersApiRole", {"users-tables", "images"}),
            ("UserStreamRole", {"stream-and-topic"}),
            ("UserEventsRole", {"images", "mail"}),
            ("ThumbnailsRole", {"images-and-topic"}),
            ("CleanupRole", {"temporary-objects"}),
        ],
    )
    def test_are_those_that_are_proven_here(self, stack: Stack, role: str, policies: set[str]) -> None:
        names = Role(stack, role).policy_names()
        assert names - SERVICE_POLICIES == policies


class TestUsersApiRole:
    """UsersApiFunction."""

    def test_holds_nothing_that_is_not_used(
        self, stack: Stack, api: httpx.Client, silent_bucket: Bucket
    ) -> None:
        role = Role(stack, "UsersApiRole")
        assert len(role.actions("users-tables")) == 10

        def failures() -> list[str]:
            return [*self.users(api), *self.avatars(api, silent_bucket, stack)]

        assert unused_actions(role, ["users-tables", "images"], failures) == []

    def users(self, api: httpx.Client) -> list[str]:
        """All operations with tables."""
        user_id, moved = f"u-{uuid.uuid4().hex}", f"{uuid.uuid4().hex}@example.com"
        body = {"userId": user_id, "name": "John Doe", "email": f"{user_id}@example.com"}
        keyed = {"Idempotency-Key": user_id}
        way = [
            ("create", api.post("/users", json=body, headers=keyed), 201),
            ("replay", api.post("/users", json=body, headers=keyed), 201),
            ("read", api.get(f"/users/{user_id}"), 200),
            ("find", api.get("/users", params={"email": body["email"]}), 200),
            ("list", api.get("/users", params={"limit": 1}), 200),
            ("rename", api.patch(f"/users/{user_id}", json={"name": "Jane Doe"}), 200),
            ("move", api.patch(f"/users/{user_id}", json={"email": moved}), 200),
            ("delete", api.delete(f"/users/{user_id}"), 200),
        ]
        return [step for step, response, expected in way if response.status_code != expected]

    def avatars(self, api: httpx.Client, bucket: Bucket, stack: Stack) -> list[str]:
        """All operations with presigned URLs and forms."""
        user_id = f"u-{uuid.uuid4().hex}"
        body = {"userId": user_id, "name": "John Doe", "email": f"{user_id}@example.com"}
        api.post("/users", json=body)
        asked = api.post(f"/users/{user_id}/avatar", json={"contentType": "image/png"})
        if asked.status_code != 201:
            return ["ask"]
        form = asked.json()
        uploaded = httpx.post(form["url"], data=form["fields"], files={"file": b"x"})
        stack.aws.client("dynamodb").update_item(
            TableName=stack.outputs()["UsersTableName"],
            Key={"userId": {"S": user_id}},
            UpdateExpression="SET avatarKey = :key",
            ExpressionAttributeValues={":key": {"S": form["key"]}},
        )
        bucket.put(f"thumbnails/small/{form['key']}", b"x")
        shown = httpx.get(api.get(f"/users/{user_id}/avatar/small").headers.get("location", form["url"]))
        way = [("upload", uploaded.status_code, 204), ("show", shown.status_code, 200)]
        return [step for step, status, expected in way if status != expected]


class TestUserStreamRole:
    """UserStreamFunction."""

    def test_holds_nothing_that_is_not_used(self, stack: Stack, invoke: Invoke, queues: Queues) -> None:
        user = {"userId": {"S": "x"}, "name": {"S": "x"}, "email": {"S": "x@example.com"}}
        image = user | {"version": {"N": "1"}, "createdAt": {"S": TIME}, "updatedAt": {"S": TIME}}

        def record(image: dict[str, Any]) -> dict[str, Any]:
            change = {"ApproximateCreationDateTime": 1795000000, "SequenceNumber": "1", "NewImage": image}
            return {"eventID": uuid.uuid4().hex, "eventName": "INSERT", "dynamodb": change}

        def failures() -> list[str]:
            event = {"Records": [record(image), record({"nonsense": {"S": "x"}})]}
            return [] if invoke("UserStreamFunction", event) == {"batchItemFailures": []} else ["publish"]

        assert unused_actions(Role(stack, "UserStreamRole"), ["stream-and-topic"], failures) == []
        assert list(queues.drain("UserStreamDeadLetterQueueUrl"))


class TestUserEventsRole:
    """UserEventsFunction."""

    def test_holds_nothing_that_is_not_used(
        self, stack: Stack, invoke: Invoke, silent_bucket: Bucket, mailbox: Mailbox
    ) -> None:
        def message(kind: str, user_id: str, email: str | None = None) -> dict[str, Any]:
            user = {"userId": user_id, "name": "J", "email": email or f"{user_id}@example.com", "version": 1}
            user |= {"createdAt": TIME, "updatedAt": TIME}
            body: dict[str, Any] = {
                "id": user_id + kind,
                "type": kind,
                "time": "2099-01-01T00:00:00.000Z",
                "sequence": "1",
            }
            body |= {"userId": user_id, "version": 1, "data": user}
            return {"messageId": kind, "body": json.dumps(body)}

        def failures() -> list[str]:
            user_id = uuid.uuid4().hex
            for key in (f"uploads/{user_id}/a", f"thumbnails/small/uploads/{user_id}/b"):
                silent_bucket.put(key, b"x")
            kinds = ("user.created", "user.deleted")
            failed = invoke(
                "UserEventsFunction", {"Records": [message("user.created", user_id, "no address")]}
            )
            batch = {"Records": [message(kind, user_id) for kind in kinds]}
            responses = [invoke("UserEventsFunction", batch) for _ in range(2)]
            way = [
                ("retry", failed == {"batchItemFailures": [{"itemIdentifier": "user.created"}]}),
                ("answer", responses[0] == {"batchItemFailures": []}),
                ("repeat", responses[1] == {"batchItemFailures": []}),
                ("mail", len(mailbox.to(f"{user_id}@example.com")) == 1),
                ("objects", not silent_bucket.keys_of_user(user_id)),
            ]
            return [step for step, holds in way if not holds]

        assert unused_actions(Role(stack, "UserEventsRole"), ["images", "mail"], failures) == []


class TestThumbnailsRole:
    """ThumbnailsFunction."""

    def test_holds_nothing_that_is_not_used(
        self, stack: Stack, api: httpx.Client, invoke: Invoke, silent_bucket: Bucket
    ) -> None:
        picture = pictures.saved(pictures.quadrants(), "PNG")
        role, policy = Role(stack, "ThumbnailsRole"), "images-and-topic"

        def notification(name: str, key: str) -> dict[str, Any]:
            item = {"key": key, "sequencer": "1", "size": 1}
            record = {"eventName": name, "eventTime": TIME, "s3": {"object": item}}
            return {"Records": [record | {"responseElements": {"x-amz-request-id": "x"}}]}

        def failures() -> list[str]:
            user_id = uuid.uuid4().hex
            body = {"userId": user_id, "name": "John Doe", "email": f"{user_id}@example.com"}
            api.post("/users", json=body)
            key, text = (
                api.post(f"/users/{user_id}/avatar", json={"contentType": "image/png"}).json()["key"]
                for _ in range(2)
            )
            silent_bucket.put(key, picture)
            silent_bucket.put(text, b"text")
            with role.without_any(policy, "sns:Publish"):  # the retry has to be possible at once
                failed = invoke("ThumbnailsFunction", notification("ObjectCreated:Post", key))
            created = [
                invoke("ThumbnailsFunction", notification("ObjectCreated:Post", key)) for _ in range(2)
            ]
            if created != [None, None]:
                return [
                    "created, and once more"
                ]  # MiniStack takes seconds for an invocation after a failed one
            shown = "avatar" in api.get(f"/users/{user_id}").json()
            refused = invoke("ThumbnailsFunction", notification("ObjectCreated:Post", text))
            told = "avatarError" in api.get(f"/users/{user_id}").json()
            left = [each for each in silent_bucket.keys_of_user(user_id) if key not in each]
            silent_bucket.client.delete_object(Bucket=silent_bucket.name, Key=key)
            removed = invoke("ThumbnailsFunction", notification("ObjectRemoved:Delete", key))
            way = [
                ("failed", failed == "failed"),
                ("shown", shown),
                ("refused", refused is None and told and left == []),
                ("removed", removed is None and not silent_bucket.keys_of_user(user_id)),
            ]
            return [step for step, holds in way if not holds]

        assert unused_actions(role, [policy], failures) == []
