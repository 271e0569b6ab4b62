"""What requests leave in logs and metrics: their course, and nothing of the people in them."""

import re

import pytest
from aws_lambda_powertools.logging import logger as powertools_logger
from aws_lambda_powertools.metrics.provider import cold_start

from tests.helpers.answers import Api
from tests.helpers.events import API_EVENTS, changed_event
from tests.helpers.logs import Logs
from tests.integration.api.test_routing import with_method

PEOPLE = re.compile(r"john|jane|doe|example\.com|%40", re.IGNORECASE)


@pytest.fixture
def _new_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Powertools keeps for each process whether it has been called before."""
    monkeypatch.setattr(powertools_logger, "is_cold_start", True)
    monkeypatch.setattr(cold_start, "is_cold_start", True)


class TestLogLine:
    """One line for each request."""

    @pytest.mark.usefixtures("_new_environment")
    def test_tells_what_happened(self, api: Api, logs: Logs) -> None:
        event = changed_event("create-user")
        api.send(event)
        [line] = logs.lines
        assert (
            line.items()
            >= {
                "level": "INFO",
                "message": "Finished",
                "correlation_id": event["requestContext"]["requestId"],
                "function_request_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
                "operation": "create_user",
                "route": "POST /users",
                "status": 201,
                "outcome": "success",
                "cold_start": True,
            }.items()
        )

    @pytest.mark.usefixtures("_new_environment")
    def test_only_the_first_request_is_a_cold_start(self, api: Api, logs: Logs) -> None:
        for _ in range(3):
            api("health")
        assert [line["cold_start"] for line in logs.lines] == [True, False, False]
        assert [line["ColdStart"] for line in logs.emf if "ColdStart" in line] == [[1.0]]

    def test_each_line_has_its_own_correlation_id(self, api: Api, logs: Logs) -> None:
        names = ["create-user", "get-user", "delete-user"]
        for name in names:
            api(name)
        ids = [changed_event(name)["requestContext"]["requestId"] for name in names]
        assert [line["correlation_id"] for line in logs.lines] == ids

    @pytest.mark.parametrize(
        ("name", "outcome"),
        [("get-user", "user-not-found"), ("replace-user", "user-not-found"), ("list-users", "success")],
    )
    def test_what_is_expected_is_logged_at_info(self, api: Api, logs: Logs, name: str, outcome: str) -> None:
        api(name)
        assert [(line["level"], line["outcome"]) for line in logs.lines] == [("INFO", outcome)]

    @pytest.mark.parametrize(("name", "method"), [("list-users", "OPTIONS"), ("health", "OPTIONS")])
    def test_the_operation_has_a_readable_name(self, api: Api, logs: Logs, name: str, method: str) -> None:
        api.send(with_method(name, method))
        [line] = logs.lines
        assert re.fullmatch("[a-z_]+", line["operation"])


class TestPrivacy:
    """Neither names nor addresses are written anywhere, whatever the outcome."""

    @pytest.mark.parametrize("name", API_EVENTS)
    def test_nothing_of_the_user_is_written(self, api: Api, logs: Logs, name: str) -> None:
        for _ in range(2):
            api("create-user")
            api(name)
        assert logs.lines
        assert not PEOPLE.search(logs.text)

    @pytest.mark.parametrize(
        "body",
        [
            '{"name": "John Doe", "email": "john@"}',
            '{"john@example.com": 1}',
            "john@example.com",
            '{"userId": "john@example.com", "name": "Jane", "email": "jane@example.com"}',
        ],
    )
    def test_nothing_of_the_body_is_written_when_it_is_refused(self, api: Api, logs: Logs, body: str) -> None:
        for name in ("create-user", "replace-user", "replace-user-in-body", "update-user"):
            assert api(name, body=body).status == 400
        assert not PEOPLE.search(logs.text)

    def test_nothing_of_path_query_or_headers_is_written(self, api: Api, logs: Logs) -> None:
        api("get-user", user_id="john@example.com")
        api("list-users", query={"john@example.com": "doe"})
        api("find-user-by-email", query={"email": "john@"})
        api("create-user", headers={"Idempotency-Key": "john doe"})
        api.send(changed_event("get-user") | {"resource": "/x", "path": "/john@example.com"})
        assert len(logs.lines) == 5
        assert not PEOPLE.search(logs.text)


class TestMetrics:
    """Every request is counted by operation and outcome, and what it did to users by name."""

    @pytest.mark.parametrize(
        ("name", "count"),
        [
            ("create-user", "UserCreated"),
            ("replace-user", "UserUpdated"),
            ("update-user", "UserUpdated"),
            ("delete-user", "UserDeleted"),
        ],
    )
    def test_changes_are_counted(self, api: Api, logs: Logs, name: str, count: str) -> None:
        if name != "create-user":
            api("create-user")
        api(name)
        assert logs.metrics[-1][count] == [1.0]

    def test_nothing_is_counted_as_done_when_it_failed_or_was_replayed(self, api: Api, logs: Logs) -> None:
        api("create-user-idempotent")
        api("create-user-idempotent")
        api("create-user")
        api("update-user")
        api("delete-user")
        counted = [set(metric) & {"UserCreated", "UserUpdated", "UserDeleted"} for metric in logs.metrics]
        assert [names for names in counted if names] == [{"UserCreated"}]

    def test_each_line_is_valid_emf(self, api: Api, logs: Logs) -> None:
        for name in ("create-user", "get-user", "create-user", "delete-user"):
            api(name)
        assert len(logs.metrics) == 4
        for line in logs.metrics:
            [directive] = line["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == "ServerlessUsersApi"
            assert directive["Dimensions"] == [["operation", "outcome", "service"]]
            units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
            assert units.items() >= {"Operations": "Count", "Duration": "Milliseconds"}.items()
            assert all(isinstance(line[name], list) for name in units)
            assert line["Duration"] > [0]

    def test_success_and_each_kind_of_failure_are_told_apart(self, api: Api, logs: Logs) -> None:
        api("create-user")
        api("create-user")
        api("create-user", body="{")
        assert [(metric["operation"], metric["outcome"]) for metric in logs.metrics] == [
            ("create_user", "success"),
            ("create_user", "user-exists"),
            ("create_user", "malformed-body"),
        ]
