"""What is said to SAM CLI, and what is made of its answers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.local.console import LocalRunError
from tools.local.sam_local import is_failure, with_variables
from tools.local.workspace import PROJECT, host_architecture


def parameters() -> dict[str, Any]:
    """Those that `make up` sets, as they are in a template."""
    return {name: {} for name in ("Stage", "SenderEmailAddress", "Architecture")}


class TestDocker:
    """Without Docker there is one line, and no trace of Python."""

    @pytest.mark.parametrize("command", ["sam-local", "sam-invoke"])
    def test_is_asked_for_when_it_is_missing(self, tmp_path: Path, command: str) -> None:
        result = subprocess.run(
            [sys.executable, "-m", "tools.local", command],
            cwd=PROJECT,
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        (line,) = result.stderr.split("\n")[1:-1]
        assert line.startswith("sam local needs Docker")
        assert result.returncode == 1

    def test_is_asked_for_when_it_does_not_answer(self, tmp_path: Path) -> None:
        docker = tmp_path / "docker"
        docker.write_text("#!/bin/sh\nexit 1\n")
        docker.chmod(0o700)
        result = subprocess.run(
            [sys.executable, "-m", "tools.local", "sam-local"],
            cwd=PROJECT,
            env={"PATH": f"{tmp_path}:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "sam local needs Docker" in result.stderr
        assert result.returncode == 1


class TestVariables:
    """A built template names the variables that --env-vars gives."""

    def test_are_named_and_nothing_else_is_left(self) -> None:
        function = {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Environment": {"Variables": {"TABLE": {"Ref": "Table"}}}},
        }
        template = {"Parameters": parameters(), "Resources": {"F": function, "T": {"Type": "Table"}}}

        changed = with_variables(template, {"F": {"TABLE": "t", "AWS_REGION": "r"}})

        names = changed["Resources"]["F"]["Properties"]["Environment"]["Variables"]
        assert names == {"TABLE": "", "AWS_REGION": ""}
        assert changed["Parameters"]["Stage"]["Default"] == "local"
        assert changed["Parameters"]["Architecture"]["Default"] == host_architecture()

    def test_are_missing_when_a_function_is_not_deployed(self) -> None:
        template = {"Parameters": parameters(), "Resources": {"New": {"Type": "AWS::Serverless::Function"}}}
        with pytest.raises(LocalRunError, match="New is not deployed yet: make up"):
            with_variables(template, {})


class TestFailure:
    """SAM CLI prints what a handler answers, and ends with 0 whatever that is."""

    @pytest.mark.parametrize("answer", ["null", '{"statusCode": 500}', "[]", '"errorType"'])
    def test_is_not_an_answer(self, answer: str) -> None:
        assert not is_failure(answer)

    @pytest.mark.parametrize(
        "answer", ['{"errorType": "KeyError", "errorMessage": "x"}', "", "Function timed out"]
    )
    def test_is_an_error_or_no_answer(self, answer: str) -> None:
        assert is_failure(answer)
