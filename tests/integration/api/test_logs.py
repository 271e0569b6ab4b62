"""Logs, metrics and traces of requests, without personal data."""

import re

import pytest
from aws_lambda_powertools.logging import logger as powertools_logger
from aws_lambda_powertools.metrics.provider import cold_start
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.helpers.events import API_EVENTS, changed_event
from tests.helpers.logs import Logs
from tests.helpers.responses import Api
from tests.helpers.traces import Daemon, attributes
from tests.integration.api.test_routing import with_method

PEOPLE = re.compile(r"john|jane|doe|example\.com|%40", re.IGNORECASE)
CLIENT = "7lhlkkfbfb4q5kpp90urffao"
CHANGES = {
    "create-user": "UserCreated",
    "replace-user": "UserUpdated",
    "update-user": "UserUpdated",
    "delete-user": "UserDeleted",
}


class TestLogLine:
    """One line for each request."""

    def test_has_operation_outcome_and_correlation_id(
        self, api: Api, logs: Logs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(powertools_logger, "is_cold_start", True)  # as in a new process
        monkeypatch.setattr(cold_start, "is_cold_start", True)
        events = [changed_event(name) for name in ("create-user", "get-user", "delete-user")]
        events[0] = changed_event("create-user", client_id="another")
        for event in events:
            api.send(event)
        assert logs.lines[0].items() >= {
            "level": "INFO", "message": "Finished", "operation": "create_user", "route": "POST /users",
            "status": 201, "outcome": "success", "cold_start": True,
            "function_request_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        }.items()  # fmt: skip
        ids = [event["requestContext"]["requestId"] for event in events]
        assert [line["correlation_id"] for line in logs.lines] == ids
        assert [line["actor"] for line in logs.lines] == ["another", CLIENT, CLIENT]
        assert [line["cold_start"] for line in logs.lines] == [True, False, False]
        assert [line["ColdStart"] for line in logs.emf if "ColdStart" in line] == [[1.0]]

    @pytest.mark.parametrize("name", ["list-users", "health"])
    def test_has_a_readable_operation_when_no_route_is_called(self, api: Api, logs: Logs, name: str) -> None:
        api.send(with_method(name, "OPTIONS"))
        [line] = logs.lines
        assert re.fullmatch("[a-z_]+", line["operation"])


class TestPrivacy:
    """Neither names nor addresses are logged, whatever the outcome."""

    @pytest.mark.parametrize("name", API_EVENTS)
    def test_nothing_of_the_user_is_logged(self, api: Api, logs: Logs, name: str) -> None:
        for _ in range(2):
            api("create-user")
            api(name)
        assert logs.lines
        assert not PEOPLE.search(logs.text)

    @pytest.mark.parametrize("name", ["create-user", "replace-user", "replace-user-in-body", "update-user"])
    @pytest.mark.parametrize(
        "body",
        [
            *('{"name": "John Doe", "email": "john@"}', '{"john@example.com": 1}', "john@example.com"),
            '{"userId": "john@example.com", "name": "Jane", "email": "jane@example.com"}',
        ],
    )
    def test_nothing_of_the_body_is_logged_when_it_is_refused(
        self, api: Api, logs: Logs, name: str, body: str
    ) -> None:
        assert api(name, body=body).status == 400
        assert not PEOPLE.search(logs.text)

    def test_nothing_of_path_query_or_headers_is_logged(self, api: Api, logs: Logs) -> None:
        api("get-user", user_id="john@example.com")
        api("list-users", query={"john@example.com": "doe"})
        api("find-user-by-email", query={"email": "john@"})
        api("create-user", headers={"Idempotency-Key": "john doe"})
        api.send(changed_event("get-user") | {"resource": "/x", "path": "/john@example.com"})
        assert len(logs.lines) == 5
        assert not PEOPLE.search(logs.text)


class TestMetrics:
    """Every request is counted by operation and outcome, and each change of a user by its kind."""

    @pytest.mark.parametrize("name", CHANGES)
    def test_changes_are_counted(self, api: Api, logs: Logs, name: str) -> None:
        if name != "create-user":
            api("create-user")
        api(name)
        assert logs.metrics[-1][CHANGES[name]] == [1.0]

    def test_no_change_is_counted_when_a_request_failed_or_was_replayed(self, api: Api, logs: Logs) -> None:
        for name in (*2 * ["create-user-idempotent"], "create-user", "update-user", "delete-user"):
            api(name)
        counted = [set(metric) & set(CHANGES.values()) for metric in logs.metrics]
        assert [names for names in counted if names] == [{"UserCreated"}]

    def test_each_outcome_is_counted_by_itself(self, api: Api, logs: Logs) -> None:
        for body in (None, None, "{"):
            api("create-user", body=body)
        counted = [(metric["operation"], metric["outcome"]) for metric in logs.metrics]
        assert counted == [("create_user", name) for name in ("success", "user-exists", "malformed-body")]
        assert [line["level"] for line in logs.lines] == 3 * ["INFO"]


@pytest.mark.parametrize(("name", "status"), [("create-user", 201), ("get-user", 404)])
def test_a_span_has_the_operation_and_the_status(api: Api, daemon: Daemon, name: str, status: int) -> None:
    """X-Ray marks 4xx as an error by the status."""
    api(name)
    [span] = [span for span in daemon.spans() if span.name == "## " + name.replace("-", "_")]
    assert attributes(span)["http.response.status_code"] == status
    assert span.status.code != Status.STATUS_CODE_ERROR
