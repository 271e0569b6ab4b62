"""What a function does before its first invocation, and after Lambda has restored it from a snapshot.

How Lambda starts it decides how much: when a request waits for the start (`on-demand`) as little as that
request needs; when nobody waits (`provisioned-concurrency`, `snap-start`) all that later requests may need.

Imported by the package itself, before anything else is: until a function is built its garbage is not
collected. Loading modules leaves none, and looking for it takes a seventeenth of a cold start.
"""

import gc
import os
import random
from collections.abc import Callable

_SNAP_START = "snap-start"
_NOBODY_WAITS = {"provisioned-concurrency", _SNAP_START}


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()


def prepare(build: Callable[[], object], *, rest: Callable[[], object] | None = None) -> None:
    """In Lambda, build the collaborators now: init has a full core, and a missing setting shows here.

    `rest` loads and makes what only some requests need, and load themselves otherwise.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    build()
    if rest and _started_by() in _NOBODY_WAITS:
        rest()
    gc.freeze()  # what is loaded now stays: later collections need not look through it
    gc.enable()
    # Copies of one snapshot would all draw the same numbers: the same ids of spans, and the same moments
    # to retry. Ids of users do not need it: they come from the operating system.
    after_restore(random.seed)


def after_restore(hook: Callable[[], object]) -> None:
    """With SnapStart, call `hook` when Lambda has made a copy from the snapshot."""
    if _started_by() == _SNAP_START:
        from snapshot_restore_py import register_after_restore  # type: ignore[import-not-found] # the runtime's

        register_after_restore(hook)


def _started_by() -> str:
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "")
