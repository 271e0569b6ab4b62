"""Records calls of a function's AWS clients, and injects faults."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from lambda_common.clients import client

SERVICES = ("dynamodb", "s3", "secretsmanager", "sesv2", "sns", "sqs")
_URL = "https://example.com/"

type Params = dict[str, Any]
type Picks = Callable[[Mapping[str, Any]], bool]


def refusal(code: str, status: int = 400) -> ClientError:
    """An error as AWS words it; its message contains what a function must not reveal."""
    error = {"Code": code, "Message": "About john@example.com, John Doe"}
    response: Any = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Operation")


PASSING: dict[str, Exception] = {
    "throttled": refusal("ThrottlingException"),
    "internal-error": refusal("InternalFailure", 500),
    "slow-down": refusal("SlowDown", 503),
    "no-connection": EndpointConnectionError(endpoint_url=_URL),
    "connect-timeout": ConnectTimeoutError(endpoint_url=_URL),
    "read-timeout": ReadTimeoutError(endpoint_url=_URL),
}
"""Transient errors that outlast the SDK's retries, by name."""


_ENTRIES = {"PublishBatch": "PublishBatchRequestEntries", "DeleteObjects": "Objects"}
_FAILURES = {"PublishBatch": "Failed", "DeleteObjects": "Errors"}
"""Where operations have their parts, and report failed ones."""


class Wire:
    """Between a function's clients and moto. Faults stand for what the SDK's retries did not overcome."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Params]] = []
        self._faults: dict[str, Iterator[Exception | None]] = {}
        self._lost: set[str] = set()
        self._refused: dict[str, Picks] = {}
        self._meanwhile: dict[str | int, Callable[[], object]] = {}

    def count(self, operation: str) -> int:
        """How many calls were made of an operation."""
        return sum(name == operation for name, _ in self.calls)

    def fail(self, operation: str, *faults: Exception | None) -> None:
        """Let the next calls of an operation fail, in order; None lets one through."""
        self._faults[operation] = iter(faults)

    def break_down(self, operation: str, fault: Exception) -> None:
        """Let every call of an operation fail."""
        self._faults[operation] = itertools.repeat(fault)

    def lose_response(self, operation: str) -> None:
        """Let the next call of an operation take effect, but lose its response."""
        self._lost.add(operation)

    def refuse(self, operation: str, picks: Picks) -> None:
        """Let an operation fail for those of its parts that are picked."""
        self._refused[operation] = picks

    def meanwhile(self, call: str | int, action: Callable[[], object]) -> None:
        """Let something else happen right before the next call of an operation, or the n-th of all calls."""
        self._meanwhile[call] = action

    def recover(self) -> None:
        """Let everything work again."""
        self._faults.clear()
        self._lost.clear()
        self._refused.clear()

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Between the clients and moto inside this context, and nowhere after it."""
        hooks = {"provide-client-params": self._sent, "before-call": self._call, "after-call": self._received}
        events = [client(service).meta.events for service in SERVICES]
        for emitter in events:
            for name, hook in hooks.items():
                emitter.register(name, hook)
        try:
            yield
        finally:
            for emitter in events:
                for name, hook in hooks.items():
                    emitter.unregister(name, hook)

    def _sent(self, params: Params, model: Any, context: dict[str, Any], **_: Any) -> Params:
        self.calls.append((model.name, params))
        for call in (model.name, len(self.calls)):
            if action := self._meanwhile.pop(call, None):
                action()
        if fault := next(self._faults.get(model.name, iter(())), None):
            raise fault
        if model.name in self._refused:
            return _without(model.name, self._refused[model.name], params, context)
        return params

    @staticmethod
    def _call(context: dict[str, Any], **_: Any) -> Any:
        """A response without a call, where no part is left of it."""
        return (SimpleNamespace(status_code=200), {}) if context.get("nothing_left") else None

    def _received(self, parsed: Params, model: Any, context: dict[str, Any], **_: Any) -> None:
        if context.get("failures"):
            parsed[_FAILURES[model.name]] = context["failures"]
        if model.name in self._lost:
            self._lost.remove(model.name)
            raise PASSING["read-timeout"]


def _without(operation: str, refused: Picks, params: Params, context: dict[str, Any]) -> Params:
    """The parameters without refused parts, which are noted in the context."""
    name = _ENTRIES[operation]
    entries = params["Delete"][name] if operation == "DeleteObjects" else params[name]
    error = {"Code": "InternalError", "SenderFault": False}
    context["failures"] = [
        {key: entry[key] for key in ("Id", "Key") if key in entry} | error
        for entry in entries
        if refused(entry)
    ]
    left = [entry for entry in entries if not refused(entry)]
    context["nothing_left"] = not left
    return params | (
        {"Delete": params["Delete"] | {name: left}} if operation == "DeleteObjects" else {name: left}
    )
