"""The costs are calculated correctly, from the current template and benchmarks, and quoted correctly."""

import json

import pytest

from tests.helpers.markdown import PROJECT
from tests.helpers.template import load_template, resources_of_type
from tools.costs.__main__ import OPERATIONS, WORKLOAD, Function, bill, report, traces

VOLUMES = [10_000, 1_000_000, 100_000_000]
DEPLOYED = Function("arm64", WORKLOAD["memory_mb"])


class TestCosts:
    """Prices, units, pages."""

    @pytest.mark.parametrize(
        ("requests", "milliseconds", "architecture", "usd"),
        [
            (10_000_000, 250, "x86_64", 20.83),
            (10_000_000, 250, "arm64", 16.67),
            (1_000_000, 100, "x86_64", 0.83),
            (1_000_000, 100, "arm64", 0.67),
        ],
    )
    def test_duration_costs_what_aws_charges(
        self, requests: int, milliseconds: float, architecture: str, usd: float
    ) -> None:
        lines = bill(requests, Function(architecture, 512, milliseconds))
        assert lines["Lambda: duration of UsersApiFunction"] == pytest.approx(usd, abs=0.005)

    def test_x_ray_traces_every_rare_request_and_a_share_of_frequent_ones(self) -> None:
        assert traces(1000) == pytest.approx(1000, rel=0.01)
        assert traces(100_000_000) == pytest.approx(0.05 * 100_000_000, rel=0.6)

    def test_the_workload_is_that_of_the_template_and_the_benchmarks(self) -> None:
        measured = json.loads((PROJECT / "tools/bench/results.json").read_text("utf-8"))
        assert load_template()["Parameters"]["FunctionMemorySize"]["Default"] == WORKLOAD["memory_mb"]
        assert sum(used["share"] for used in OPERATIONS.values()) == pytest.approx(1)
        times = {
            OPERATIONS["get_user"]["cpu_ms"]: measured["warm_get_ours_us"] / 1000,
            OPERATIONS["create_user"]["cpu_ms"]: measured["warm_post_ours_us"] / 1000,
            WORKLOAD["cold_starts"]["cpu_ms"]: measured["cold_get_ours_ms"],
        }
        assert list(times) == pytest.approx(list(times.values()), rel=0.3)

    def test_an_avatar_has_the_memory_of_its_function(self) -> None:
        thumbnails = resources_of_type("AWS::Serverless::Function")["ThumbnailsFunction"]
        assert thumbnails["MemorySize"] == WORKLOAD["avatar"]["memory_mb"]

    def test_the_pages_quote_what_make_costs_prints(self) -> None:
        page, readme = (
            (PROJECT / "docs/costs.md").read_text("utf-8"),
            (PROJECT / "README.md").read_text("utf-8"),
        )
        assert [line for line in report(VOLUMES, DEPLOYED) if line not in page] == []
        for requests in VOLUMES:
            assert f"| {requests:,} | {sum(bill(requests, DEPLOYED).values()):,.2f} |" in readme
