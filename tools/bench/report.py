"""Calculates the figures, and writes them as JSON and as tables in the docs."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tools.local.workspace import PROJECT

RESULTS = Path(__file__).with_name("results.json")
PAGE = PROJECT / "docs" / "benchmarks.md"
README = PROJECT / "README.md"
IMPLEMENTATIONS = {
    "ours": "**this project: logs, metrics, traces, validation, ETags**",
    "get_user": "bare handler of the tutorials",
    "lean_powertools": "lean Powertools: logs, metrics; compiled",
    "powertools": "Powertools with validation and traces, compiled",
    "fastapi": "FastAPI + Mangum, compiled",
    "sam_build": "Powertools with validation and traces, plain `sam build`",
}


class Figure(NamedTuple):
    """A median of this project, alone or divided by the median of a peer. Less is better."""

    meaning: str
    limit: float | None
    median: str
    peer: str = ""

    def of(self, medians: Mapping[str, float]) -> float:
        """Calculate the figure from the medians."""
        theirs = medians[self.median.format(self.peer)] if self.peer else 1
        return medians[self.median.format("ours")] / theirs


_COLD_GET, _COLD_POST, _MEMORY = "cold_get_{}_ms", "cold_post_{}_ms", "memory_get_{}_mb"
_WARM_GET, _WARM_POST = "warm_get_{}_us", "warm_post_{}_us"
_JPEG, _PNG = "thumbs_jpeg_{}_ms", "thumbs_png_{}_ms"
_CLIENT, _LEAN, _TRANSACTION = "get_user_with_client", "lean_powertools", "create_user_in_transaction"
FIGURES = {
    "cold_get_vs_bare": Figure("cold GET / bare handler", 0.95, _COLD_GET, "get_user"),
    "cold_get_vs_bare_client": Figure(
        "cold GET / bare handler with `boto3.client`", None, _COLD_GET, _CLIENT
    ),
    "cold_get_vs_lean_powertools": Figure("cold GET / lean Powertools, compiled", 1.00, _COLD_GET, _LEAN),
    "cold_get_vs_powertools": Figure(
        "cold GET / Powertools with validation, compiled", 0.65, _COLD_GET, "powertools"
    ),
    "cold_get_vs_sam_build": Figure(
        "cold GET / Powertools with validation, plain `sam build`", 0.25, _COLD_GET, "sam_build"
    ),
    "cold_get_vs_fastapi": Figure("cold GET / FastAPI + Mangum, compiled", 0.50, _COLD_GET, "fastapi"),
    "cold_post_vs_bare": Figure("cold POST / bare handler with a put", 1.25, _COLD_POST, "create_user"),
    "warm_get_cpu_vs_bare": Figure("CPU time of a warm GET / bare handler", 1.25, _WARM_GET, "get_user"),
    "warm_get_cpu_vs_bare_client": Figure(
        "CPU time of a warm GET / bare handler with `boto3.client`", None, _WARM_GET, _CLIENT
    ),
    "warm_get_cpu_vs_lean_powertools": Figure(
        "CPU time of a warm GET / lean Powertools", None, _WARM_GET, _LEAN
    ),
    "warm_post_cpu_vs_bare": Figure(
        "CPU time of a warm POST / bare handler with the same transaction", 1.40, _WARM_POST, _TRANSACTION
    ),
    "peak_memory_vs_bare": Figure("peak memory after a cold GET / bare handler", 0.95, _MEMORY, "get_user"),
    "layer_zip_mb": Figure("zipped layer `common`, MB", 9, "layer_zip_mb"),
    "thumbs_jpeg_vs_sharp": Figure("three thumbnails of a 12 MP JPEG / sharp", 0.55, _JPEG, "sharp"),
    "thumbs_png_vs_sharp": Figure("three thumbnails of a 3 MP PNG / sharp", 0.80, _PNG, "sharp"),
}


def figures(medians: Mapping[str, float]) -> dict[str, float]:
    """The figures by name."""
    return {name: figure.of(medians) for name, figure in FIGURES.items()}


def missed(measured: Mapping[str, float]) -> list[str]:
    """The figures that exceed their limits."""
    return [name for name, figure in FIGURES.items() if figure.limit and measured[name] > figure.limit]


def write(measured: Mapping[str, float], medians: Mapping[str, float]) -> None:
    """Write the results and the tables of the pages."""
    results = {name: round(value, 3) for name, value in {**measured, **medians}.items()}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    for page, lines in ((PAGE, table(results)), (README, cold_starts(results))):
        head = re.escape(lines.partition("\n")[0])
        old = re.compile(rf"^{head}\n.*?\n\n", re.MULTILINE | re.DOTALL)
        page.write_text(old.sub(f"{lines}\n\n", page.read_text("utf-8")), "utf-8")


def table(measured: Mapping[str, float]) -> str:
    """The figures in Markdown, with their limits."""
    rows = [
        f"| {figure.meaning} | {measured[name]:.2f} | {f'{figure.limit:.2f}' if figure.limit else ''} |"
        for name, figure in FIGURES.items()
    ]
    return "\n".join(["| figure | measured | at most |", "|---|---|---|", *rows])


def cold_starts(medians: Mapping[str, float]) -> str:
    """The time to the first response of a GET of each implementation, relative to the bare handler."""
    bare = medians["cold_get_get_user_ms"]
    rows = [
        f"| {label} | {medians[f'cold_get_{name}_ms'] / bare:.2f} |"
        for name, label in IMPLEMENTATIONS.items()
    ]
    return "\n".join(["| cold `GET` | relative to the bare handler |", "|---|---|", *rows])
