"""Measures time, CPU time and memory of the functions alternately, so that load affects all of them."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from tools.bench.builds import Builds
from tools.bench.environment import Environment, InvalidRunError, running, trace_daemon
from tools.local.workspace import PROJECT

BATCH = 200
"""Requests to each warm function in a round."""

APPLICATIONS = ["ours", "lean_powertools", "powertools", "sam_build", "fastapi"]
COLD = {"get": ["get_user", "get_user_with_client", *APPLICATIONS], "post": ["create_user", *APPLICATIONS]}
WARM = {
    "get": ["get_user", "get_user_with_client", "ours", "lean_powertools"],
    "post": ["create_user_in_transaction", "ours"],
}
EVENTS = {"get": "get-user.json", "post": "create-user.json"}
STATUSES = {"get": 200, "post": 201}

type Medians = dict[str, float]


def measure(builds: Builds, rounds: int) -> Medians:
    """Medians by kind, method and function."""
    medians: Medians = {}
    with trace_daemon() as (address, traces):
        laboratory = Laboratory(builds, address)
        for method in STATUSES:
            medians |= laboratory.cold(method, rounds) | laboratory.warm(method, rounds)
        time.sleep(1)  # for the last traces
        if missing := set(laboratory.requests) - traces:
            raise InvalidRunError(f"{len(missing)} of {len(laboratory.requests)} requests are not traced")
    return medians


class Laboratory:
    """Measures functions, and checks that this project logs, counts and traces as in a deployment."""

    def __init__(self, builds: Builds, trace_daemon: str) -> None:
        self._builds, self._trace_daemon = builds, trace_daemon
        self.requests: list[str] = []
        """The ids of the requests to this project."""

    def cold(self, method: str, rounds: int) -> Medians:
        """The time from start to first response, in ms, and the peak of memory, in MB."""
        event, samples = _event(method), defaultdict(list)
        for name in COLD[method] * rounds:
            with self._running(name) as environment:
                samples[f"cold_{method}_{name}_ms"].append(environment.invoke(event, STATUSES[method]))
                samples[f"memory_{method}_{name}_mb"].append(environment.peak_memory_mb())
        return {figure: median(values) for figure, values in samples.items()}

    def warm(self, method: str, rounds: int) -> Medians:
        """The CPU time of a request, in microseconds."""
        event, samples = _event(method), defaultdict(list)
        with ExitStack() as stack:
            environments = {name: stack.enter_context(self._running(name)) for name in WARM[method]}
            for name in WARM[method] * (rounds + 1):
                before = environments[name].cpu_seconds()
                for _ in range(BATCH):
                    environments[name].invoke(event, STATUSES[method])
                used = environments[name].cpu_seconds() - before
                samples[f"warm_{method}_{name}_us"].append(used / BATCH * 1_000_000)
        return {figure: median(values[1:]) for figure, values in samples.items()}  # the first warms up

    @contextmanager
    def _running(self, name: str) -> Iterator[Environment]:
        function = self._builds.functions[name]
        with running(function, self._builds.runtime, self._trace_daemon) as environment:
            yield environment
            if name == "ours":
                environment.check_output()
                self.requests += environment.requests


def _event(method: str) -> Any:
    return json.loads(next((PROJECT / "events").rglob(EVENTS[method])).read_text("utf-8"))
