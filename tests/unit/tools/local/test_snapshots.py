"""Snapshots, in the environment of MiniStack."""

import subprocess

from tools.local.workspace import PROJECT, tool

PROGRAM = """
import asyncio
from tools.local import snapshots

saves = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await middleware({"type": "http", "method": "PUT"}, None, None)
        while not saves:
            await asyncio.sleep(0.01)
        await send({"type": "lifespan.shutdown.complete"})

async def save(directory):
    if not saves:
        saves.append("during")
        await middleware({"type": "http", "method": "PUT"}, None, None)
    else:
        saves.append("after")
    return True

async def send(message):
    pass

snapshots.SECONDS, snapshots._save_in_fork = 0.01, save
middleware = snapshots.Snapshots(app, None)
asyncio.run(middleware({"type": "lifespan"}, None, send))
print(*saves)
"""


def test_a_change_is_saved_when_it_comes_during_a_save() -> None:
    """At the latest at shutdown."""
    command = [tool("ministack", "python"), "-c", PROGRAM]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["during", "after"]
