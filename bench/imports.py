"""What importing each function's module costs, by package."""

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import median

from bench.builds import Builds
from bench.environment import interpreter

HANDLERS = ("api", "thumbnails", "user_stream", "user_events", "cleanup")
OF_WRITES = "api, once a body has come"
_MODULES = {name: [f"users.handlers.{name}"] for name in HANDLERS}
_MODULES["documents"] = ["api_docs.handler"]
_MODULES[OF_WRITES] = [*_MODULES["api"], "users.handlers.bodies"]
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")
_SHOWN_MS = 0.5

type Costs = Mapping[str, Mapping[str, float]]


def measure(builds: Builds, rounds: int) -> Costs:
    """Milliseconds by package, for each function; what takes less than half of one is `others`."""
    paths = [str(builds.functions["ours"].task), *map(str, builds.imports)]
    samples: dict[str, list[Counter[str]]] = defaultdict(list)
    for _ in range(rounds):
        for name, modules in _MODULES.items():
            samples[name].append(_import(modules, paths))
    return {name: _summary(counters) for name, counters in samples.items()}


def _import(modules: list[str], paths: list[str]) -> Counter[str]:
    """Microseconds that the modules of each package took, without what they import in turn."""
    program = f"import sys; sys.path[:0] = {json.dumps(paths)}; import {', '.join(modules)}"
    done = subprocess.run(
        [*interpreter(), "-X", "importtime", "-c", program],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    costs: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        if found := _LINE.match(line):
            costs[_package(found[2])] += int(found[1])
    return costs


def _package(module: str) -> str:
    name = module.partition(".")[0]
    return "Python" if name.startswith("_") or name in sys.stdlib_module_names else name


def _summary(counters: list[Counter[str]]) -> dict[str, float]:
    packages = {package for counter in counters for package in counter}
    costs = {package: median(counter[package] for counter in counters) / 1000 for package in packages}
    shown = {package: cost for package, cost in costs.items() if cost >= _SHOWN_MS}
    others = sum(costs.values()) - sum(shown.values())
    return dict(sorted(shown.items(), key=lambda item: -item[1])) | {"others": others}
