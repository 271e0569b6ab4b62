"""Ratios of medians, their limits, and the pages that quote them."""

import json

import pytest

from tools.bench.report import FIGURES, PAGE, README, RESULTS, cold_starts, figures, missed, table

PUBLISHED = json.loads(RESULTS.read_text("utf-8"))


def test_published_figures_are_those_of_the_published_medians() -> None:
    """In the results, on the page and in the README."""
    assert figures(PUBLISHED) == pytest.approx({name: PUBLISHED[name] for name in FIGURES}, abs=0.001)
    assert table(PUBLISHED) in PAGE.read_text("utf-8")
    assert cold_starts(PUBLISHED) in README.read_text("utf-8")


def test_figures_above_their_limits_are_named() -> None:
    """A limit itself is allowed."""
    allowed = {name: figure.limit or 99 for name, figure in FIGURES.items()}
    assert missed(allowed) == []
    assert missed(allowed | {"layer_zip_mb": 9.01}) == ["layer_zip_mb"]
