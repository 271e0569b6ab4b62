"""Ratios of medians, their limits, and the chart."""

import json
import xml.etree.ElementTree as ET

import pytest

from tools.bench.report import FIGURES, PAGE, RESULTS, bar_chart, figures, missed, table

SVG = "{http://www.w3.org/2000/svg}"
PUBLISHED = json.loads(RESULTS.read_text("utf-8"))


def test_published_figures_are_those_of_the_published_medians() -> None:
    """In the results and on the page."""
    assert figures(PUBLISHED) == pytest.approx({name: PUBLISHED[name] for name in FIGURES}, abs=0.001)
    assert table(PUBLISHED) in PAGE.read_text("utf-8")


def test_figures_above_their_limits_are_named() -> None:
    """A limit itself is allowed."""
    allowed = {name: figure.limit or 99 for name, figure in FIGURES.items()}
    assert missed(allowed) == []
    assert missed(allowed | {"layer_zip_mb": 9.01}) == ["layer_zip_mb"]


def test_bars_of_the_chart_are_to_scale() -> None:
    """The first one is this project's."""
    drawn = ET.fromstring(bar_chart("A & B", {"ours": 0.8, "theirs": 1.0, "others": 4.0}))  # noqa: S314 - ours
    bars = list(drawn.iter(f"{SVG}rect"))
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert widths[2] == pytest.approx(4 * widths[1], abs=0.2) == pytest.approx(5 * widths[0], abs=0.3)
    assert [bar.attrib["class"] for bar in bars] == ["ours", "bar", "bar"]
