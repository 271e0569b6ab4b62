"""DynamoDB items."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.helpers.builders import JOHN, NOON, a_request, a_user
from users.adapters.dynamodb.items import (
    UnreadableItemError,
    created_earlier,
    idempotency_item,
    user_from_item,
    user_item,
)
from users.domain.user import User

LATER = NOON + timedelta(milliseconds=5)


class TestUserItem:
    """A user is read from DynamoDB as it was written."""

    @pytest.mark.parametrize(
        "user", [a_user(), a_user(name="Zoë 王"), replace(a_user(), version=10**17, updated_at=LATER)]
    )
    def test_read_back_when_written(self, user: User) -> None:
        assert user_from_item(user_item(user)) == user

    def test_the_same_user_when_the_item_has_more(self) -> None:
        more = {"correlationId": {"S": "c"}, "later": {"BOOL": True}}
        assert user_from_item(user_item(a_user()) | more) == a_user()

    def test_has_the_avatar_that_the_item_has(self) -> None:
        item = user_item(a_user()) | {"avatarKey": {"S": "uploads/123/a"}}
        assert user_from_item(item) == replace(a_user(), avatar_key="uploads/123/a")

    @pytest.mark.parametrize("name", user_item(JOHN))
    def test_refused_when_an_attribute_has_another_type(self, name: str) -> None:
        with pytest.raises(UnreadableItemError):
            user_from_item(user_item(JOHN) | {name: {"BOOL": True}})


class TestWithoutRevision:
    """An item that was last written before there were revisions."""

    def revision(self, user: User) -> str:
        """The revision that is read from the item without the attribute."""
        item = {name: value for name, value in user_item(user).items() if name != "revision"}
        return user_from_item(item).revision

    def test_the_same_in_each_read_and_another_for_each_state(self) -> None:
        states = [a_user(), replace(a_user(), version=2), a_user(created_at=LATER)]
        assert len({self.revision(user) for user in states for _ in range(2)}) == len(states)

    def test_hexadecimal_and_never_that_of_a_new_write(self) -> None:
        assert int(self.revision(a_user()), 16)
        assert len(self.revision(a_user())) > len(JOHN.revision)


class TestIdempotencyItem:
    """The key expires by an attribute that time to live understands."""

    def test_whole_seconds_since_the_epoch(self) -> None:
        item = idempotency_item(a_request(expires_at=NOON + timedelta(milliseconds=999)), a_user())
        assert item["expiresAt"] == {"N": str(int(NOON.timestamp()))}
        assert created_earlier(item, a_user("456", email="123@example.com")) == a_user()
