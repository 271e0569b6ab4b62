"""Expressions for DynamoDB."""

import re
from typing import Any

import pytest

from tests.helpers.builders import a_user
from users.adapters.dynamodb.items import user_item
from users.adapters.dynamodb.transactions import (
    Condition,
    ContentionError,
    is_state,
    meets,
    retry_on_contention,
    update_action,
)
from users.api.preconditions import MAX_TAGS
from users.domain.user import Precondition, new_revision

MAX_EXPRESSION_BYTES = 4096
REVISIONS = frozenset(new_revision() for _ in range(MAX_TAGS))
WITHOUT_REVISION = {name: value for name, value in user_item(a_user()).items() if name != "revision"}
CONDITIONS = [
    *([], [is_state(user_item(a_user()))], [is_state(WITHOUT_REVISION)]),
    *(meets(Precondition(among=among)) for among in (None, {"1"}, REVISIONS)),
    *(meets(Precondition(among=among, not_among=REVISIONS)) for among in (None, {"1"}, REVISIONS)),
]


@pytest.mark.parametrize("conditions", CONDITIONS)
@pytest.mark.parametrize("names", [["correlationId"], ["revision", "name"], ["revision", "email"]])
def test_an_update_defines_exactly_what_its_expressions_use(
    names: list[str], conditions: list[Condition]
) -> None:
    """They are not too long, and a new version has a new revision."""
    action = update_action("Users", "123", dict.fromkeys(names, "x"), *conditions, remove="avatarKey")
    update, condition = action["UpdateExpression"], action["ConditionExpression"]
    defined = {*action["ExpressionAttributeNames"], *action["ExpressionAttributeValues"]}
    assert set(re.findall(r"[#:]\w+", f"{update} {condition}")) == defined
    assert max(len(update), len(condition)) <= MAX_EXPRESSION_BYTES
    assert action["Key"] == {"userId": {"S": "123"}}
    assert update.endswith(" REMOVE avatarKey")
    assert ("version + :one" in update) == ("revision" in names)


def test_writers_wait_for_a_random_part_of_a_longer_time_after_each_conflict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else they would meet again."""
    limits: list[Any] = []
    monkeypatch.setattr("random.uniform", lambda *between: between)
    monkeypatch.setattr("time.sleep", limits.append)

    def attempt() -> str:
        if len(limits) < 7:
            raise ContentionError
        return "done"

    assert retry_on_contention(attempt) == "done"
    assert limits == [(0, limit) for limit in (0.02, 0.04, 0.08, 0.16, 0.32, 0.5, 0.5)]
