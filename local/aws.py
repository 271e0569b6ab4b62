"""Clients of the local AWS that cannot reach the real one."""

import os
from typing import Any

import boto3

from local.workspace import CREDENTIAL, REGION


class LocalAws:
    """Makes boto3 clients for one endpoint, with credentials that are worth nothing anywhere else."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # a profile of the caller's would take part otherwise
        self._session = boto3.Session(
            aws_access_key_id=CREDENTIAL, aws_secret_access_key=CREDENTIAL, region_name=REGION
        )

    def client(self, service: str) -> Any:
        """A client of `service`."""
        return self._session.client(service, endpoint_url=self._endpoint)  # type: ignore[call-overload]
