"""The structured log lines of the functions, as they are in CloudWatch Logs."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import EndpointConnectionError

from tools.local.console import LocalRunError

_POLL_SECONDS = 1


class LogReader:
    """Reads log groups from where it stopped the last time.

    It begins with the newest 10,000 events of each stream. FilterLogEvents would begin with the oldest.
    """

    def __init__(self, client: Any, groups: Iterable[str]) -> None:
        self._client = client
        self._groups = list(groups)
        self._tokens: dict[tuple[str, str], str] = {}

    def read(self) -> list[str]:
        """The lines that are new, oldest first."""
        events = [event for group in self._groups for event in self._of_group(group)]
        ordered = sorted(events, key=lambda event: event["timestamp"])
        return [line for event in ordered if (line := _line(event["message"]))]

    def follow(self) -> Iterator[str]:
        """The lines that are new, as they come."""
        try:
            while True:
                yield from self.read()
                time.sleep(_POLL_SECONDS)
        except EndpointConnectionError as error:
            raise LocalRunError("The local AWS was stopped.") from error

    def _of_group(self, group: str) -> Iterator[Any]:
        for page in self._client.get_paginator("describe_log_streams").paginate(logGroupName=group):
            for stream in page["logStreams"]:
                yield from self._of_stream(group, stream["logStreamName"])

    def _of_stream(self, group: str, stream: str) -> list[Any]:
        token = self._tokens.get((group, stream))
        position = {"nextToken": token, "startFromHead": True} if token else {}
        answer = self._client.get_log_events(logGroupName=group, logStreamName=stream, **position)
        self._tokens[group, stream] = answer["nextForwardToken"]
        return list(answer["events"])


def _line(message: str) -> str | None:
    """A structured line as it was written; None for metrics and for what Lambda writes."""
    return message.rstrip() if message.startswith("{") and not message.startswith('{"_aws"') else None
