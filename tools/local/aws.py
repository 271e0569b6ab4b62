"""Clients of the local AWS that cannot reach the real one."""

import os
from typing import Any

import boto3

from tools.local.workspace import REGION, Workspace


class LocalAws:
    """Makes boto3 clients for a workspace, with keys that are worth nothing anywhere else."""

    def __init__(self, workspace: Workspace) -> None:
        self._endpoint = workspace.endpoint
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # a profile of the caller's would take part otherwise
        keys = {name.lower(): value for name, value in workspace.keys().items()}
        self._session = boto3.Session(**keys, region_name=REGION)  # type: ignore[arg-type]

    def client(self, service: str) -> Any:
        """A client of `service`."""
        return self._session.client(service, endpoint_url=self._endpoint)  # type: ignore[call-overload]
