"""`make redrive` on the local stack: sent and kept messages, and an interruption."""

import json
import subprocess
from typing import Any

import pytest

from tests.e2e.polling import eventually
from tests.e2e.services import Mailbox, Queues, welcome
from tools.local.stack import NAME, Stack
from tools.local.workspace import PROJECT, Workspace
from tools.operate.destinations import DESTINATIONS
from tools.operate.redrive import DeadLetterQueue, redrive

POISON = ["no JSON about secret@example.com", '{"email": "secret@example.com"}', '{"eventName": "INSERT"}']
INVOCATION = json.dumps({"requestPayload": {"Records": []}})


@pytest.mark.parametrize("name", sorted(set(DESTINATIONS) - {"WebhookDeadLetterQueue"}))
def test_sends_messages_and_keeps_poison(
    stack: Stack, queues: Queues, mailbox: Mailbox, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Poison can be received at once, and its content is not printed."""
    address = f"{name.lower()}@example.com"
    is_event = name.startswith("User")
    queues.send(f"{name}Url", *POISON, welcome(address) if is_event else INVOCATION)
    redrive(stack, name)
    printed = capsys.readouterr().out
    assert printed.count("Kept") == len(POISON)
    assert printed.endswith("1 sent, 3 kept\n")
    assert "@" not in printed
    assert sorted(queues.drain(f"{name}Url")) == sorted(POISON)
    assert not is_event or eventually(lambda: mailbox.to(address))


def test_sends_all_after_an_interruption(
    stack: Stack, queues: Queues, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was sent, but not deleted, is sent again and has its effect once."""
    name, addresses = "UserEventsDeadLetterQueue", [f"half-way-{number}@example.com" for number in range(3)]
    queues.send(f"{name}Url", *map(welcome, addresses))
    deletions, delete = list[Any](), DeadLetterQueue.delete

    def interrupt(queue: DeadLetterQueue, message: Any) -> None:
        deletions.append(message)
        if len(deletions) == 2:
            raise KeyboardInterrupt
        delete(queue, message)

    monkeypatch.setattr(DeadLetterQueue, "delete", interrupt)
    with pytest.raises(KeyboardInterrupt):
        redrive(stack, name)
    assert queues.waiting(f"{name}Url") == 2
    redrive(stack, name)
    assert len(deletions) == 4
    assert queues.waiting(f"{name}Url") == 0
    for address in addresses:
        assert len(eventually(lambda address=address: mailbox.to(address))) == 1  # type: ignore[misc]


def test_leaves_messages_that_arrive_meanwhile(
    stack: Stack, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have failed again: the cause is not fixed, and sending them again would never end."""
    name, arriving, delete = "CleanupDeadLetterQueue", [INVOCATION], DeadLetterQueue.delete

    def arrive(queue: DeadLetterQueue, message: Any) -> None:
        queues.send(f"{name}Url", *arriving)
        arriving.clear()
        delete(queue, message)

    monkeypatch.setattr(DeadLetterQueue, "delete", arrive)
    queues.send(f"{name}Url", INVOCATION)
    redrive(stack, name)
    assert list(queues.drain(f"{name}Url")) == [INVOCATION]


def test_asks_before_it_sends_and_finds_the_stack_of_a_stage(workspace: Workspace, queues: Queues) -> None:
    """As on AWS: a stage of samconfig.toml, and credentials in the environment."""
    queues.send("CleanupDeadLetterQueueUrl", INVOCATION)
    environment = workspace.sam_environment()

    def make(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "-s", "redrive", "STAGE=local", "QUEUE=CleanupDeadLetterQueueUrl", *arguments]
        options: Any = {"cwd": PROJECT, "env": environment, "capture_output": True, "text": True}
        return subprocess.run(command, **options, input="", check=False)

    assert "YES=1" in make().stderr
    assert make("YES=1").stdout == (
        f"About 1 messages of CleanupDeadLetterQueue in {NAME} go to CleanupFunction.\n1 sent, 0 kept\n"
    )
    assert queues.waiting("CleanupDeadLetterQueueUrl") == 0
