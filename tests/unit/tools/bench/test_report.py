"""What is made of the medians."""

import xml.etree.ElementTree as ET
from string import Formatter

import pytest

from tools.bench.functions import COLD, WARM
from tools.bench.limits import FIGURES, figures, missed
from tools.bench.report import BARS, bar_chart, table

SVG = "{http://www.w3.org/2000/svg}"


class TestFigures:
    """Ratios of ours to theirs."""

    def test_less_is_better(self) -> None:
        medians = {
            name: 100.0 for figure in FIGURES.values() for name in _medians(figure.median, figure.peer)
        }
        measured = figures(medians | {"cold_get_ours_ms": 50.0, "cold_post_create_user_ms": 50.0})
        assert (measured["cold_get_vs_lean_powertools"], measured["cold_post_vs_bare"]) == (0.5, 2)
        assert measured["layer_zip_mb"] == 100

    def test_those_above_their_limits_are_named(self) -> None:
        allowed = {name: figure.limit or 99 for name, figure in FIGURES.items()}
        assert missed(allowed) == []
        assert missed(allowed | {"layer_zip_mb": 9.01}) == ["layer_zip_mb"]

    def test_what_they_and_the_chart_compare_is_measured(self) -> None:
        names = {f"cold_{method}" for method in COLD} | {f"warm_{method}" for method in WARM}
        assert set(BARS) <= set(COLD["get"])
        for figure in FIGURES.values():
            kind, _, method = figure.median.partition("_{}")[0].partition("_")
            if f"{kind}_{method}" in names:
                assert {"ours", figure.peer} <= set({"cold": COLD, "warm": WARM}[kind][method])


class TestReport:
    """Markdown, and a picture for light and dark pages."""

    def test_table_shows_what_is_measured_and_allowed(self) -> None:
        lines = table(dict.fromkeys(FIGURES, 0.123)).splitlines()
        assert "| cold GET / bare handler | 0.12 | 0.95 |" in lines
        assert "| cold GET / bare handler with `boto3.client` | 0.12 |  |" in lines

    def test_chart_shows_each_bar_to_scale(self) -> None:
        drawn = ET.fromstring(bar_chart("A & B", {"ours": 0.8, "theirs": 1.0, "others": 4.0}))  # noqa: S314 - ours
        widths = [float(bar.attrib["width"]) for bar in drawn.iter(f"{SVG}rect")]
        assert widths[2] == pytest.approx(4 * widths[1], abs=0.2) == pytest.approx(5 * widths[0], abs=0.3)
        assert [bar.attrib["class"] for bar in drawn.iter(f"{SVG}rect")] == ["ours", "bar", "bar"]
        texts = [text.text for text in drawn.iter(f"{SVG}text")]
        assert texts == ["A & B", "ours", "0.80", "theirs", "1.00", "others", "4.00"]


def _medians(median: str, peer: str) -> set[str]:
    assert ("" in {name for _, name, _, _ in Formatter().parse(median)}) == bool(peer)
    return {median.format("ours"), median.format(peer)}
