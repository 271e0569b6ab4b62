"""Runs every command in README and docs in order, and compares its output with the block below it."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.polling import eventually
from tests.e2e.reader.matching import MATCHERS
from tests.e2e.reader.recorder import Call, recorder
from tests.e2e.reader.shell import Shell, Typed
from tests.e2e.services import Mailbox, Queues, welcome
from tests.helpers.consumers import stream_record
from tests.helpers.events import load_event
from tests.helpers.markdown import blocks, name, pages
from tools.local.logs import LogReader
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace, free_port, tool

README, LOCAL = PROJECT / "README.md", PROJECT / "docs" / "running-locally.md"
RECOVERING, OPERATING = PROJECT / "docs" / "recovering.md", PROJECT / "docs" / "operating.md"
# README starts the stack of the other pages, and docs/running-locally.md deletes it.
SPECIAL = [README, LOCAL, RECOVERING, OPERATING]
SPECIAL.append(PROJECT / "docs" / "sam-local.md")  # requires Docker: tests/sam_local runs it
SPECIAL.append(PROJECT / "docs" / "tutorial.md")  # edits the project: tests/tutorial runs it
OTHERS = [page for page in pages() if page not in SPECIAL and any(b.language == "sh" for b in blocks(page))]

# The recipients of the events in dead-letter queues.
MAILED = ("returned@example.com", "rejected@example.com", "given-up@example.com")
# The operations that the functions log which process a new user.
STORY = {"create_user", "publish_event", "handle_event"}


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    """Calls of operations that the local stack does not support."""
    return []


@pytest.fixture(scope="module")
def shell(calls: list[Call], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell. Its stacks are deleted afterwards."""
    with recorder(calls) as url:
        shell = Shell(tmp_path_factory.mktemp("reader"), free_port(), free_port(), url)
        yield shell
        for port in (shell.port, shell.second_port):
            subprocess.run(["make", "reset", f"PORT={port}"], cwd=PROJECT, check=True, capture_output=True)


@pytest.fixture
def stack(shell: Shell) -> Stack:
    """The stack that README starts."""
    return Stack(Workspace.for_port(shell.port))


def assert_as_written(typed: list[Typed]) -> None:
    """The output of each command is the one on the page."""
    for each in typed:
        if each.expected:
            says = MATCHERS[each.expected.language]
            assert says(each.expected.text, each.output), f"{each.page}:{each.block.line}\n{each.output}"


class TestReader:
    """The tests depend on each other, in this order."""

    def test_readme(self, shell: Shell) -> None:
        assert_as_written(shell.read(README))

    @pytest.mark.parametrize("page", OTHERS, ids=name)
    def test_page(self, shell: Shell, page: Path) -> None:
        assert_as_written(shell.read(page, signed_in=True))

    def test_operating(self, shell: Shell, stack: Stack) -> None:
        user = {"name": "Katherine Johnson", "email": "katherine@example.com"}
        headers = {"Authorization": f"Bearer {stack.token()}"}
        created = httpx.post(f"{stack.url()}/users", json=user, headers=headers, timeout=60)
        request_id, groups = created.headers["X-Request-Id"], stack.function_log_groups().values()

        def logged() -> set[str]:
            lines = LogReader(stack.aws.client("logs"), groups).read()
            return {json.loads(line)["operation"] for line in lines if request_id in line}

        eventually(lambda: logged() == STORY)
        time.sleep(1)  # the resolution of queries, which do not include the current second
        typed = shell.read(OPERATING, signed_in=True, REQUEST_ID=request_id)

        assert_as_written(typed)
        [story] = [each.output for each in typed if "REQUEST_ID=" in each.block.text]
        lines = [json.loads(line) for line in story.splitlines() if line.startswith("{")]
        assert {line["operation"] for line in lines if line.get("message") == "Finished"} == STORY
        assert {"outcome", "status", "correlation_id"} <= {key for line in lines for key in line}

    def test_recovering(self, shell: Shell, stack: Stack, calls: list[Call]) -> None:
        stack.deploy(WebhookUrl="http://127.0.0.1:9/")  # whose secret the page rotates
        queues = Queues(stack)
        given_up = {"Bucket": stack.outputs()["UserStreamDeadLetterBucketName"], "Key": "aws/lambda/a batch"}
        change = stream_record()
        change["dynamodb"]["NewImage"]["email"] = {"S": MAILED[2]}
        batch = json.dumps({"payload": json.dumps({"Records": [change]})})
        stack.aws.client("s3").put_object(**given_up, Body=batch)
        eventually(lambda: queues.waiting("UserStreamDeadLetterQueueUrl"))
        for queue, bodies in messages().items():
            queues.send(queue, *bodies)

        assert_as_written(shell.read(RECOVERING, signed_in=True))

        assert queues.dead_letters() == {"UserStreamDeadLetterQueueUrl": 1}  # the item that is not a user
        mailbox = Mailbox(Workspace.for_port(shell.port))
        eventually(lambda: all(map(mailbox.to, MAILED)))
        assert "Contents" not in stack.aws.client("s3").list_objects_v2(Bucket=given_up["Bucket"])
        pool, client = (stack.outputs()[name] for name in ("UserPoolId", "UserPoolClientId"))
        old = {"UserPoolId": pool, "ClientId": client, "ClientSecretId": "old"}
        assert calls[-1] == ("DeleteUserPoolClientSecret", old)

    def test_sam_accepts_its_arguments(self, shell: Shell) -> None:
        told = shell.sam_calls.read_text("utf-8")
        assert {line.split()[0] for line in told.splitlines()} == {"build", "deploy", "delete"}
        checked = subprocess.run(
            [tool("sam", "python"), PROJECT / "tests" / "e2e" / "reader" / "sam_arguments.py"],
            cwd=PROJECT,
            input=told,
            text=True,
            capture_output=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stderr

    def test_running_locally(self, shell: Shell) -> None:
        first, second = (Workspace.for_port(port).directory for port in (shell.port, shell.second_port))
        second.mkdir()
        for cache in first.glob("cache-*"):  # the second stack has the same build
            (second / cache.name).symlink_to(cache)
        assert_as_written(shell.read(LOCAL))
        assert not first.exists()
        assert not second.exists()


def messages() -> dict[str, list[str]]:
    """Messages of each kind, by the output that names their dead-letter queue."""
    upload = load_event("upload-created")
    return {
        "UserEventsDeadLetterQueueUrl": [welcome(MAILED[0])],
        "UserStreamDeadLetterQueueUrl": [welcome(MAILED[1]), json.dumps({"eventName": "INSERT"})],
        "ThumbnailsDeadLetterQueueUrl": [json.dumps({"requestPayload": upload})],
        "CleanupDeadLetterQueueUrl": [json.dumps({"requestPayload": {}})],
    }
