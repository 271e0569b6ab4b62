"""Which effects of events have been done, in a DynamoDB table."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from users.adapters.errors import error_code, translated_errors
from users.domain.errors import EffectInProgressError, ServiceUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A dead letter is kept for 14 days and may be sent again on the last of them.
MEMORY_SECONDS = 30 * 24 * 3600


class DynamoDBEffectLog:
    """An `EffectLog`. It claims a key before the effect and settles it after.

    A claim is given back when the effect fails, and runs out after `claim_seconds`, when whoever made it
    cannot be running any more. If that was between the effect and the note that it is done, it is done
    again: no service that sends mail can be made part of a transaction. A note that fails is let go: what
    is done must not come again because of it.
    """

    def __init__(self, client: "DynamoDBClient", *, table: str, claim_seconds: int) -> None:
        self._client = client
        self._table = table
        self._claim_seconds = claim_seconds

    def once(self, key: str, effect: Callable[[], None]) -> bool:
        """Two writes around the effect."""
        now = int(time.time())
        holder = self._claim(key, now)
        if holder is None:
            self._do(key, effect, now)
            return True
        if not holder["done"]["BOOL"]:
            raise EffectInProgressError
        return False

    def _do(self, key: str, effect: Callable[[], None], now: int) -> None:
        try:
            effect()
        except Exception:
            with suppress(ServiceUnavailableError):  # then the claim runs out by itself
                self._put(key, now, done=False)
            raise
        with suppress(ServiceUnavailableError):
            self._put(key, now + MEMORY_SECONDS, done=True)

    def _claim(self, key: str, now: int) -> dict[str, Any] | None:
        """None when the claim is ours, or what stands in its way."""
        condition = {
            "ConditionExpression": "attribute_not_exists(idempotencyKey) OR expiresAt <= :now",
            "ExpressionAttributeValues": {":now": {"N": str(now)}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            self._put(key, now + self._claim_seconds, done=False, **condition)
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            item: Any = error.response.get("Item")
            return dict(item)
        return None

    def _put(self, key: str, expires_at: int, *, done: bool, **condition: Any) -> None:
        item: Any = {
            "idempotencyKey": {"S": key},
            "expiresAt": {"N": str(expires_at)},
            "done": {"BOOL": done},
        }
        with translated_errors():
            self._client.put_item(TableName=self._table, Item=item, **condition)
