"""Initializes a function before its first invocation, and after SnapStart restores it."""

import gc
import os
import random
from collections.abc import Callable

_SNAP_START = "snap-start"
_NO_REQUEST_WAITS = {"provisioned-concurrency", _SNAP_START}


def initialize(build: Callable[[], object], *, rest: Callable[[], object] | None = None) -> None:
    """In Lambda, build the collaborators now: initialization has a full core and reports missing settings.

    `rest` loads what only some requests need. It is called only if no request waits for the initialization
    (provisioned concurrency, SnapStart); otherwise, those requests load it.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    build()
    if rest and _initialization_type() in _NO_REQUEST_WAITS:
        rest()
    # Environments restored from one snapshot would draw the same numbers, for span ids and for retries.
    after_restore(random.seed)


def resume_garbage_collection() -> None:
    """Enable garbage collection again after a function's start, except for objects that exist by then."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def after_restore(hook: Callable[[], object]) -> None:
    """With SnapStart, call `hook` after Lambda has restored an environment from the snapshot."""
    if _initialization_type() == _SNAP_START:
        from snapshot_restore_py import register_after_restore  # type: ignore[import-not-found] # part of the runtime

        register_after_restore(hook)


def is_sam_local() -> bool:
    """Whether SAM CLI runs the function, without the authorizers of the API."""
    return "AWS_SAM_LOCAL" in os.environ


def _initialization_type() -> str:
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "")
