"""Writes the figures as JSON, as a page of the docs and as a bar chart in SVG for light and dark pages."""

import json
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from tools.bench.limits import FIGURES
from tools.local.workspace import PROJECT

RESULTS = Path(__file__).with_name("results.json")
PAGE = PROJECT / "docs" / "benchmarks.md"
CHART = PROJECT / "docs" / "images" / "cold-start.svg"
TITLE = "Time to the first response of a GET, relative to the bare handler"
BARS = {
    "ours": "This project: logs, metrics, traces, validation, ETags",
    "get_user": "Bare handler of the tutorials",
    "lean_powertools": "Lean Powertools: logs, metrics; compiled",
    "powertools": "Powertools with validation and traces, compiled",
    "fastapi": "FastAPI + Mangum, compiled",
    "sam_build": "Powertools with validation and traces, plain sam build",
}
_PAGE_TEMPLATE, _CHART_TEMPLATE = (Path(__file__).with_name(name) for name in ("page.md", "chart.svg"))
_LEFT, _WIDTH, _STEP = 12, 684, 52  # room for the number after the longest bar


def write(measured: Mapping[str, float], medians: Mapping[str, float]) -> None:
    """Write results, page and chart."""
    results = {name: round(value, 3) for name, value in {**measured, **medians}.items()}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    PAGE.write_text(_PAGE_TEMPLATE.read_text("utf-8").format(figures=table(measured)), "utf-8")
    bare = medians["cold_get_get_user_ms"]
    CHART.write_text(
        bar_chart(TITLE, {label: medians[f"cold_get_{name}_ms"] / bare for name, label in BARS.items()}),
        "utf-8",
    )


def table(measured: Mapping[str, float]) -> str:
    """The figures in Markdown, with their limits."""
    rows = [
        f"| {figure.meaning} | {measured[name]:.2f} | {f'{figure.limit:.2f}' if figure.limit else ''} |"
        for name, figure in FIGURES.items()
    ]
    return "\n".join(["| figure | measured | at most |", "|---|---|---|", *rows])


def bar_chart(title: str, values: Mapping[str, float]) -> str:
    """Bars by label. The first one is this project's. Bars that are longer than 1 have a mark at 1."""
    scale = _WIDTH / max(values.values())
    bars = "\n".join(_bar(44 + number * _STEP, *bar, scale) for number, bar in enumerate(values.items()))
    bars = bars.replace('class="bar"', 'class="ours"', 1)
    template = _CHART_TEMPLATE.read_text("utf-8")
    return template.format(title=escape(title), height=48 + _STEP * len(values), bars=bars)


def _bar(top: int, label: str, value: float, scale: float) -> str:
    end, one = _LEFT + value * scale, _LEFT + scale
    mark = f'  <line class="one" x1="{one:.1f}" x2="{one:.1f}" y1="{top + 18}" y2="{top + 40}"/>\n'
    return (
        f'  <text x="{_LEFT}" y="{top + 12}">{escape(label)}</text>\n'
        f'  <rect class="bar" x="{_LEFT}" y="{top + 18}" width="{end - _LEFT:.1f}" height="22" rx="3"/>\n'
        f'{mark if value > 1 else ""}  <text x="{end + 8:.1f}" y="{top + 34}">{value:.2f}</text>'
    )
