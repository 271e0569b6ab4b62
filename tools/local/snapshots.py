"""Saves the state of MiniStack every few seconds while it changes, so that a crash loses little.

A snapshot is complete or does not exist: a forked copy of the process, in which nothing changes, writes it to
a directory, and renames the directory at the end. Objects of S3 are hard links.
"""

import asyncio
import contextlib
import faulthandler
import json
import os
import shutil
import stat
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

from ministack import app as ministack
from ministack.core import persistence
from ministack.services import cloudformation, lambda_svc

type Receive = Callable[[], Awaitable[Any]]
type Send = Callable[[Any], Awaitable[None]]
type App = Callable[[Any, Receive, Send], Awaitable[None]]

SECONDS = 3
_TIMEOUT_SECONDS = 10  # a lock that another thread held stays locked in the forked copy
_READING = {"GET", "HEAD", "OPTIONS"}


class Snapshots:
    """ASGI middleware that saves after requests that change something, and at shutdown."""

    def __init__(self, app: App, directory: Path) -> None:
        self._app = app
        self._directory = directory
        self._changed = False
        self._saving = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._at_start_and_shutdown(send))
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._changed |= scope["method"] not in _READING

    def _at_start_and_shutdown(self, send: Send) -> Send:
        async def sending(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                ministack.PERSIST_STATE = False  # it would save once more at shutdown
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
                self._changed = False  # requests can set it again while this saves
                if not await _save_in_fork(self._directory):
                    self._changed = True


def _is_deploying() -> bool:
    """Whether a deployment runs. After a crash, nothing would complete it."""
    statuses = {stack["StackStatus"] for _, stack in cloudformation._stacks.all_items()}  # noqa: SLF001
    return any(status.endswith("_IN_PROGRESS") for status in statuses - {"REVIEW_IN_PROGRESS"})


async def _save_in_fork(directory: Path) -> bool:
    """Save in a forked copy of this process; return whether it succeeded."""
    try:
        snapshot = _link_files(directory)
    except OSError:
        traceback.print_exc()
        return False
    child = os.fork()
    if child == 0:
        _write_and_exit(snapshot)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    return status == 0


def _write_and_exit(snapshot: Path) -> NoReturn:
    status = 1
    faulthandler.dump_traceback_later(_TIMEOUT_SECONDS, exit=True, file=2)  # stderr itself could be locked
    try:
        _close_connections()
        _write(snapshot)
        status = 0
    except BaseException:  # noqa: BLE001 - the copy must not return to the code of the server
        traceback.print_exc()
    finally:
        os._exit(status)


def _close_connections() -> None:
    """Close the server's sockets and pipes, but not its lock: no new emulator starts during a save."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - file descriptors, not paths
        with contextlib.suppress(OSError):
            mode = os.fstat(int(name)).st_mode
            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
                os.close(int(name))


def _link_files(directory: Path) -> Path:
    """Start a snapshot with the files that MiniStack itself writes: objects, and keys of user pools."""
    snapshot = directory / "saving"
    shutil.rmtree(snapshot, ignore_errors=True)
    for name, ignored in (("s3", "*.tmp"), ("state", "*.json")):
        ignore = shutil.ignore_patterns(ignored)
        shutil.copytree(directory / name, snapshot / name, copy_function=os.link, ignore=ignore)
    return snapshot


def _write(snapshot: Path) -> None:
    """Complete a snapshot in the format that MiniStack reads, and delete the older ones."""
    lambda_svc.CODE_BLOB_DIR = str(snapshot / "state" / "lambda-blobs")
    for service, get_state in ministack._build_persistence_save_dict().items():  # noqa: SLF001
        if (payload := get_state()) is None:
            continue
        if service == "lambda":  # positions in streams require the records, which are not saved
            payload = {**payload, "dynamodb_stream_positions": {}}
        version = persistence._state_format_version(service)  # noqa: SLF001
        document = {"__ministack_format__": version, "payload": payload}
        # MiniStack writes with json.dump, which takes ten times as long as json.dumps.
        text = json.dumps(document, default=persistence._json_default)  # noqa: SLF001
        (snapshot / "state" / f"{service}.json").write_text(text)
    saved = snapshot.parent / "saved"
    older = list(saved.iterdir())
    snapshot.rename(saved / str(1 + max((int(path.name) for path in older), default=0)))
    for path in older:
        shutil.rmtree(path, ignore_errors=True)
