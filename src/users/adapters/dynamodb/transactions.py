"""Conditional writes to DynamoDB, and retries when writers conflict."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from users.adapters.dynamodb.items import Item, number, strings
from users.adapters.errors import error_code, translated_errors
from users.domain.errors import ServiceUnavailableError, UserNotFoundError
from users.domain.user import Precondition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTENTION_SECONDS = 5  # plus two slow calls, less than the function's timeout
FIRST_BACKOFF_SECONDS = 0.02
LAST_BACKOFF_SECONDS = 0.5
# Reasons why DynamoDB cancels a transaction, one for each action.
NO_REASON = "None"
CONDITION_FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"

type Action = dict[str, Any]
"""The parameters of one Put, Update or Delete."""


class ContentionError(Exception):
    """The write conflicts with another one; a retry can succeed."""


class Condition(NamedTuple):
    """A condition expression and its values."""

    expression: str
    values: Item = MappingProxyType({})


# Updates require the attributes that a readable user has.
_IS_USER = Condition(
    " AND ".join(
        f"attribute_exists({name})" for name in ("#name", "email", "createdAt", "updatedAt", "version")
    )
)


def meets(precondition: Precondition) -> list[Condition]:
    """Conditions that a client requires. They fail for an item without a revision: see `is_state`."""
    conditions = []
    if precondition.among is not None:
        conditions.append(_revision_in(precondition.among))
    if precondition.not_among:
        listed = _revision_in(precondition.not_among, "not")
        conditions.append(Condition(f"attribute_exists(revision) AND NOT {listed.expression}", listed.values))
    return conditions


def is_state(item: Item) -> Condition:
    """The condition that the item has not changed since it was read."""
    if "revision" in item:
        return Condition("revision = :current", {":current": item["revision"]})
    values = {":currentVersion": item["version"], ":currentCreation": item["createdAt"]}
    expression = "version = :currentVersion AND createdAt = :currentCreation"
    return Condition(f"attribute_not_exists(revision) AND {expression}", values)


def _revision_in(revisions: Iterable[str], prefix: str = "") -> Condition:
    values = strings(**{f":{prefix}{i}": revision for i, revision in enumerate(revisions)})
    return Condition(f"revision IN ({', '.join(values)})", values)


def update_action(
    table: str, user_id: str, new: Mapping[str, str], *conditions: Condition, remove: str = ""
) -> Action:
    """Set attributes of a user under conditions; a new revision increments the version."""
    assignments = [f"#{name} = :{name}" for name in new]
    values = strings(**{f":{name}": value for name, value in new.items()})
    if "revision" in new:
        assignments.append("version = version + :one")
        values[":one"] = number(1)
    return {
        "Key": strings(userId=user_id),
        "UpdateExpression": f"SET {', '.join(assignments)}{remove and f' REMOVE {remove}'}",
        "ExpressionAttributeNames": {f"#{name}": name for name in ("name", *new)},
        **_conditional(table, _IS_USER, *conditions, Condition("", values)),
    }


def put_action(table: str, item: Item, condition: Condition) -> Action:
    """One Put of a transaction."""
    return {"Put": {"Item": item, **_conditional(table, condition)}}


def delete_action(table: str, key: Item, condition: Condition) -> Action:
    """One Delete of a transaction."""
    return {"Delete": {"Key": key, **_conditional(table, condition)}}


def _conditional(table: str, *conditions: Condition) -> Action:
    expressions = [condition.expression for condition in conditions if condition.expression]
    values = {name: value for condition in conditions for name, value in condition.values.items()}
    parameters: Action = {"TableName": table, "ConditionExpression": " AND ".join(expressions)}
    return parameters | ({"ExpressionAttributeValues": values} if values else {})


def retry_on_contention[T](attempt: Callable[[], T]) -> T:
    """Retry conflicting writes for CONTENTION_SECONDS, then raise ServiceUnavailableError."""
    deadline = time.monotonic() + CONTENTION_SECONDS
    backoff = FIRST_BACKOFF_SECONDS
    while True:
        try:
            return attempt()
        except ContentionError as error:
            if time.monotonic() > deadline:
                raise ServiceUnavailableError from error
        time.sleep(random.uniform(0, backoff))  # nosec B311 # noqa: S311 - spreads the writers
        backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)


def transact(client: "DynamoDBClient", actions: list[Action]) -> list[str]:
    """Write all of `actions` or none. Return the cancellation reason of each, or an empty list on success."""
    try:
        with translated_errors():
            client.transact_write_items(TransactItems=actions)  # type: ignore[arg-type]
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons")
        if error_code(error) != "TransactionCanceledException" or not reasons:
            raise
        return [reason.get("Code", NO_REASON) for reason in reasons]
    return []


def update_item(client: "DynamoDBClient", action: Action) -> tuple[Item, bool]:
    """The updated item and True, or the current item and False if the condition does not hold.

    Raises UserNotFoundError and ContentionError.
    """
    try:
        with translated_errors():
            response = client.update_item(
                ReturnValues="ALL_NEW", ReturnValuesOnConditionCheckFailure="ALL_OLD", **action
            )
    except ClientError as error:
        found: Any = error.response.get("Item")
        if error_code(error) == "TransactionConflictException":
            raise ContentionError from error
        if error_code(error) != "ConditionalCheckFailedException":
            raise
        if not found:
            raise UserNotFoundError from error
        return found, False
    return response["Attributes"], True
