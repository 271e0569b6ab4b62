"""Conditional writes to DynamoDB, and what to do when writers are in each other's way."""

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from users.adapters.errors import error_code, translated_errors
from users.adapters.items import Item
from users.domain.errors import ServiceUnavailableError, UserNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONTENTION_SECONDS = 5  # with two slow calls after it still below the function's timeout
FIRST_BACKOFF_SECONDS = 0.02
LAST_BACKOFF_SECONDS = 0.5
# Why DynamoDB did not do one action of a transaction.
NO_REASON = "None"
CONDITION_FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"

type Action = dict[str, Any]
"""One Put, Update or Delete of a transaction."""


class ContentionError(Exception):
    """Another writer was in the way: look again."""


def until_settled[T](attempt: Callable[[], T]) -> T:
    """Try again while other writers are in the way, for a bounded time."""
    deadline = time.monotonic() + CONTENTION_SECONDS
    backoff = FIRST_BACKOFF_SECONDS
    while True:
        try:
            return attempt()
        except ContentionError as error:
            if time.monotonic() > deadline:
                raise ServiceUnavailableError from error
        time.sleep(random.uniform(0, backoff))  # noqa: S311 - spreads the writers, guards nothing
        backoff = min(2 * backoff, LAST_BACKOFF_SECONDS)


def put_action(table: str, item: Item, condition: str, values: Item | None = None) -> Action:
    """Put `item` if `condition` holds, in which `values` stand."""
    put = {"TableName": table, "Item": item, "ConditionExpression": condition}
    return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}


def delete_action(table: str, key: Item, condition: str, values: Item) -> Action:
    """Delete the item with `key` if `condition` holds, in which `values` stand."""
    return {
        "Delete": {
            "TableName": table,
            "Key": key,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
    }


def transact(client: "DynamoDBClient", actions: list[Action]) -> list[str]:
    """Do all of `actions` or none. Empty when done, or why not, action by action."""
    try:
        with translated_errors():
            client.transact_write_items(TransactItems=actions)  # type: ignore[arg-type]
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons")
        if error_code(error) != "TransactionCanceledException" or not reasons:
            raise
        return [reason.get("Code", NO_REASON) for reason in reasons]
    return []


def update_item(client: "DynamoDBClient", table: str, request: dict[str, Any]) -> tuple[Item, bool]:
    """The user's item after the update and True, or as it was and False when the condition did not hold."""
    try:
        with translated_errors():
            answer = client.update_item(
                TableName=table,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **request,
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
    return answer["Attributes"], True
