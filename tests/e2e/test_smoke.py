"""`make smoke` on the local stack: a stack that works, stacks that do not, and an interruption."""

import runpy
import signal
import sys
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Tables
from tests.e2e.roles import Role
from tools.deployment import Deployment
from tools.local.console import LocalRunError
from tools.local.stack import NAME, Stack
from tools.operate import smoke


def left_over(tables: Tables) -> list[str]:
    """The users that a run has not deleted."""
    users = (item["userId"]["S"] for item in tables.items("UsersTableName"))
    return [user for user in users if user.startswith("smoke-")]


def test_passes_with_the_token_of_a_stage(
    stack: Stack, tables: Tables, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stack's outputs name AWS's hosts, which the local ones replace here."""
    deployment, outputs = Deployment(NAME, stack.aws), stack.outputs()
    assert (deployment.url(), deployment.token_url()) == (outputs["ApiUrl"], outputs["TokenUrl"])
    monkeypatch.setattr(deployment, "token_url", stack.token_url)
    token = deployment.token()
    smoke.smoke(stack.url(), token)
    printed = capsys.readouterr().out
    assert printed.count("  ok    ") == len(printed.splitlines()) == 12
    assert "http" not in printed
    assert left_over(tables) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/elsewhere", "  FAIL  Respond to GET /health: expected 200, received 404"),
        ("", "  FAIL  Find no user: expected 404, received 401"),
    ],
)
def test_fails_with_another_url_or_a_bad_token(
    stack: Stack, path: str, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output names the failed step."""
    monkeypatch.setattr(smoke, "WAIT_SECONDS", 0)
    with pytest.raises(LocalRunError):
        smoke.smoke(stack.url() + path, "bad")
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_fails_and_cleans_up_when_the_api_is_broken(
    stack: Stack, tables: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deployment has removed a permission."""
    with (
        Role(stack, "UsersApiRole").without("users-tables", "dynamodb:Scan"),
        pytest.raises(LocalRunError),
    ):
        smoke.smoke(stack.url(), stack.token())
    assert capsys.readouterr().out.splitlines()[-1] == "  FAIL  List users: expected 200, received 500"
    assert left_over(tables) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cleans_up_after_an_interruption(
    stack: Stack, tables: Tables, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Ctrl-C, or the end of a job."""
    check, handler = smoke.check, signal.getsignal(number)

    def interrupted(client: httpx.Client, step: str, *arguments: Any, **options: Any) -> httpx.Response:
        response = check(client, step, *arguments, **options)
        if step == "Create a user":
            signal.raise_signal(number)
        return response

    monkeypatch.setattr(smoke, "check", interrupted)
    monkeypatch.setattr(sys, "argv", ["tools.operate", "smoke"])
    monkeypatch.setenv("URL", stack.url())
    monkeypatch.setenv("TOKEN", stack.token())
    try:
        with pytest.raises(SystemExit, match="130"):
            runpy.run_module("tools.operate", run_name="__main__")
    finally:
        signal.signal(number, handler)
    assert left_over(tables) == []
