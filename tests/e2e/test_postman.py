"""The Postman collection, sent by Newman as in `make newman`."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

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


def sent(environment: Path) -> list[str]:
    """The names of the requests that were sent, in order."""
    report = environment.with_name("report.json")
    run_collection(environment, "--reporters", "cli,json", "--reporter-json-export", str(report))
    executions: list[Any] = json.loads(report.read_text("utf-8"))["run"]["executions"]
    return [execution["item"]["name"] for execution in executions]


class TestCollection:
    """The collection as a whole."""

    def test_passes_when_it_runs_repeatedly(self, environment: Path, tables: Tables) -> None:
        before = {item["userId"]["S"] for item in tables.items("UsersTableName")}
        folders = json.loads(COLLECTION.read_text("utf-8"))["item"]
        names = [item["name"] for folder in folders for item in folder["item"]]
        for _ in range(2):
            assert list(Counter(sent(environment))) == names
        assert {item["userId"]["S"] for item in tables.items("UsersTableName")} == before
        tables.assert_consistent()

    def test_fails_when_a_response_differs(
        self, environment: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        document = json.loads(environment.read_text("utf-8"))
        for value in document["values"]:
            if value["key"] == "clientSecret":
                value["value"] = "wrong"
        environment.write_text(json.dumps(document), "utf-8")
        with pytest.raises(LocalRunError):
            run_collection(environment, "--folder", "Authorization")
        assert "expected response to have status code 200" in capfd.readouterr().out

    def test_is_not_sent_without_npm(self, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        with pytest.raises(LocalRunError, match="npm"):
            run_collection(environment)


def test_the_environment_is_for_its_owner_alone(environment: Path) -> None:
    """It contains a secret."""
    assert environment.stat().st_mode & 0o077 == 0
