"""Times, processor time and memory of the functions, which take turns so that all meet the same machine."""

import json
import socket
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from threading import Thread
from typing import Any

from bench.builds import Builds
from bench.dynamodb_stub import dynamodb_stub
from bench.environment import Environment
from local.workspace import PROJECT

REQUESTS = 200
"""In each round of a warm function, and before the first."""

_EVENTS = PROJECT / "events"
_EVENT_FILES = {"get": "get-user.json", "post": "create-user.json"}
COLD = {
    "get": ["bare", "get_user_with_client", "ours", "powertools", "sam_build", "fastapi"],
    "post": ["bare", "ours", "powertools", "sam_build", "fastapi"],
}
WARM = {
    "get": ["bare", "get_user_with_client", "ours", "powertools", "fastapi"],
    "post": ["bare", "ours", "powertools", "fastapi"],
}
# The bare handlers are three files: one reads, one puts, one writes two items in a transaction.
_BARE = {("cold", "get"): "get_user", ("cold", "post"): "create_user"}
_BARE |= {("warm", "get"): "get_user", ("warm", "post"): "create_user_in_transaction"}

type Figures = dict[str, float]


class Laboratory:
    """Makes environments of the functions."""

    def __init__(self, builds: Builds, endpoints: Mapping[str, str]) -> None:
        self._builds = builds
        self._endpoints = endpoints
        self._events = {name: json.loads((_EVENTS / file).read_text()) for name, file in _EVENT_FILES.items()}

    def environment(self, kind: str, method: str, name: str) -> Environment:
        """A new process of a function."""
        function = self._builds.functions[_BARE[kind, method] if name == "bare" else name]
        return Environment(function, self._builds.runtime, self._endpoints)

    def event(self, method: str) -> Mapping[str, Any]:
        """What API Gateway sends."""
        event: Mapping[str, Any] = self._events[method]
        return event

    def cold(self, rounds: int) -> Figures:
        """Medians of the time to the first answer, in ms, and of the most memory until then, in MB."""
        samples = defaultdict(list)
        for _ in range(rounds):
            for method, names in COLD.items():
                for name in names:
                    with self.environment("cold", method, name) as environment:
                        time = environment.first_answer(self.event(method))
                        samples[f"cold_{method}_{name}_ms"].append(time)
                        samples[f"memory_{method}_{name}_mb"].append(environment.peak_memory_mb())
        return {name: median(values) for name, values in samples.items()}

    def warm(self, rounds: int) -> Figures:
        """Medians of the processor time of a request, in microseconds."""
        figures: Figures = {}
        for method, names in WARM.items():
            with ExitStack() as running:
                environments = {
                    name: running.enter_context(self.environment("warm", method, name)) for name in names
                }
                samples = defaultdict(list)
                for turn in range(rounds + 1):
                    for name, environment in environments.items():
                        used = self._processor_time(environment, method)
                        if turn:  # the first round only warms up
                            samples[name].append(used)
                _check_equipment(environments["ours"])
            figures |= {f"warm_{method}_{name}_us": median(values) for name, values in samples.items()}
        return figures

    def _processor_time(self, environment: Environment, method: str) -> float:
        before = environment.cpu_seconds()
        for _ in range(REQUESTS):
            environment.invoke(self.event(method))
        return (environment.cpu_seconds() - before) / REQUESTS * 1_000_000


def _check_equipment(environment: Environment) -> None:
    """Ours has to log and to count while it is measured; whether it traces, the daemon tells."""
    lines = [json.loads(line) for line in environment.output().splitlines()]
    if len(lines) < REQUESTS or not all("_aws" in line and "correlation_id" in line for line in lines):
        message = "Our function did not write a line with metrics for each request."
        raise RuntimeError(message)


@dataclass
class TraceDaemon:
    """Counts the spans of requests that our function sends to X-Ray."""

    address: str
    spans: int = 0


@contextmanager
def trace_daemon() -> Iterator[TraceDaemon]:
    """A daemon on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        daemon = TraceDaemon("{}:{}".format(*listener.getsockname()))

        def listen() -> None:
            while datagram := listener.recv(65536):
                payload = b64decode(datagram.split(b"\n", 1)[1].removeprefix(b"T1S"))
                daemon.spans += payload.count(b"outcome\x12")  # the attribute; none but ours has it

        Thread(target=listen, daemon=True).start()
        yield daemon


def measure(builds: Builds, *, cold_rounds: int, warm_rounds: int) -> Figures:
    """The ratios first, then what they are made of."""
    with dynamodb_stub() as dynamodb, trace_daemon() as daemon:
        endpoints = {"AWS_ENDPOINT_URL_DYNAMODB": dynamodb, "AWS_XRAY_DAEMON_ADDRESS": daemon.address}
        laboratory = Laboratory(builds, endpoints)
        medians = laboratory.cold(cold_rounds) | laboratory.warm(warm_rounds)
        if daemon.spans < len(WARM) * (warm_rounds + 1) * REQUESTS:
            message = "Our function did not trace each request."
            raise RuntimeError(message)
    return ratios(medians) | medians


def ratios(medians: Mapping[str, float]) -> Figures:
    """Ours by theirs: below 1 ours is better."""
    return {
        "cold_get_vs_bare": medians["cold_get_ours_ms"] / medians["cold_get_bare_ms"],
        "cold_get_vs_bare_client": medians["cold_get_ours_ms"] / medians["cold_get_get_user_with_client_ms"],
        "warm_get_cpu_vs_bare_client": (
            medians["warm_get_ours_us"] / medians["warm_get_get_user_with_client_us"]
        ),
        "cold_post_vs_bare": medians["cold_post_ours_ms"] / medians["cold_post_bare_ms"],
        "cold_get_vs_sam_build": medians["cold_get_ours_ms"] / medians["cold_get_sam_build_ms"],
        "cold_get_vs_powertools": medians["cold_get_ours_ms"] / medians["cold_get_powertools_ms"],
        "cold_get_vs_fastapi": medians["cold_get_ours_ms"] / medians["cold_get_fastapi_ms"],
        "warm_get_cpu_vs_bare": medians["warm_get_ours_us"] / medians["warm_get_bare_us"],
        "warm_post_cpu_vs_bare": medians["warm_post_ours_us"] / medians["warm_post_bare_us"],
        "peak_memory_vs_bare": medians["memory_get_ours_mb"] / medians["memory_get_bare_mb"],
    }
