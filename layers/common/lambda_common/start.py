"""What a function does before its first invocation, and after Lambda has restored it from a snapshot.

How Lambda starts it decides how much: when a request waits for the start (`on-demand`) as little as that
request needs; when nobody waits (`provisioned-concurrency`, `snap-start`) all that later requests may need.
"""

import os
import random
from collections.abc import Callable
from importlib import import_module

from lambda_common.aws import close_connections

_NOBODY_WAITS = {"provisioned-concurrency", "snap-start"}


def prepare(build: Callable[[], object], *, later: tuple[str, ...] = ()) -> None:
    """In Lambda, build the collaborators now: init has a full core, and a missing setting shows here.

    `later` names the modules that requests import when they need them.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        return
    build()
    started_by = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE")
    if started_by in _NOBODY_WAITS:
        for module in later:
            import_module(module)
    if started_by == "snap-start":
        from snapshot_restore_py import register_after_restore  # type: ignore[import-not-found]  # of the runtime

        register_after_restore(renew)


def renew() -> None:
    """After a restore: all copies of a snapshot share its connections, long closed, and its randomness.

    Whatever must not be guessed or repeated (ids, trace ids) comes from the operating system anyway; what
    is seeded anew spreads the retries.
    """
    close_connections()
    random.seed()
