"""Starts MiniStack with what it lacks, in its own environment: `python -m tools.local.server`."""

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
from tools.local.saving import Saver

type Credentials = Callable[[dict[str, Any]], dict[str, str]]


def unguessable(credentials: Credentials) -> Credentials:
    """MiniStack makes the secrets of functions of their names: make them of the workspace's secret, too."""
    key = os.environ["AWS_SECRET_ACCESS_KEY"].encode()

    def of_function(config: dict[str, Any]) -> dict[str, str]:
        made = credentials(config)
        secret = hmac.new(key, made["AWS_SECRET_ACCESS_KEY"].encode(), hashlib.sha256).hexdigest()
        session = sts._sessions[made["AWS_ACCESS_KEY_ID"]]  # noqa: SLF001
        sts.register_session(made["AWS_ACCESS_KEY_ID"], {**session, "SecretAccessKey": secret})
        return made | {"AWS_SECRET_ACCESS_KEY": secret}

    return of_function


def main() -> None:
    """Serve until the process is told to end."""
    lambda_runtime.execution_credentials = unguessable(lambda_runtime.execution_credentials)
    lambda_svc.execution_credentials = lambda_runtime.execution_credentials
    repairs.install()
    saver = Saver(ministack.app, Path(os.environ["STATE_DIR"]).parent)
    ministack.app = Guard(saver, int(os.environ["GATEWAY_PORT"]))
    ministack.main()


if __name__ == "__main__":
    main()
