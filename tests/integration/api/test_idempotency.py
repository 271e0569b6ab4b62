"""Idempotency-Key on POST /users."""

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.responses import Api, Response
from tests.integration.tables import Items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DAY = 24 * 60 * 60
JOHN = {"name": "John Doe", "email": "john@example.com"}
JANE = {"name": "Jane", "email": "jane@example.com"}


def create(api: Api, key: str = "key-1", body: dict[str, Any] | None = None) -> Response:
    """The response to a POST under a key."""
    return api("create-user-idempotent", body=body or JOHN, headers={"Idempotency-Key": key})


class TestReplay:
    """The same request under the same key has one effect and one response."""

    def test_the_first_response_again_when_the_request_is_repeated(self, api: Api, items: Items) -> None:
        first, *others = [create(api) for _ in range(3)]
        others.append(create(api, body={"email": "JOHN@example.com", "name": " John Doe "}))
        assert "Idempotency-Replayed" not in first.headers
        replayed = {"Idempotency-Replayed": "true", "X-Request-Id": first.headers["X-Request-Id"]}
        for other in others:
            assert (other.status, other.text) == (first.status, first.text) == (201, first.text)
            assert other.headers == {**first.headers, **replayed}
        assert len(items("UsersTable")) == 1
        assert "john" not in str(items("IdempotencyTable")[0]["fingerprint"])

    def test_the_first_response_again_when_the_user_has_changed_or_gone_since(
        self, api: Api, items: Items
    ) -> None:
        first = create(api, body={**JOHN, "userId": "123"})
        api("update-user", body={"name": "Renamed"})
        assert create(api, body={**JOHN, "userId": "123"}).text == first.text
        api("delete-user")
        assert create(api, body={**JOHN, "userId": "123"}).text == first.text
        assert api("get-user").status == 404
        left = str([items(table) for table in ("UsersTable", "UserEmailsTable", "IdempotencyTable")])
        assert "123" in left
        assert not [text for text in JOHN.values() if text in left]

    @pytest.mark.parametrize(
        "change",
        [
            *({"name": "Jane"}, {"name": 'John Doe", "email": "john@example.com'}),
            *({"email": "jane@example.com"}, {"userId": "123"}, {"userId": "None"}, {"userId": "null"}),
        ],
    )
    def test_unprocessable_when_the_key_comes_with_another_body(
        self, api: Api, items: Items, change: dict[str, str]
    ) -> None:
        create(api)
        response = create(api, body={**JOHN, **change})
        assert (response.status, response.problem) == (422, "idempotency-key-reused")
        assert len(items("UsersTable")) == 1

    def test_another_request_when_the_key_or_the_caller_is_another(self, api: Api) -> None:
        first = create(api).json["user"]
        for key in ("key-2", "KEY-1"):
            response = create(api, key=key)
            assert (response.status, response.problem) == (409, "email-taken")
        headers = {"Idempotency-Key": "key-1"}
        response = api("create-user-idempotent", client_id="someone-else", body=JANE, headers=headers)
        assert response.status == 201
        assert response.json["user"]["userId"] != first["userId"]

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({"name": ""}, (400, "validation")),
            (JOHN, (409, "email-taken")),
            ({**JANE, "userId": "123"}, (409, "user-exists")),
        ],
    )
    def test_created_when_the_first_request_failed(
        self, api: Api, items: Items, body: dict[str, str], problem: tuple[int, str]
    ) -> None:
        api("create-user")
        for _ in range(2):
            response = create(api, body=body)
            assert (response.status, response.problem) == problem
        assert items("IdempotencyTable") == []
        api("delete-user")
        retried = create(api, body=body if problem[0] == 409 else JOHN)
        assert retried.status == 201
        assert "Idempotency-Replayed" not in retried.headers


class TestExpiry:
    """A key is kept for 24 hours."""

    def expire(self, dynamodb: "DynamoDBClient", *, ago: int) -> None:
        """Move the expiry of the one key, as if time had passed."""
        [record] = dynamodb.scan(TableName="IdempotencyTable")["Items"]
        record["expiresAt"] = {"N": str(int(time.time()) - ago)}
        dynamodb.put_item(TableName="IdempotencyTable", Item=record)

    def test_kept_for_24_hours(self, api: Api, items: Items, dynamodb: "DynamoDBClient") -> None:
        before = int(time.time())
        create(api)
        [record] = items("IdempotencyTable")
        assert before + DAY <= int(record["expiresAt"]["N"]) <= time.time() + DAY
        ttl = dynamodb.describe_time_to_live(TableName="IdempotencyTable")["TimeToLiveDescription"]
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}
        self.expire(dynamodb, ago=-60)
        assert create(api).headers["Idempotency-Replayed"] == "true"

    def test_a_new_request_when_the_key_has_expired(self, api: Api, dynamodb: "DynamoDBClient") -> None:
        create(api)
        self.expire(dynamodb, ago=0)
        assert (create(api).status, create(api).problem) == (409, "email-taken")
        response = create(api, body=JANE)
        assert response.status == 201
        assert "Idempotency-Replayed" not in response.headers
        assert create(api, body=JANE).text == response.text


class TestKey:
    """A key is 1 to 255 visible ASCII characters."""

    @pytest.mark.parametrize("key", ["k", "!", "~", "x" * 255, '"quoted"', "a#b", "${jndi}", "a,b"])
    def test_accepted_when_it_is_visible_ascii(self, api: Api, key: str) -> None:
        assert create(api, key=key).status == 201
        assert create(api, key=key).headers["Idempotency-Replayed"] == "true"

    @pytest.mark.parametrize(
        "key", ["", " ", "a b", "x" * 256, "é", "a\tb", "a\n", "\x7f", "\ud800", "k ", ["a", "b"]]
    )
    def test_refused_when_it_is_anything_else(self, api: Api, items: Items, key: str | list[str]) -> None:
        response = api("create-user-idempotent", headers={"Idempotency-Key": key})
        assert (response.status, response.fields) == (400, {"Idempotency-Key"})
        assert items("UsersTable") == []

    def test_ignored_when_the_method_is_another(self, api: Api, items: Items) -> None:
        api("create-user")
        for _ in range(2):
            assert api("update-user", headers={"Idempotency-Key": "k"}).status == 200
        assert api("get-user").json["version"] == 3
        assert items("IdempotencyTable") == []
