"""DynamoDB items."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON, a_request, a_user
from users.adapters.items import UserUpdate, idempotency_item, user_from_item, user_item
from users.domain.user import User, UserChanges

LATER = NOON + timedelta(milliseconds=5)


def an_update(changes: UserChanges, expected: set[int] | None = None) -> UserUpdate:
    """An update of user 123."""
    return UserUpdate(
        user_id="123", changes=changes, expected_versions=expected, updated_at=LATER, write_id="w"
    )


class TestUserItem:
    """A user survives the way to DynamoDB and back."""

    @pytest.mark.parametrize(
        "user", [a_user(), a_user(name="Zoë 王"), replace(a_user(), version=10**17, updated_at=LATER)]
    )
    def test_read_back_when_written(self, user: User) -> None:
        assert user_from_item(user_item(user)) == user

    def test_the_same_user_when_the_item_has_more(self) -> None:
        assert (
            user_from_item(user_item(a_user()) | {"writeId": {"S": "w"}, "later": {"BOOL": True}}) == a_user()
        )


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
        for request in (update.unless_email_changes(), update.from_state(a_user())):
            text = f"{request['UpdateExpression']} {request['ConditionExpression']} "
            for name in [*request["ExpressionAttributeNames"], *request["ExpressionAttributeValues"]]:
                assert any(text.count(name + end) for end in (" ", ",", ")"))
            assert text.count("attribute_exists(userId)") == 1

    def test_applied_as_dynamodb_does(self) -> None:
        applied = an_update(UserChanges(email="e@example.com")).applied_to(a_user())
        assert applied == replace(a_user(), email="e@example.com", version=2, updated_at=LATER)
