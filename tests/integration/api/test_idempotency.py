"""Idempotency-Key on POST /users."""

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.answers import Answer, Api
from tests.helpers.events import changed_event
from tests.integration.tables import Items, check_no_orphans

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DAY = 24 * 60 * 60
JOHN = {"name": "John Doe", "email": "john@example.com"}


def create(api: Api, key: str = "key-1", body: dict[str, Any] | None = None) -> Answer:
    """The answer to a POST under a key."""
    return api("create-user-idempotent", body=body or JOHN, headers={"Idempotency-Key": key})


class TestReplay:
    """The same request under the same key has one effect and one answer."""

    def test_the_first_answer_again_when_the_request_is_repeated(self, api: Api, items: Items) -> None:
        first, second, third = create(api), create(api), create(api)
        assert (first.status, second.status, third.status) == (201, 201, 201)
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == third.headers["Idempotency-Replayed"] == "true"
        assert first.text == second.text == third.text
        for name in ("ETag", "Location"):
            assert first.headers[name] == second.headers[name]
        assert len(items("UsersTable")) == 1
        check_no_orphans(items)

    @pytest.mark.parametrize(
        "body",
        [
            {"email": "john@example.com", "name": "John Doe"},
            {"name": " John Doe ", "email": "JOHN@example.com"},
        ],
    )
    def test_the_same_when_the_body_means_the_same(self, api: Api, body: dict[str, str]) -> None:
        first = create(api)
        assert create(api, body=body).text == first.text

    def test_the_first_answer_again_when_the_user_has_changed_since(self, api: Api) -> None:
        first = create(api, body={**JOHN, "userId": "123"})
        api("update-user", body={"name": "Renamed"})
        assert create(api, body={**JOHN, "userId": "123"}).text == first.text
        api("delete-user")
        assert create(api, body={**JOHN, "userId": "123"}).text == first.text
        assert api("get-user").status == 404

    def test_needs_neither_name_nor_address_which_are_gone_with_the_user(
        self, api: Api, items: Items
    ) -> None:
        create(api, body={**JOHN, "userId": "123"})
        api("delete-user")
        left = str([items(table) for table in ("UsersTable", "UserEmailsTable", "IdempotencyTable")])
        assert "123" in left
        assert not [text for text in JOHN.values() if text in left]

    def test_unprocessable_when_the_key_comes_with_another_body(self, api: Api, items: Items) -> None:
        create(api)
        for other in (
            {**JOHN, "name": "Jane"},
            {**JOHN, "email": "jane@example.com"},
            {**JOHN, "userId": "123"},
        ):
            answer = create(api, body=other)
            assert (answer.status, answer.problem) == (422, "idempotency-key-reused")
        assert len(items("UsersTable")) == 1

    def test_another_request_when_the_key_is_another(self, api: Api) -> None:
        create(api)
        answer = create(api, key="key-2")
        assert (answer.status, answer.problem) == (409, "email-taken")
        assert create(api, key="KEY-1").status == 409

    def test_another_request_when_the_caller_is_another(self, api: Api) -> None:
        first = create(api).json["user"]
        event = changed_event(
            "create-user-idempotent",
            body={"name": "Jane", "email": "jane@example.com"},
            headers={"Idempotency-Key": "key-1"},
        )
        event["requestContext"]["authorizer"]["claims"]["client_id"] = "someone-else"
        answer = api.send(event)
        assert answer.status == 201
        assert answer.json["user"]["userId"] != first["userId"]


class TestErrorsAreNotStored:
    """A request that failed may be tried again under its key."""

    def test_created_when_the_body_was_invalid_at_first(self, api: Api) -> None:
        assert create(api, body={"name": ""}).status == 400
        assert create(api).status == 201

    def test_created_when_the_address_was_taken_at_first(self, api: Api, items: Items) -> None:
        api("create-user")
        answer = create(api)
        assert (answer.status, answer.problem) == (409, "email-taken")
        assert items("IdempotencyTable") == []
        api("delete-user")
        retried = create(api)
        assert retried.status == 201
        assert "Idempotency-Replayed" not in retried.headers

    def test_created_when_the_user_id_was_taken_at_first(self, api: Api) -> None:
        api("create-user")
        body = {"userId": "123", "name": "Jane", "email": "jane@example.com"}
        assert (create(api, body=body).status, create(api, body=body).problem) == (409, "user-exists")
        api("delete-user")
        assert create(api, body=body).status == 201


