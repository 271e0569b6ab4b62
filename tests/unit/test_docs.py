"""README and docs agree with the code and the template, and their links work."""

import json
import re
from pathlib import Path

import pytest

from tests.helpers.document import operations
from tests.helpers.markdown import PROJECT, anchors, blocks, links, name, pages
from tests.helpers.template import load_template, resources_of_type

PAGES = pages()
README, DOCS = PROJECT / "README.md", PROJECT / "docs"
DRAWN = (README, DOCS / "architecture.md")
NAMED = [
    *("AWS::Serverless::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic"),
    "AWS::S3::Bucket",
]
LONGEST_LINE = 120
LANGUAGES = {"", "diff", "mermaid", "sh", "http", "js", "json", "python", "text", "sql"}
LOG_LINES = ("src/users/api/handler.py", "layers/common/lambda_common/observability.py")
"""The modules that name the keys of log lines, besides Powertools."""
OF_INSIGHTS = {
    *(
        "fields",
        "filter",
        "stats",
        "sort",
        "by",
        "desc",
        "and",
        "not",
        "in",
        "count",
        "pct",
        "max",
        "bin",
        "h",
    ),
    *("h", "@timestamp", "@message", "@type", "@initDuration", "@maxMemoryUsed"),
}


def local_links(page: Path) -> list[str]:
    """The links of a page that are not URLs."""
    return [link for link in links(page) if not link.startswith("https://")]


def problem_types() -> set[tuple[str, str]]:
    """Status and type of every problem: those of the OpenAPI document, 405, and those of API Gateway."""
    described = {
        (str(example["value"]["status"]), example["value"]["type"])
        for *_, operation in operations()
        for response in operation["responses"].values()
        for content in response.get("content", {}).values()
        for example in content.get("examples", {}).values()
    }
    [api] = resources_of_type("AWS::Serverless::Api").values()
    templates = (each["ResponseTemplates"]["application/json"] for each in api["GatewayResponses"].values())
    defaults = {"/problems/request-refused": "4xx", "/problems/internal-error": "500"}
    problems = [json.loads(template) for template in templates]
    sent = {(str(each.get("status", defaults.get(each["type"]))), each["type"]) for each in problems}
    return described | sent | {("405", "/problems/method-not-allowed")}


@pytest.mark.parametrize("page", PAGES, ids=name)
class TestPage:
    """Every page."""

    def test_links_lead_to_pages_of_the_project(self, page: Path) -> None:
        for link in local_links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert target.is_relative_to(PROJECT), link
            assert not anchor or anchor in anchors(target), link

    def test_blocks_name_their_language_and_commands_fit_on_a_screen(self, page: Path) -> None:
        assert {block.language for block in blocks(page)} <= LANGUAGES
        lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
        assert [line for line in lines if len(line) > LONGEST_LINE] == []


class TestDocs:
    """The pages agree with the code."""

    def test_every_page_can_be_reached_from_the_readme(self) -> None:
        seen, waiting = set(), [README]
        while waiting:
            page = waiting.pop()
            if page not in seen and page.suffix == ".md":
                seen.add(page)
                paths = [link.partition("#")[0] for link in local_links(page)]
                waiting += [(page.parent / path).resolve() for path in paths if path]
        assert set(DOCS.rglob("*.md")) - seen == set()

    def test_the_diagrams_name_every_function_table_queue_topic_and_bucket(self) -> None:
        [diagram] = {
            next(block.text for block in blocks(page) if block.language == "mermaid") for page in DRAWN
        }
        drawn = set(re.findall(r"\b\w+(?:Function|Table|Queue|Topic|Bucket)\b", diagram))
        hooks = {"PreTrafficFunction", "PostTrafficFunction"}  # part of a deployment, not of the service
        assert drawn == {name for kind in NAMED for name in resources_of_type(kind)} - hooks

    def test_quoted_code_is_in_the_source(self) -> None:
        [code] = [block.text for block in blocks(README) if block.language == "python"]
        source = iter([""])
        for line in code.splitlines():
            if line.startswith("# "):
                source = iter((PROJECT / line[2:]).read_text("utf-8").splitlines())
            elif line.strip() not in {"", "..."}:
                assert line in source, line

    def test_the_readme_counts_the_lines_of_the_service(self) -> None:
        numbers = re.findall(r"about ([\d,]+) lines of Python", README.read_text("utf-8"))
        files = [*(PROJECT / "src").rglob("*.py"), *(PROJECT / "layers").rglob("*.py")]
        lines = sum(len(file.read_text("utf-8").splitlines()) for file in files)
        assert all(int(number.replace(",", "")) == pytest.approx(lines, rel=0.1) for number in numbers)

    def test_the_errors_are_those_of_the_api(self) -> None:
        rows = re.findall(
            r"^\| (\w+) \| `(/problems/[^`]+)` \|", (DOCS / "api.md").read_text("utf-8"), re.MULTILINE
        )
        assert set(rows) == problem_types()
        assert len(rows) == len(set(rows))

    def test_queries_use_fields_of_log_lines_or_of_the_access_log(self) -> None:
        [api] = resources_of_type("AWS::Serverless::Api").values()
        keys = re.findall(r"\w+", " ".join((PROJECT / path).read_text("utf-8") for path in LOG_LINES))
        for query in [block.text for block in blocks(DOCS / "operating.md") if block.language == "sql"]:
            words = set(re.findall(r"@?[A-Za-z_]+(?=\W|$)", re.sub(r'"[^"]*"', "", query))) - OF_INSIGHTS
            assert words <= set(keys) or words <= set(json.loads(api["AccessLogSetting"]["Format"])), query

    def test_parameters_are_those_of_the_template(self) -> None:
        table = (DOCS / "deploying.md").read_text("utf-8").split("## Parameters")[1].split("## ")[0]
        named = {
            word
            for row in table.splitlines()
            if row.startswith("| `")
            for word in re.findall(r"`(\w+)`", row.split("|")[1])
        }
        assert named == set(load_template()["Parameters"])
