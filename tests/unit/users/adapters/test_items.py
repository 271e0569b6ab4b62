"""DynamoDB items."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_request, a_user
from users.adapters.items import UserUpdate, deletion_mark, idempotency_item, user_from_item, user_item
from users.domain.user import User, UserChanges

LATER = NOON + timedelta(milliseconds=5)


def an_update(changes: UserChanges, expected: set[int] | None = None) -> UserUpdate:
    """An update of user 123."""
    return UserUpdate(
        user_id="123",
        changes=changes,
        expected_versions=expected,
        updated_at=LATER,
        write_id="w",
        correlation_id="c",
    )


def check_exact(request: dict[str, Any]) -> None:
    """The expressions use all that is defined and nothing else, and the user has to exist."""
    text = f"{request['UpdateExpression']} {request['ConditionExpression']}"
    names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
    assert set(re.findall(r"[#:]\w+", text)) == {*names, *values}
    assert text.count("attribute_exists(userId)") == 1


class TestUserItem:
    """A user survives the way to DynamoDB and back."""

    @pytest.mark.parametrize(
        "user", [a_user(), a_user(name="Zoë 王"), replace(a_user(), version=10**17, updated_at=LATER)]
    )
    def test_read_back_when_written(self, user: User) -> None:
        assert user_from_item(user_item(user)) == user

    def test_the_same_user_when_the_item_has_more(self) -> None:
        more = {"writeId": {"S": "w"}, "correlationId": {"S": "c"}, "later": {"BOOL": True}}
        assert user_from_item(user_item(a_user()) | more) == a_user()

    def test_has_the_avatar_that_the_item_has(self) -> None:
        item = user_item(a_user()) | {"avatarKey": {"S": "uploads/123/a"}}
        assert user_from_item(item) == replace(a_user(), avatar_key="uploads/123/a")


class TestIdempotencyItem:
    """The key expires by an attribute that time to live understands."""

    def test_whole_seconds_since_the_epoch(self) -> None:
        item = idempotency_item(a_request(expires_at=NOON + timedelta(milliseconds=999)), a_user())
        assert item["expiresAt"] == {"N": str(int(NOON.timestamp()))}
        assert user_from_item(item["user"]["M"]) == a_user()


class TestUserUpdate:
    """Expressions use every name and value that they define, and no others."""

    @pytest.mark.parametrize("expected", [None, {1}, {3, 1, 2}])
    @pytest.mark.parametrize(
        "changes",
        [
            UserChanges(name="n"),
            UserChanges(email="e@example.com"),
            UserChanges(name="n", email="e@example.com"),
        ],
    )
    def test_complete_and_exact(self, changes: UserChanges, expected: set[int] | None) -> None:
        update = an_update(changes, expected)
        check_exact(update.unless_email_changes())
        if changes.email is not None:  # else there is no need for a transaction
            check_exact(update.from_state(a_user()))

    def test_stores_on_whose_behalf_it_is(self) -> None:
        update = an_update(UserChanges(name="n"))
        for request in (update.unless_email_changes(), update.from_state(a_user())):
            assert "#correlationId = :correlationId" in request["UpdateExpression"]
            assert request["ExpressionAttributeNames"]["#correlationId"] == "correlationId"
            assert request["ExpressionAttributeValues"][":correlationId"] == {"S": "c"}

    def test_applied_as_dynamodb_does(self) -> None:
        applied = an_update(UserChanges(email="e@example.com")).applied_to(a_user())
        assert applied == replace(a_user(), email="e@example.com", version=2, updated_at=LATER)

    def test_leaves_the_avatar(self) -> None:
        user = replace(a_user(), avatar_key="uploads/123/a")
        assert an_update(UserChanges(name="n")).applied_to(user).avatar_key == "uploads/123/a"


class TestDeletionMark:
    """The mark says who deletes, and changes nothing else."""

    @pytest.mark.parametrize("expected", [None, {1}, {3, 1, 2}])
    def test_complete_and_exact(self, expected: set[int] | None) -> None:
        request = deletion_mark("123", expected, correlation_id="c")
        check_exact(request)
        assert request["Key"] == {"userId": {"S": "123"}}
        assert request["UpdateExpression"] == "SET correlationId = :correlationId"
        assert request["ExpressionAttributeValues"][":correlationId"] == {"S": "c"}