class TestExpiry:
    """A key is kept for 24 hours."""

    def test_kept_for_24_hours(self, api: Api, items: Items) -> None:
        before = int(time.time())
        create(api)
        [record] = items("IdempotencyTable")
        assert before + DAY <= int(record["expiresAt"]["N"]) <= time.time() + DAY

    def test_the_attribute_is_the_one_that_dynamodb_expires(self, dynamodb: "DynamoDBClient") -> None:
        ttl = dynamodb.describe_time_to_live(TableName="IdempotencyTable")["TimeToLiveDescription"]
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}

    def test_a_new_request_when_the_key_has_expired(self, api: Api, dynamodb: "DynamoDBClient") -> None:
        create(api)
        self._expire(dynamodb, ago=1)
        answer = create(api, body={"name": "Jane", "email": "jane@example.com"})
        assert answer.status == 201
        assert "Idempotency-Replayed" not in answer.headers
        assert create(api, body={"name": "Jane", "email": "jane@example.com"}).text == answer.text

    def test_conflict_when_the_key_has_expired_and_the_user_exists(
        self, api: Api, dynamodb: "DynamoDBClient"
    ) -> None:
        create(api)
        self._expire(dynamodb, ago=1)
        assert (create(api).status, create(api).problem) == (409, "email-taken")

    def test_replayed_when_the_key_has_a_minute_left(self, api: Api, dynamodb: "DynamoDBClient") -> None:
        create(api)
        self._expire(dynamodb, ago=-60)
        assert create(api).headers["Idempotency-Replayed"] == "true"

    def _expire(self, dynamodb: "DynamoDBClient", *, ago: int) -> None:
        """Move the expiry of the one key, as if time had passed."""
        [record] = dynamodb.scan(TableName="IdempotencyTable")["Items"]
        dynamodb.put_item(
            TableName="IdempotencyTable", Item={**record, "expiresAt": {"N": str(int(time.time()) - ago)}}
        )


class TestKey:
    """A key is 1 to 255 visible ASCII characters."""

    @pytest.mark.parametrize("key", ["k", "!", "~", "x" * 255, '"quoted"', "a#b", "${jndi}", "a,b"])
    def test_accepted_when_it_is_visible_ascii(self, api: Api, key: str) -> None:
        assert create(api, key=key).status == 201
        assert create(api, key=key).headers["Idempotency-Replayed"] == "true"

    @pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb", "a\n", "\x7f", "\ud800", "k "])
    def test_refused_when_it_is_anything_else(self, api: Api, items: Items, key: str) -> None:
        answer = create(api, key=key)
        assert (answer.status, answer.fields) == (400, {"Idempotency-Key"})
        assert items("UsersTable") == []

    def test_refused_when_there_are_two(self, api: Api) -> None:
        answer = api("create-user-idempotent", headers={"Idempotency-Key": ["a", "b"]})
        assert (answer.status, answer.fields) == (400, {"Idempotency-Key"})

    @pytest.mark.parametrize("header", ["idempotency-key", "IDEMPOTENCY-KEY"])
    def test_counts_in_whatever_case_it_is_written(self, api: Api, header: str) -> None:
        headers = {"Idempotency-Key": None, header: "k"}
        assert "Idempotency-Replayed" not in api("create-user-idempotent", headers=headers).headers
        assert "Idempotency-Replayed" in api("create-user-idempotent", headers=headers).headers

    def test_no_effect_on_other_methods(self, api: Api, items: Items) -> None:
        api("create-user")
        for name in ("update-user", "update-user"):
            assert api(name, headers={"Idempotency-Key": "k"}).status == 200
        assert api("get-user").json["version"] == 3
        assert items("IdempotencyTable") == []
