"""Snapshots, in the environment of MiniStack."""

import os
import subprocess

from tools.local.workspace import PROJECT, tool

CHANGING = """
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

LOGGING = """
import asyncio, os, sys, threading, time
from tools.local import snapshots

snapshots._link_files = snapshots._write = lambda directory: directory
threading.Thread(target=sys.stderr.buffer.write, args=[bytes(1_000_000)]).start()
time.sleep(0.5)  # until the pipe is full
print(asyncio.run(snapshots._save_in_fork(None)), flush=True)
os._exit(0)
"""
TIMEOUT_SECONDS = 30


def output(program: str, errors: int = subprocess.PIPE) -> list[str]:
    """The words that a program prints."""
    done = subprocess.run(
        [tool("ministack", "python"), "-W", "ignore", "-c", program],
        cwd=PROJECT,
        env=os.environ | {"PYTHONUNBUFFERED": ""},  # without a buffer, stderr has no lock
        stdout=subprocess.PIPE,
        stderr=errors,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    return done.stdout.decode().split()


def test_a_change_is_saved_when_it_comes_during_a_save() -> None:
    """At the latest at shutdown."""
    assert output(CHANGING) == ["during", "after"]


def test_a_save_does_not_wait_for_a_lock_of_another_thread() -> None:
    """Such as the lock of stderr, to which the thread writes while the process is copied."""
    reading, writing = os.pipe()
    try:
        assert output(LOGGING, errors=writing) == ["True"]
    finally:
        os.close(reading)  # which ends a copy that waits
        os.close(writing)
