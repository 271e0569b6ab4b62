"""Reads the structured log lines of the functions from the emulator's CloudWatch Logs."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import EndpointConnectionError

from tools.local.console import LocalRunError

_POLL_SECONDS = 1


class LogReader:
    """Reads log groups, and continues where the last read ended.

    It starts with the newest 10,000 events of each stream. FilterLogEvents would start with the oldest.
    """

    def __init__(self, client: Any, groups: Iterable[str]) -> None:
        self._client = client
        self._groups = list(groups)
        self._tokens: dict[tuple[str, str], str] = {}

    def read(self) -> list[str]:
        """The new lines, oldest first, without metrics and the lines of Lambda itself."""
        events = sorted(self._events(), key=lambda event: event["timestamp"])
        messages = [event["message"].rstrip() for event in events]
        return [line for line in messages if line.startswith("{") and not line.startswith('{"_aws"')]

    def follow(self) -> Iterator[str]:
        """The new lines, as they are written."""
        try:
            while True:
                yield from self.read()
                time.sleep(_POLL_SECONDS)
        except EndpointConnectionError as error:
            raise LocalRunError("The emulator was stopped.") from error

    def _events(self) -> Iterator[Any]:
        streams = self._client.get_paginator("describe_log_streams")
        for group in self._groups:
            for page in streams.paginate(logGroupName=group):
                for stream in page["logStreams"]:
                    yield from self._events_of_stream(group, stream["logStreamName"])

    def _events_of_stream(self, group: str, stream: str) -> list[Any]:
        token = self._tokens.get((group, stream))
        position = {"nextToken": token, "startFromHead": True} if token else {}
        response = self._client.get_log_events(logGroupName=group, logStreamName=stream, **position)
        self._tokens[group, stream] = response["nextForwardToken"]
        return list(response["events"])
