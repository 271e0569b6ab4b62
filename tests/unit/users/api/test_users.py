"""The API over users in memory: errors that are not expected, and missing settings."""

import importlib
from dataclasses import replace

import pytest

from lambda_common.settings import SettingsError
from tests.helpers.builders import a_user
from tests.helpers.fakes import InMemoryUserRepository
from tests.helpers.logs import Logs
from tests.helpers.responses import Api
from users import bootstrap
from users.api import handler

SECRET = "john@example.com"


class TestUnexpectedError:
    """One 500 that reveals nothing but the id of the request."""

    @pytest.mark.parametrize("kind", [RuntimeError, ValueError, RecursionError, AssertionError, TypeError])
    @pytest.mark.parametrize("event", ["get-user", "create-user"])
    def test_internal_error_when_the_code_fails(
        self, monkeypatch: pytest.MonkeyPatch, logs: Logs, event: str, kind: type[Exception]
    ) -> None:
        def fail() -> None:
            raise kind(SECRET)

        monkeypatch.setattr(bootstrap, "user_repository", fail)
        response = Api(handler.lambda_handler)(event)
        assert (response.status, response.problem) == (500, "internal-error")
        failed, finished = logs.lines
        assert (failed["level"], failed["error_types"]) == ("ERROR", [kind.__name__])
        assert "fail" in failed["stack"][-1]
        assert failed["correlation_id"] == finished["correlation_id"] == response.json["requestId"]
        assert [metric["outcome"] for metric in logs.metrics] == ["internal-error"]
        assert SECRET not in response.text + logs.text
        assert kind.__name__ not in response.text

    def test_internal_error_when_the_response_does_not_match_its_model(
        self, monkeypatch: pytest.MonkeyPatch, logs: Logs
    ) -> None:
        users = InMemoryUserRepository()
        users.create(replace(a_user(), version=0))
        monkeypatch.setattr(bootstrap, "user_repository", lambda: users)
        assert Api(handler.lambda_handler)("get-user-by-query").status == 500
        assert logs.lines[0]["level"] == "ERROR"


def test_import_fails_when_a_setting_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first request."""
    monkeypatch.delenv("USER_EMAILS_TABLE_NAME")
    with pytest.raises(SettingsError, match="USER_EMAILS_TABLE_NAME"):
        importlib.reload(handler)
