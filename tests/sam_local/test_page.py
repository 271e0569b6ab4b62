"""Runs the commands of docs/sam-local.md, with other ports."""

import json
import re
import subprocess

import httpx

from tests.helpers.markdown import Block, blocks
from tests.helpers.terminal import Terminal
from tests.sam_local.conftest import SamLocal
from tests.sam_local.test_invoke import EVENTS
from tools.local.workspace import PROJECT

START, CALLS, INVOKE = [block for block in blocks(PROJECT / "docs/sam-local.md") if block.language == "sh"]
PORT = "127.0.0.1:3000"


def lines(block: Block) -> list[str]:
    """The commands without their remarks."""
    return [line.partition("#")[0].strip() for line in block.text.splitlines()]


class TestPage:
    """The commands of the page."""

    def test_starts_what_these_tests_run_on(self) -> None:
        assert lines(START) == ["make up", "make sam-local"]

    def test_calls_succeed(self, sam_local: SamLocal, api: httpx.Client) -> None:
        api.delete("/users/123")
        script = CALLS.text.replace(f"http://{PORT}", sam_local.url)
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
        assert re.findall(r"HTTP/1.1 (\d+)", done.stdout) == ["201", "200", "200", "200"]

    def test_invokes_every_function_as_test_invoke_does(self, terminal: Terminal) -> None:
        tested = {f"make sam-invoke FUNCTION={name} EVENT=events/{EVENTS[name]}.json" for name in EVENTS}
        [another] = set(lines(INVOKE)) - tested
        assert tested < set(lines(INVOKE))
        assert json.loads(terminal.make("-s", *another.split()[1:]))["statusCode"] == 200
