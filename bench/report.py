"""The figures as JSON, as a page of the docs and as a picture."""

import json
from collections.abc import Mapping

from bench.chart import bar_chart
from bench.imports import OF_WRITES, Costs
from bench.limits import LIMITS, MEANINGS
from local.workspace import PROJECT

RESULTS = PROJECT / "bench" / "results.json"
PAGE = PROJECT / "docs" / "benchmarks.md"
_TEMPLATE = PROJECT / "bench" / "page.md"
PICTURE = PROJECT / "docs" / "images" / "cold-start.svg"
BARS = {
    "ours": "This project: validation, logs, metrics, traces, ETags",
    "bare": "The tutorials' bare handler",
    "powertools": "Powertools with validation, compiled",
    "fastapi": "FastAPI + Mangum, compiled",
    "sam_build": "Powertools with validation, plain sam build",
}


def write(figures: Mapping[str, float], costs: Costs) -> None:
    """Results, page and picture."""
    document = {name: round(value, 3) for name, value in figures.items()}
    RESULTS.write_text(json.dumps(document | {"imports_ms": _rounded(costs)}, indent=2) + "\n", "utf-8")
    PAGE.write_text(
        _TEMPLATE.read_text("utf-8").format(figures=table(figures), imports=import_table(costs)), "utf-8"
    )
    bars = {
        label: figures[f"cold_get_{name}_ms"] / figures["cold_get_bare_ms"] for name, label in BARS.items()
    }
    title = "Time to the first answer of a GET, the bare handler's taken as 1"
    PICTURE.write_text(bar_chart(title, bars), "utf-8")


def table(figures: Mapping[str, float]) -> str:
    """The ratios in Markdown, with what they may be at most."""
    rows = [
        f"| {meaning} | {figures[name]:.2f} | {LIMITS.get(name, '')} |" for name, meaning in MEANINGS.items()
    ]
    return "\n".join(["| figure | measured | at most |", "|---|---|---|", *rows])


def import_table(costs: Costs) -> str:
    """Packages by functions, the costliest package first."""
    columns = [name for name in costs if name != OF_WRITES]
    columns.insert(1, OF_WRITES)
    packages = sorted(
        {name for cost in costs.values() for name in cost}, key=lambda name: _order(name, costs)
    )
    rows = [_row(package, [costs[column].get(package) for column in columns]) for package in packages]
    total = _row("all", [sum(costs[column].values()) for column in columns])
    return "\n".join([f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|", *rows, total])


def _row(name: str, values: list[float | None]) -> str:
    return " | ".join(
        [f"| {name}", *("" if value is None else f"{value:.1f}" for value in values), ""]
    ).strip()


def _order(package: str, costs: Costs) -> tuple[bool, float]:
    return package == "others", -max(cost.get(package, 0) for cost in costs.values())


def _rounded(costs: Costs) -> dict[str, dict[str, float]]:
    return {name: {package: round(ms, 1) for package, ms in cost.items()} for name, cost in costs.items()}
