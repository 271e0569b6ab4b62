"""README and docs lead to what is there, and say what the code says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generate.template import load_template, resources_of_type
from lambda_common import problems
from tests.markdown import PROJECT, anchors, blocks, links, name, pages
from users.handlers.problems import PROBLEMS

PAGES = pages()
DOCS = PROJECT / "docs"
LONGEST_LINE = 120
LANGUAGES = {"", "mermaid", "sh", "http", "json", "text", "sql"}
# What log lines have: the keys of `observability`, and those that Powertools and Insights add.
LOG_FIELDS = {"message", "operation", "outcome", "status", "correlation_id", "error_types", "aws_errors"}
INSIGHTS_FIELDS = {"@timestamp", "@message", "@type", "@initDuration", "@maxMemoryUsed"}
INSIGHTS_WORDS = {
    *(
        "fields",
        "filter",
        "stats",
        "sort",
        "desc",
        "by",
        "and",
        "not",
        "in",
        "count",
        "pct",
        "max",
        "bin",
        "h",
    )
}


def queries(page: Path) -> list[str]:
    """The queries for Logs Insights on a page."""
    return [block.text for block in blocks(page) if block.language == "sql"]


def access_log_fields() -> set[str]:
    """What a line of the access log has."""
    [api] = resources_of_type("AWS::Serverless::Api").values()
    return set(json.loads(api["AccessLogSetting"]["Format"]))


def answered() -> set[tuple[str, str]]:
    """Status and type of every problem that the function or API Gateway answers with."""
    [api] = resources_of_type("AWS::Serverless::Api").values()
    own = [problem for problem in PROBLEMS.values() if isinstance(problem, problems.Problem)]
    raised: list[Any] = [
        problems.InvalidRequestError([]),
        problems.MalformedBodyError(""),
        problems.PathNotFoundError(),
        problems.MethodNotAllowedError([]),
        problems.BodyTooLargeError(0),
        problems.UnsupportedMediaTypeError([]),
    ]
    assert {type(error) for error in raised} == set(problems.ProblemError.__subclasses__())
    known = [*own, *(error.problem for error in raised), problems.INTERNAL_ERROR]
    gateway = [
        json.loads(response["ResponseTemplates"]["application/json"])
        for response in api["GatewayResponses"].values()
    ]
    defaults = {"/problems/request-refused": "4xx", "/problems/internal-error": "500"}
    return {(str(problem.status), f"/problems/{problem.name}") for problem in known} | {
        (str(answer.get("status", defaults.get(answer["type"]))), answer["type"]) for answer in gateway
    }


@pytest.mark.parametrize("page", PAGES, ids=name)
class TestPage:
    """A page can be read and its links followed."""

    def test_links_lead_somewhere(self, page: Path) -> None:
        for link in links(page):
            if not link.startswith("https://"):
                path, _, anchor = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                assert target.exists(), link
                assert not anchor or anchor in anchors(target), link

    def test_links_stay_in_the_project(self, page: Path) -> None:
        paths = [link.partition("#")[0] for link in links(page) if not link.startswith("https://")]
        assert all((page.parent / path).resolve().is_relative_to(PROJECT) for path in paths)

    def test_commands_fit_on_a_screen(self, page: Path) -> None:
        lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
        assert [line for line in lines if len(line) > LONGEST_LINE] == []

    def test_says_what_its_blocks_are(self, page: Path) -> None:
        assert {block.language for block in blocks(page)} <= LANGUAGES


class TestDocs:
    """The pages say what the code says."""

    def test_every_page_can_be_reached_from_the_readme(self) -> None:
        seen, waiting = set(), [PROJECT / "README.md"]
        while waiting:
            page = waiting.pop()
            if page not in seen and page.suffix == ".md":
                seen.add(page)
                waiting += [
                    (page.parent / link.partition("#")[0]).resolve()
                    for link in links(page)
                    if not link.startswith(("https://", "#"))
                ]
        assert set(DOCS.rglob("*.md")) - seen == set()

    def test_the_errors_are_those_that_are_answered(self) -> None:
        rows = re.findall(
            r"^\| (\w+) \| `(/problems/[^`]+)` \|", (DOCS / "api.md").read_text("utf-8"), re.MULTILINE
        )
        assert set(rows) == answered()
        assert len(rows) == len(set(rows))

    @pytest.mark.parametrize("query", queries(DOCS / "operating.md"))
    def test_queries_ask_for_what_is_logged(self, query: str) -> None:
        unquoted = re.sub(r'"[^"]*"', "", query)
        words = set(re.findall(r"@?[A-Za-z_]+(?=\W|$)", unquoted)) - INSIGHTS_WORDS
        assert words <= LOG_FIELDS | INSIGHTS_FIELDS or words <= access_log_fields()

    def test_parameters_are_those_of_the_template(self) -> None:
        table = (DOCS / "deploying.md").read_text("utf-8").split("## Parameters")[1].split("## ")[0]
        named = {
            word
            for row in table.splitlines()
            if row.startswith("| `")
            for word in re.findall(r"`(\w+)`", row.split("|")[1])
        }
        assert named == set(load_template()["Parameters"])
