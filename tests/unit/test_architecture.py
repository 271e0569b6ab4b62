"""Dependencies point one way: api, consumers -> domain <- adapters, and the layer is independent of users."""

import ast
import keyword
import re
import sys
import tokenize
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.markdown import PROJECT

SOURCES = {
    ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
    for base in (PROJECT / "src", PROJECT / "layers/common")
    for path in sorted(base.rglob("*.py"))
}
CLIENT_TYPES = {
    f"mypy_boto3_{service}" for service in ("dynamodb", "s3", "secretsmanager", "sesv2", "sns", "sqs")
}
ENTRY_POINT = {"users.domain", "users.bootstrap", "lambda_common", "aws_lambda_powertools", "pydantic"}
MAY_IMPORT = {
    "users.domain": {"users.domain", "lambda_common.validation", "pydantic", "email_validator"},
    "users.adapters": {
        *("users.adapters", "users.domain", "lambda_common.observability", "lambda_common.tracing"),
        *("aws_lambda_powertools", "botocore", "urllib3", "PIL", "email_validator", *CLIENT_TYPES),
    },
    "users.api": {"users.api", *ENTRY_POINT},
    "users.consumers": ENTRY_POINT,
    "users.bootstrap": {
        *("users.adapters", "users.domain", "users.settings", "lambda_common", "aws_lambda_powertools"),
    },
    "users.settings": set(),
    "deployment": {"lambda_common", "aws_lambda_powertools", "urllib3"},
    "lambda_common": {
        *("lambda_common", "aws_lambda_powertools", "boto3", "botocore", "pydantic", "urllib3"),
        *("_typeshed", "amazon.opentelemetry", "opentelemetry", "snapshot_restore_py"),
    },
}
"""What each part may import in addition to the standard library. Imports for type checkers count, too."""
ONLY_IN = {
    "opentelemetry": {"lambda_common.tracing", "lambda_common.sdk_tracing"},
    "amazon.opentelemetry": {"lambda_common.tracing"},
    "boto3": {"lambda_common", "lambda_common.clients"},
    "pydantic": {"lambda_common.validation", "users.api.models", "users.domain.events"},
}
"""The modules that wrap a package, so that it can be replaced, or so that few requests load it."""
READ_ENVIRONMENT = {"lambda_common.settings", "lambda_common.start", "lambda_common.tracing"}
ONE_CONCEPT = {
    *("avatars", "cleanup", "errors", "idempotency", "problems", "repository", "settings", "thumbnails"),
    "webhooks",
}
"""File names that several parts share because they share the concept: rule, adapter, route or consumer."""
FOREIGN_WORDS = {
    *("api", "apigateway", "etag", "header", "headers", "http", "https", "status", "statuses"),
    *("aws", "boto", "boto3", "botocore", "dynamodb", "lambda", "powertools", "s3", "ses", "sns", "sqs"),
    *("environ", "environment", "getenv"),
}


def imports(path: Path) -> set[str]:
    """The full names of all imports of a module, at any level."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def within(module: str, *packages: str) -> bool:
    """Whether a module is in one of the packages."""
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def words(path: Path) -> set[str]:
    """The words of a module's names, texts and comments, in lower case."""
    kinds = {tokenize.NAME, tokenize.STRING, tokenize.COMMENT, tokenize.FSTRING_MIDDLE}
    with path.open("rb") as file:
        texts = [token.string for token in tokenize.tokenize(file.readline) if token.type in kinds]
    ours = " ".join(text for text in texts if not keyword.iskeyword(text) and text != "lambda_common")
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*", ours)}


def test_each_module_is_in_a_part() -> None:
    """The tests below look at all of them."""
    assert {module for module in SOURCES if not within(module, *MAY_IMPORT, "users")} == set()
    assert {"users.domain.user", "users.api.handler", "lambda_common.clients"} <= set(SOURCES)
    assert imports(SOURCES["users"]) == set()


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_each_part_imports_only_what_it_may(part: str) -> None:
    """The table above."""
    for module in [module for module in SOURCES if within(module, part)]:
        unwanted = {name for name in imports(SOURCES[module]) if not within(name, *MAY_IMPORT[part])}
        assert unwanted == set(), module


@pytest.mark.parametrize("package", ONLY_IN)
def test_only_some_modules_import_a_package(package: str) -> None:
    """The table above."""
    importing = {
        module for module, path in SOURCES.items() if any(within(name, package) for name in imports(path))
    }
    assert importing == ONLY_IN[package]


def test_only_settings_and_what_depends_on_lambda_itself_read_the_environment() -> None:
    """Other modules get their settings as arguments."""
    reading = re.compile(r"\b(environb?|getenv|putenv)\b")
    found = {module for module, path in SOURCES.items() if reading.search(path.read_text("utf-8"))}
    assert found == READ_ENVIRONMENT


@pytest.mark.parametrize("module", [module for module in SOURCES if within(module, "users.domain")])
def test_the_domain_names_neither_aws_nor_http(module: str) -> None:
    """In names, texts and comments."""
    assert words(SOURCES[module]) & FOREIGN_WORDS == set()


def test_one_file_name_means_one_thing() -> None:
    """Or the same thing in several parts."""
    counts = Counter(path.name.removesuffix(".py") for path in SOURCES.values())
    assert {name for name, count in counts.items() if count > 1} - ONE_CONCEPT == {"__init__"}
