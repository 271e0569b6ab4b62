"""What is made of the functions' figures. No clock is read here."""

import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from bench import functions, imports, report
from bench.chart import bar_chart
from bench.limits import LIMITS, MEANINGS, missed

MEDIANS = {
    f"{kind}_{name}_{unit}": 100.0
    for kind, unit in (
        ("cold_get", "ms"),
        ("cold_post", "ms"),
        ("warm_get", "us"),
        ("warm_post", "us"),
        ("memory_get", "mb"),
    )
    for name in ("ours", "bare", "powertools", "sam_build", "fastapi", "get_user_with_client")
}


class TestRatios:
    """Ours by theirs."""

    @pytest.mark.parametrize(
        ("ours", "theirs", "name"),
        [
            ("cold_get_ours_ms", "cold_get_bare_ms", "cold_get_vs_bare"),
            ("cold_post_ours_ms", "cold_post_bare_ms", "cold_post_vs_bare"),
            ("cold_get_ours_ms", "cold_get_sam_build_ms", "cold_get_vs_sam_build"),
            ("cold_get_ours_ms", "cold_get_fastapi_ms", "cold_get_vs_fastapi"),
            ("warm_get_ours_us", "warm_get_bare_us", "warm_get_cpu_vs_bare"),
            ("warm_post_ours_us", "warm_post_bare_us", "warm_post_cpu_vs_bare"),
            ("memory_get_ours_mb", "memory_get_bare_mb", "peak_memory_vs_bare"),
        ],
    )
    def test_less_is_better(self, ours: str, theirs: str, name: str) -> None:
        assert functions.ratios(MEDIANS | {ours: 50.0})[name] == 0.5
        assert functions.ratios(MEDIANS | {theirs: 50.0})[name] == 2

    def test_each_limit_is_of_a_figure_that_is_shown(self) -> None:
        assert set(LIMITS) <= set(MEANINGS)

    def test_those_above_their_limits_are_named(self) -> None:
        assert missed(LIMITS) == []
        assert missed(LIMITS | {"layer_zip_mb": 7.01}) == ["layer_zip_mb"]


class TestTables:
    """Markdown."""

    def test_tells_what_is_measured_and_allowed(self) -> None:
        figures = dict.fromkeys(MEANINGS, 0.123)
        assert "| cold GET / bare handler | 0.12 | 0.9 |" in report.table(figures).splitlines()
        assert "| cold GET / Powertools, compiled | 0.12 |  |" in report.table(figures).splitlines()

    def test_packages_stand_by_their_cost(self) -> None:
        costs = {
            "api": {"botocore": 30.0, "others": 50.0},
            "cleanup": {"botocore": 31.0, "PIL": 40.0, "others": 1.0},
            imports.OF_WRITES: {"pydantic": 25.0, "others": 1.0},
        }
        lines = report.import_table(costs).splitlines()
        assert lines[0] == f"| | api | {imports.OF_WRITES} | cleanup |"
        assert [line.split(" | ")[0] for line in lines[2:]] == [
            "| PIL",
            "| botocore",
            "| pydantic",
            "| others",
            "| all",
        ]
        assert lines[3] == "| botocore | 30.0 |  | 31.0 |"
        assert lines[-1] == "| all | 80.0 | 26.0 | 72.0 |"

    def test_what_costs_next_to_nothing_is_summed_up(self) -> None:
        counters = [Counter({"botocore": 30_000, "six": 400, "re": 300})] * 3
        assert imports._summary(counters) == {"botocore": 30.0, "others": pytest.approx(0.7)}  # noqa: SLF001


class TestChart:
    """A picture for light and dark pages."""

    def test_shows_each_bar_to_scale(self) -> None:
        drawn = ET.fromstring(bar_chart("A & B", {"ours": 0.8, "theirs": 1.0, "others": 4.0}))  # noqa: S314 - ours
        space = "{http://www.w3.org/2000/svg}"
        widths = [float(bar.attrib["width"]) for bar in drawn.iter(f"{space}rect")]
        assert widths[2] == pytest.approx(4 * widths[1], abs=0.2) == pytest.approx(5 * widths[0], abs=0.3)
        assert [bar.attrib["class"] for bar in drawn.iter(f"{space}rect")] == ["bar ours", "bar", "bar"]
        texts = [text.text for text in drawn.iter(f"{space}text")]
        assert texts == ["A & B", "ours", "0.80", "theirs", "1.00", "others", "4.00"]
        assert "prefers-color-scheme: dark" in "".join(drawn.find(f"{space}style").itertext())  # type: ignore[union-attr]
