"""Saves what MiniStack holds every few seconds, all of it or nothing: a crash loses what came after.

A save is a directory, whose name is a number from when everything is in it. A copy of the process writes it,
so that nobody waits; objects, and what has not changed, are links to the same files.
"""

import asyncio
import contextlib
import faulthandler
import json
import os
import shutil
import stat
import traceback
from pathlib import Path
from typing import Any, NoReturn

from ministack import app as ministack
from ministack.core import persistence
from ministack.services import cloudformation, lambda_svc

from tools.local.asgi import App, Receive, Send

SECONDS = 3  # between two saves
_PATIENCE_SECONDS = 10  # for one: a lock that another thread held stays locked in the copy
_READING = {"GET", "HEAD", "OPTIONS"}


class Saver:
    """An ASGI application before another one: saves while requests change something, and when it ends."""

    def __init__(self, app: App, directory: Path) -> None:
        self._app = app
        self._directory = directory
        self._changed = False
        self._saving = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Hand everything on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._with_saving(send))
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._changed |= scope["method"] not in _READING

    def _with_saving(self, send: Send) -> Send:
        async def sending(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                ministack.PERSIST_STATE = False  # it would save once more when it ends
                self._task = asyncio.create_task(self._keep_saving())
            elif message["type"] == "lifespan.shutdown.complete" and self._task:
                await self._save()
                self._task.cancel()
            await send(message)

        return sending

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            await self._save()

    async def _save(self) -> None:
        async with self._saving:
            if self._changed and not _is_deploying():
                self._changed = False
                self._changed |= not await _save_aside(self._directory)


def _is_deploying() -> bool:
    """Whether a stack is half done: it would never be done after a crash."""
    statuses = {stack["StackStatus"] for _, stack in cloudformation._stacks.all_items()}  # noqa: SLF001
    return any(status.endswith("_IN_PROGRESS") for status in statuses - {"REVIEW_IN_PROGRESS"})


async def _save_aside(directory: Path) -> bool:
    """Save in a copy of this process, in which nothing changes any more; whether it worked."""
    try:
        aside = link_files(directory)
    except OSError:
        traceback.print_exc()
        return False
    child = os.fork()
    if child == 0:
        _save_and_exit(aside)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    return status == 0


def _save_and_exit(aside: Path) -> NoReturn:
    status = 1
    faulthandler.dump_traceback_later(_PATIENCE_SECONDS, exit=True)
    try:
        _close_connections()
        write(aside)
        status = 0
    except BaseException:  # noqa: BLE001 - nothing may return into the copy of the server
        traceback.print_exc()
    finally:
        os._exit(status)


def _close_connections() -> None:
    """Sockets and pipes are the server's. The lock stays: nobody starts while this saves."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - these are numbers
        with contextlib.suppress(OSError):
            mode = os.fstat(int(name)).st_mode
            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
                os.close(int(name))


def link_files(directory: Path) -> Path:
    """Begin a save with the files that MiniStack keeps itself: objects, and keys of user pools."""
    aside = directory / "saving"
    shutil.rmtree(aside, ignore_errors=True)
    for name, left_out in (("s3", "*.tmp"), ("state", "*.json")):
        ignore = shutil.ignore_patterns(left_out)
        shutil.copytree(directory / name, aside / name, copy_function=os.link, ignore=ignore)
    return aside


def write(aside: Path) -> None:
    """Complete a save, and forget the ones before."""
    saved = aside.parent / "saved"
    numbers = sorted(int(path.name) for path in saved.iterdir()) or [0]
    lambda_svc.CODE_BLOB_DIR = str(aside / "state" / "lambda-blobs")
    for service, get_state in ministack._build_persistence_save_dict().items():  # noqa: SLF001
        if (payload := get_state()) is not None:
            _write(aside / "state" / f"{service}.json", saved / str(numbers[-1]), service, payload)
    for path in aside.rglob("*"):
        before = saved / str(numbers[-1]) / path.relative_to(aside)
        if path.is_file() and not (before.exists() and before.samefile(path)):
            _flush(path)
    aside.rename(saved / str(numbers[-1] + 1))
    _flush(saved)
    for number in numbers:
        shutil.rmtree(saved / str(number), ignore_errors=True)


def _write(path: Path, last: Path, service: str, payload: Any) -> None:
    """As MiniStack reads it; json.dump, by which it writes, takes ten times as long."""
    if service == "lambda":
        # How far streams were read is nothing without their records, which are not kept.
        payload = {**payload, "dynamodb_stream_positions": {}}
    version = persistence._state_format_version(service)  # noqa: SLF001
    document = {"__ministack_format__": version, "payload": payload}
    text = json.dumps(document, default=persistence._json_default).encode()  # noqa: SLF001
    before = last / "state" / path.name
    if before.exists() and before.read_bytes() == text:
        os.link(before, path)
    else:
        path.write_bytes(text)


def _flush(path: Path) -> None:
    """Have it on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
