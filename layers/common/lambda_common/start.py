"""What a function does before its first invocation, and after SnapStart has restored it."""

import gc
import os
import random
from collections.abc import Callable

_SNAP_START = "snap-start"
_NO_REQUEST_WAITS = {"provisioned-concurrency", _SNAP_START}


def initialize(build: Callable[[], object], *, rest: Callable[[], object] | None = None) -> None:
    """In Lambda, build the collaborators now: initialization has a full core, and shows missing settings.

    `rest` prepares for what only some requests need. It is called only when no request waits for the
    initialization (provisioned concurrency, SnapStart); on demand, those requests load it.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    build()
    if rest and _initialization_type() in _NO_REQUEST_WAITS:
        rest()
    # Environments restored from one snapshot would draw the same numbers, for span ids and for retries.
    after_restore(random.seed)


def resume_garbage_collection() -> None:
    """Collect garbage again in a function that has paused it for its start, without what exists by then."""
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
