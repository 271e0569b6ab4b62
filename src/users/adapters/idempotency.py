"""Runs effects once although events can arrive more than once, with Powertools' idempotency utility."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)

from lambda_common.observability import log_failure, metrics
from users.adapters.errors import translated_errors
from users.domain.errors import EffectInProgressError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A dead-letter queue keeps a message for 14 days, and the message can be redriven on the last day.
RETENTION_SECONDS = 30 * 24 * 3600


def _happen(*, key: str, effect: Callable[[], None]) -> bool:  # noqa: ARG001 - Powertools reads the key
    effect()
    return True


class _PersistenceLayer(DynamoDBPersistenceLayer):
    """Does not raise if success cannot be recorded: a retry of the message would repeat the effect."""

    def save_success(self, data: Any, result: Any) -> None:
        try:
            super().save_success(data, result)
        except Exception as error:  # noqa: BLE001 - the effect has already happened
            log_failure(error)
            metrics.add_metric(name="UnrecordedEffects", unit="Count", value=1)


class DynamoDBIdempotency:
    """An `Idempotency`. Register each invocation's context with `config`: its timeout limits the lock.

    If an invocation ends between the effect and its record, the effect is repeated when the lock has
    expired.
    """

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        self.config = IdempotencyConfig(
            expires_after_seconds=RETENTION_SECONDS,
            hash_function="sha256",
            response_hook=lambda *_: False,  # the result of a repeated call
        )
        self._happen = idempotent_function(
            _happen,
            data_keyword_argument="key",
            persistence_store=_PersistenceLayer(
                table, key_attr="idempotencyKey", expiry_attr="expiresAt", boto3_client=client
            ),
            config=self.config,
            key_prefix="effect",
        )

    def once(self, key: str, effect: Callable[[], None]) -> bool:
        """Lock, run the effect and record its success; unlock if it fails."""
        with translated_errors():
            try:
                return bool(self._happen(key=key, effect=effect))
            except IdempotencyAlreadyInProgressError as error:
                raise EffectInProgressError from error
            except IdempotencyPersistenceLayerError as error:
                raise (error.__cause__ or error) from None
