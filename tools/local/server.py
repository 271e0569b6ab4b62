"""Starts MiniStack in its own environment, behind the guard, with snapshots and repairs."""

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack import app as ministack
from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from tools.local import repairs
from tools.local.guard import Guard
from tools.local.snapshots import Snapshots

type Credentials = Callable[[dict[str, Any]], dict[str, str]]


def unguessable(credentials: Credentials) -> Credentials:
    """MiniStack derives the credentials of functions from their names: add the secret of this stack."""
    key = os.environ["AWS_SECRET_ACCESS_KEY"].encode()

    def of_function(config: dict[str, Any]) -> dict[str, str]:
        derived = credentials(config)
        secret = hmac.new(key, derived["AWS_SECRET_ACCESS_KEY"].encode(), hashlib.sha256).hexdigest()
        session = sts._sessions[derived["AWS_ACCESS_KEY_ID"]]  # noqa: SLF001
        sts.register_session(derived["AWS_ACCESS_KEY_ID"], {**session, "SecretAccessKey": secret})
        return derived | {"AWS_SECRET_ACCESS_KEY": secret}

    return of_function


def main() -> None:
    """Serve until SIGTERM."""
    lambda_runtime.execution_credentials = unguessable(lambda_runtime.execution_credentials)
    lambda_svc.execution_credentials = lambda_runtime.execution_credentials
    repairs.install()
    snapshots = Snapshots(ministack.app, Path(os.environ["STATE_DIR"]).parent)
    ministack.app = Guard(snapshots, int(os.environ["GATEWAY_PORT"]))
    ministack.main()


if __name__ == "__main__":
    main()
