"""The Postman collection, sent by Newman as in `make newman`."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.conftest import Tables
from tools.local.console import LocalRunError
from tools.local.postman import COLLECTION, run_collection, write_environment
from tools.local.stack import Stack

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None, reason="there is no npm here: it comes with Node.js"
)


@pytest.fixture
def environment(stack: Stack, tmp_path: Path) -> Path:
    """The environment of the stack of the tests."""
    return write_environment(stack, tmp_path)


def test_the_collection_passes_when_it_runs_repeatedly(environment: Path, tables: Tables) -> None:
    """Each request is sent, in order, and no user stays."""
    before = {item["userId"]["S"] for item in tables.items("UsersTableName")}
    folders = json.loads(COLLECTION.read_text("utf-8"))["item"]
    names = [item["name"] for folder in folders for item in folder["item"]]
    report = environment.with_name("report.json")
    for _ in range(2):
        run_collection(environment, "--reporters", "cli,json", "--reporter-json-export", str(report))
        executions = json.loads(report.read_text("utf-8"))["run"]["executions"]
        assert list(Counter(execution["item"]["name"] for execution in executions)) == names
    assert {item["userId"]["S"] for item in tables.items("UsersTableName")} == before
    tables.assert_consistent()


def test_the_collection_fails_when_a_response_differs(
    environment: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its client secret is wrong, which the environment contains: only its owner can read it."""
    assert environment.stat().st_mode & 0o077 == 0
    document = json.loads(environment.read_text("utf-8"))
    for value in document["values"]:
        if value["key"] == "clientSecret":
            value["value"] = "wrong"
    environment.write_text(json.dumps(document), "utf-8")
    with pytest.raises(LocalRunError):
        run_collection(environment, "--folder", "Authorization")
    assert "expected response to have status code 200" in capfd.readouterr().out


def test_the_collection_is_not_sent_without_npm(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what is missing."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LocalRunError, match="npm"):
        run_collection(environment)
