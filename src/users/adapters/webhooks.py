"""Webhooks by HTTPS, as the Standard Webhooks specification says, behind Powertools' circuit breaker."""

import hmac
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import urllib3
from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.circuit_breaker import (
    CircuitBreakerConfig,
    CircuitBreakerOpenError,
    CircuitState,
    CircuitTransition,
    circuit_breaker,
)
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from urllib3 import exceptions

from lambda_common.observability import logger
from lambda_common.tracing import record_status, span
from users.domain.webhooks import MAX_DELAY_SECONDS, Reply, WebhookPayload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.circuit_breaker.persistence.base import (
        CircuitBreakerPersistenceLayer,
    )
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from users.domain.events import UserEvent

CONNECTIONS = 10  # the size of a batch
CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 5
MAX_RESPONSE_BYTES = 4096
FAILURES = 5  # in a row, in one execution environment
COOL_DOWN_SECONDS = 10
MAX_COOL_DOWN_SECONDS = 300

_OK = range(200, 300)
_RETRIED = {408, 425, 429, *range(500, 600)}
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NameResolutionError, "dns_error"),
    (exceptions.NewConnectionError, "connection_refused"),
    (exceptions.TimeoutError, "timeout"),
    (exceptions.SSLError, "tls_error"),
    (exceptions.HTTPError, "connection_lost"),  # before the end of the response
)


class _FailedError(Exception):
    """A failure that counts for the circuit breaker."""

    def __init__(self, reason: str, wait: float = 0) -> None:
        self.reply = Reply("failed", reason, wait)


class SigningSecrets(SecretsProvider):
    """The current secret and, until an operator removes its stage, the previous one; cached together.

    For POWERTOOLS_PARAMETERS_MAX_AGE seconds.
    """

    def __init__(self, client: "SecretsManagerClient", *, secret: str) -> None:
        super().__init__(boto3_client=client)
        self._secret = secret

    def valid(self) -> list[str]:
        """The newest first."""
        secrets: Any = self.get(self._secret)
        return list(secrets)

    def _get(self, name: str, **_: Any) -> Any:
        secrets = [super()._get(name)]
        with suppress(self.client.exceptions.ResourceNotFoundException):
            secrets.append(super()._get(name, VersionStage="AWSPREVIOUS"))
        return secrets


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """A signature of version 1, symmetric."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()


class HttpReceiver:
    """A `Receiver` at one URL."""

    def __init__(
        self, url: str, *, secrets: SigningSecrets, circuits: "CircuitBreakerPersistenceLayer", circuit: str
    ) -> None:
        self._url = url
        self._secrets = secrets
        self._pool = urllib3.PoolManager(
            maxsize=CONNECTIONS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
        )
        self._circuit = CircuitBreakerConfig(
            failure_threshold=FAILURES,
            recovery_timeout=COOL_DOWN_SECONDS,
            success_threshold=1,
            handled_exceptions=_FailedError,
            local_cache_max_age=0,  # a thread that finds a stale state can send a second probe
        )
        self._guarded_post = circuit_breaker(
            circuit, circuits, on_transition=self._on_transition, config=self._circuit
        )(self._post)

    def send(self, event: "UserEvent") -> Reply:
        """One POST. The messages of a batch are sent by threads, which share the connections."""
        body, timestamp = WebhookPayload.of(event).to_json(), int(time.time())
        signatures = [signature(secret, event.id, timestamp, body) for secret in self._secrets.valid()]
        headers = {
            "content-type": "application/json",
            "user-agent": "users-webhooks",
            "webhook-id": event.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signatures),
        }
        try:
            reply: Reply = self._guarded_post(body, headers)
        except _FailedError as error:
            return error.reply
        except CircuitBreakerOpenError as error:
            opened_at = (error.circuit and error.circuit.opened_at) or 0
            probe_at = opened_at + self._circuit.recovery_timeout
            return Reply("circuit_open", "circuit_open", max(probe_at - time.time(), 0))
        return reply

    def _post(self, body: bytes, headers: dict[str, str]) -> Reply:
        """Raise what counts as a failure of the receiver. One that refuses an event is not down."""
        with span("POST webhook"):
            try:
                status, wait = self._request(body, headers)
            except exceptions.HTTPError as error:
                raise _FailedError(
                    next(reason for kind, reason in _REASONS if isinstance(error, kind))
                ) from None
            record_status(status)
            reason = f"http_{status}"
            if status in _RETRIED:
                raise _FailedError(reason, wait)
            return Reply("delivered" if status in _OK else "refused", reason)

    def _request(self, body: bytes, headers: dict[str, str]) -> tuple[int, float]:
        """The status, and what `Retry-After` says. A response that is too long costs its connection."""
        response = self._pool.request(
            "POST", self._url, body=body, headers=headers, redirect=False, preload_content=False
        )
        try:
            content = response.read(MAX_RESPONSE_BYTES, decode_content=False)
            if response.length_remaining and len(content) < MAX_RESPONSE_BYTES:
                raise exceptions.ProtocolError  # cut short
            wait: float | None = None
            with suppress(exceptions.InvalidHeader):
                wait = urllib3.Retry(retry_after_max=MAX_DELAY_SECONDS).get_retry_after(response)
            return response.status, wait or 0
        finally:
            response.close()

    def _on_transition(self, transition: CircuitTransition) -> None:
        """Each failed probe doubles the cool-down of this execution environment."""
        before, after = transition.from_state, transition.to_state
        if after == CircuitState.HALF_OPEN:
            return
        longer = min(2 * self._circuit.recovery_timeout, MAX_COOL_DOWN_SECONDS)
        self._circuit.recovery_timeout = longer if before == CircuitState.HALF_OPEN else COOL_DOWN_SECONDS
        is_open = after == CircuitState.OPEN
        logger.info("Circuit changed", circuit_open=is_open)
        with single_metric(name="WebhookCircuitOpen", unit=MetricUnit.Count, value=int(is_open)) as metric:
            metric.add_dimension(name="circuit", value=transition.circuit_name)
