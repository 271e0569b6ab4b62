"""The dashboard and the saved queries of template.yaml show what exists."""

import json
import re
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.metrics.provider.cold_start import reset_cold_start_flag

from tests.helpers.events import load_event
from tests.helpers.logs import Logs
from tests.helpers.markdown import PROJECT, blocks
from tests.helpers.responses import Context
from tests.helpers.template import resources_of_type
from tests.unit.test_template_alarms import METRICS
from tests.unit.test_template_events import DEAD_LETTER_QUEUES
from tests.unit.test_template_functions import FUNCTIONS
from users.api.handler import lambda_handler

TEXT = resources_of_type("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"].value
WIDGETS = [widget["properties"] for widget in json.loads(TEXT)["widgets"]]
DOCUMENTED = METRICS | {
    ("AWS/ApiGateway", "Count"): {"ApiName", "Stage"},
    ("AWS/ApiGateway", "4XXError"): {"ApiName", "Stage"},
    ("AWS/Lambda", "ConcurrentExecutions"): {"FunctionName"},
    ("LambdaInsights", "cpu_total_time"): {"function_name"},
}
BY_ROUTE = {"Method", "Resource"}
"""API Gateway has each metric with these dimensions, too."""

type Metric = tuple[str, str, frozenset[str]]


def shown() -> Iterator[Metric]:
    """Namespace, name and dimensions of each metric on the dashboard."""
    for widget in WIDGETS:
        above: list[str] = []
        for row in widget.get("metrics", []):
            for schema, name in re.findall(r'\{([\w/,]+)\} MetricName="(\w+)"', str(row[0])):
                namespace, *dimensions = schema.split(",")
                yield namespace, name, frozenset(dimensions)
            if isinstance(row[0], str):
                texts = [text for text in row if isinstance(text, str)]
                above = [
                    old if text == "." else text for text, old in zip(texts, above or texts, strict=True)
                ]
                yield above[0], above[1], frozenset(above[2::2])


@pytest.fixture
def written(logs: Logs) -> set[Metric]:
    """The metrics that a request writes."""
    reset_cold_start_flag()  # type: ignore[no-untyped-call]
    lambda_handler(load_event("health"), Context())
    sets = [each for line in logs.emf for each in line["_aws"]["CloudWatchMetrics"]]
    return {
        (each["Namespace"], metric["Name"], frozenset(each["Dimensions"][0]))
        for each in sets
        for metric in each["Metrics"]
    }


class TestDashboard:
    """The dashboard shows all functions and queues."""

    def test_shows_only_metrics_that_the_code_writes_or_aws_documents(self, written: set[Metric]) -> None:
        documented = {(*metric, frozenset(names)) for metric, names in DOCUMENTED.items()}
        routes = {(space, name, names | BY_ROUTE) for space, name, names in documented if "ApiName" in names}
        assert set(shown()) - written - documented - routes == set()
        assert {name for _, name, _ in set(shown()) & written} == {"Operations", "ColdStart"}

    @pytest.mark.parametrize("name", [*DEAD_LETTER_QUEUES, *(n for n in FUNCTIONS if "Traffic" not in n)])
    def test_shows_every_function_and_dead_letter_queue(self, name: str) -> None:
        found_by_name = f"${{AWS::StackName}}-{name}"  # what exists under a condition cannot be referred to
        assert any(text in TEXT for text in (f"${{{name}}}", f"${{{name}.QueueName}}", found_by_name))


def test_queries_are_those_of_the_page() -> None:
    """Saved in CloudWatch as in docs/operating.md."""
    page = [block.text.strip() for block in blocks(PROJECT / "docs/operating.md") if block.language == "sql"]
    queries = resources_of_type("AWS::Logs::QueryDefinition").values()
    assert [query["QueryString"] for query in queries] == page
