"""Effects that happen once although events arrive more than once, by Powertools' idempotency."""

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

# A dead-letter queue keeps a message for 14 days, and it may be redriven on the last of them.
RETENTION_SECONDS = 30 * 24 * 3600


def _happen(*, key: str, effect: Callable[[], None]) -> bool:  # noqa: ARG001 - Powertools reads the key
    effect()
    return True


class _PersistenceLayer(DynamoDBPersistenceLayer):
    """Raises nothing when success cannot be recorded: the message would return, and the effect with it."""

    def save_success(self, data: Any, result: Any) -> None:
        try:
            super().save_success(data, result)
        except Exception as error:  # noqa: BLE001 - whatever it is, the effect has happened
            log_failure(error)
            metrics.add_metric(name="UnrecordedEffects", unit="Count", value=1)


class DynamoDBIdempotency:
    """An `Idempotency`. `config` needs each invocation's context: no lock outlives the invocation.

    An invocation that ends between the effect and its record leaves the lock, and the effect is repeated
    when that has expired.
    """

    def __init__(self, client: "DynamoDBClient", *, table: str) -> None:
        self.config = IdempotencyConfig(
            expires_after_seconds=RETENTION_SECONDS,
            hash_function="sha256",
            response_hook=lambda *_: False,  # what a repeated call returns
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
        """Lock, effect, record of success; a failed effect is unlocked."""
        with translated_errors():
            try:
                return bool(self._happen(key=key, effect=effect))
            except IdempotencyAlreadyInProgressError as error:
                raise EffectInProgressError from error
            except IdempotencyPersistenceLayerError as error:
                raise (error.__cause__ or error) from None
