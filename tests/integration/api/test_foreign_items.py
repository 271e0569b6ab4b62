"""Items that this version of the service has not written: older users, and items that are not users."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.logs import Logs
from tests.helpers.responses import Api
from tests.integration.api.test_list import walk
from tests.integration.tables import Avatars, Items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHANGES = ["replace-user", "replace-user-in-body", "update-user", "delete-user"]
USER = {
    "userId": {"S": "123"},
    "name": {"S": "John Doe"},
    "email": {"S": "john@example.com"},
    "createdAt": {"S": "2026-11-20T12:00:00.000Z"},
    "updatedAt": {"S": "2026-11-20T12:00:00.000Z"},
    "version": {"N": "1"},
}


def without(*names: str, **values: Any) -> dict[str, Any]:
    """The user's item without some attributes and with others."""
    return {name: value for name, value in USER.items() if name not in names} | values


LACKING = [
    {"userId": {"S": "123"}, "foo": {"S": "bar"}},
    *(without(name) for name in USER if name != "userId"),
]
UNREADABLE = [
    *LACKING,
    *(without(version=version) for version in ({"N": "1.5"}, {"N": "0"}, {"S": "1"})),
    *(without(name=name) for name in ({"S": ""}, {"S": "x" * 101}, {"NULL": True})),
    *(without(createdAt={"S": "yesterday"}), without(updatedAt={"S": "9999-12-31T23:59:59.999-23:59"})),
    *(without(revision={"N": "1"}), without(avatarKey={"L": []})),
]


def put(dynamodb: "DynamoDBClient", item: dict[str, Any]) -> None:
    """Store an item, and that the address belongs to it."""
    dynamodb.put_item(TableName="UsersTable", Item=item)
    dynamodb.put_item(TableName="UserEmailsTable", Item={"email": USER["email"], "userId": USER["userId"]})


class TestWithoutRevision:
    """Users last written before revisions existed also have a tag."""

    @pytest.fixture
    def tag(self, api: Api, dynamodb: "DynamoDBClient") -> str:
        """The tag of such a user, which differs for each state."""
        tags = []
        for version in ("2", "1", "1"):
            put(dynamodb, USER | {"version": {"N": version}, "writeId": {"S": "0a"}})
            tags.append(api("get-user").headers["ETag"])
        assert [tags.count(tag) for tag in tags] == [1, 2, 2]
        return tags[-1]

    @pytest.mark.parametrize("name", CHANGES)
    @pytest.mark.parametrize("condition", [None, "If-Match", "If-None-Match"])
    def test_changed_when_the_precondition_holds(
        self, api: Api, tag: str, name: str, condition: str | None
    ) -> None:
        value = {condition: tag if condition == "If-Match" else '"1"'} if condition else {}
        response = api(name, headers={"If-Match": None} | value)
        assert response.status == 200
        if name != "delete-user":
            assert response.json["user"]["version"] == 2
            read = api("get-user")
            assert (read.json, read.headers["ETag"]) == (response.json["user"], response.headers["ETag"])
            assert read.headers["ETag"] != tag

    @pytest.mark.parametrize("name", CHANGES)
    @pytest.mark.parametrize("condition", ["If-Match", "If-None-Match"])
    def test_refused_when_the_precondition_fails(
        self, api: Api, items: Items, tag: str, name: str, condition: str
    ) -> None:
        before = items("UsersTable")
        headers = {"If-Match": None, condition: '"1"' if condition == "If-Match" else tag}
        assert api(name, headers=headers).status == 412
        assert items("UsersTable") == before

    def test_a_new_tag_when_the_avatar_is_set(self, api: Api, avatars: Avatars, tag: str) -> None:
        avatars.set()
        assert api("get-user").headers["ETag"] != tag


def check_logged(logs: Logs) -> None:
    """An operator can find the item and count such events."""
    assert [line["user_id"] for line in logs.lines if line["message"] == "Unreadable item"] == ["123"]
    assert [line["UnreadableItems"] for line in logs.emf if "UnreadableItems" in line] == [[1.0]]


class TestUnreadable:
    """An item that is not a user is left out of pages, and is an error with a log line when it is read."""

    @pytest.fixture(autouse=True)
    def _consistent(self, dynamodb: "DynamoDBClient", item: dict[str, Any]) -> None:
        """Such an item, which is not consistent."""
        put(dynamodb, item)

    @pytest.mark.parametrize("item", UNREADABLE)
    def test_a_page_leaves_it_out_and_goes_on(self, api: Api, logs: Logs) -> None:
        for i in range(6):
            api("create-user", body={"userId": f"u{i}", "name": "U", "email": f"u{i}@example.com"})
        users = [user for page in walk(api, limit="1") for user in page.json["users"]]
        assert sorted(user["userId"] for user in users) == [f"u{i}" for i in range(6)]
        check_logged(logs)

    @pytest.mark.parametrize("item", UNREADABLE)
    @pytest.mark.parametrize("name", ["get-user", "get-user-by-query", "find-user-by-email", "get-avatar"])
    def test_an_internal_error_when_it_is_read(self, api: Api, logs: Logs, name: str) -> None:
        assert api(name).problem == "internal-error"
        check_logged(logs)

    @pytest.mark.parametrize("item", UNREADABLE)
    def test_stays_when_id_or_address_is_wanted_or_an_avatar_goes(
        self, api: Api, avatars: Avatars, items: Items, item: dict[str, Any]
    ) -> None:
        assert [api(name).status for name in ("create-user", "create-user-idempotent")] == [409, 409]
        avatars.remove()
        assert items("UsersTable") == [item]

    @pytest.mark.parametrize("item", LACKING)  # values that violate the contract may be written
    @pytest.mark.parametrize("name", CHANGES)
    def test_stays_when_it_is_changed_and_could_not_be_read_afterwards(
        self, api: Api, items: Items, logs: Logs, item: dict[str, Any], name: str
    ) -> None:
        assert api(name).problem == "internal-error"
        check_logged(logs)
        assert items("UsersTable") == [item]
