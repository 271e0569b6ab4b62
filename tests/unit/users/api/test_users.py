"""The routes of users over users in memory, and how the module starts."""

import importlib
from dataclasses import replace

import pytest

from lambda_common.settings import SettingsError
from tests.helpers.answers import Api, check_user
from tests.helpers.builders import a_user
from tests.helpers.fakes import InMemoryUserRepository
from tests.helpers.logs import Logs
from users import bootstrap
from users.api import handler
from users.api.users import user_body

SECRET = "john@example.com"


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> InMemoryUserRepository:
    """No users."""
    repository = InMemoryUserRepository()
    monkeypatch.setattr(bootstrap, "user_repository", lambda: repository)
    return repository


@pytest.fixture
def api(users: InMemoryUserRepository) -> Api:  # noqa: ARG001 - they are what it works on
    """The API over users in memory."""
    return Api(handler.lambda_handler)


class TestRoutes:
    """Each route parses, calls and maps."""

    def test_a_user_goes_through_all_of_them(self, api: Api) -> None:
        created = api("create-user").json["user"]
        check_user(created)
        assert api("get-user").json == created
        assert api("get-user-by-query").json == created
        assert api("find-user-by-email").json == api("list-users").json == {"users": [created]}
        assert api("replace-user").json["user"]["version"] == 2
        assert api("replace-user-in-body").json["user"]["version"] == 3
        assert api("update-user").json["user"]["name"] == "Johnny Doe"
        assert api("delete-user").json == {"message": "User deleted successfully"}
        assert api("delete-user-by-query").status == 404

    def test_pages_go_on_where_they_ended(self, api: Api, users: InMemoryUserRepository) -> None:
        for i in range(5):
            users.create(a_user(str(i)))
        first = api("list-users", query={"limit": "3"}).json
        second = api("list-users", query={"limit": "3", "cursor": first["nextCursor"]}).json
        assert [user["userId"] for user in first["users"] + second["users"]] == list("01234")
        assert "nextCursor" not in second

    def test_a_page_has_25_users_when_no_limit_is_given(
        self, api: Api, users: InMemoryUserRepository
    ) -> None:
        for i in range(26):
            users.create(a_user(str(i)))
        assert len(api("list-users").json["users"]) == 25


class TestExclusion:
    """A search is by one thing, or of pages."""

    @pytest.mark.parametrize(
        ("query", "refused"),
        [
            ({"userId": "1", "email": "a@b.de"}, "email"),
            ({"userId": "1", "limit": "1"}, "limit"),
            ({"userId": "1", "cursor": "MTox"}, "cursor"),
            ({"email": "a@b.de", "limit": "1"}, "limit"),
            ({"email": "a@b.de", "cursor": "MTox"}, "cursor"),
        ],
    )
    def test_refused_when_there_is_another(self, api: Api, query: dict[str, str], refused: str) -> None:
        response = api("list-users", query=query)
        assert (response.status, response.fields) == (400, {refused})


class TestUserBody:
    """The fields of the contract, and of the avatar nothing but paths."""

    def test_no_avatar_when_there_is_none(self) -> None:
        check_user(user_body(a_user()))
        assert "avatar" not in user_body(a_user())

    def test_three_paths_when_there_is_one(self) -> None:
        user = user_body(replace(a_user("a.b_c-1"), avatar_key="uploads/a.b_c-1/secret"))
        check_user(user)
        assert user["avatar"]["small"] == "/users/a.b_c-1/avatar/small"
        assert "secret" not in str(user)


class TestUnexpectedError:
    """What nobody foresaw is one 500 with nothing of the inside."""

    @pytest.mark.parametrize("kind", [RuntimeError, ValueError, RecursionError, AssertionError, TypeError])
    @pytest.mark.parametrize("event", ["get-user", "create-user"])
    def test_the_response_has_the_request_id_and_no_more(
        self, api: Api, monkeypatch: pytest.MonkeyPatch, logs: Logs, event: str, kind: type[Exception]
    ) -> None:
        def fail() -> None:
            raise kind(SECRET)

        monkeypatch.setattr(bootstrap, "user_repository", fail)
        response = api(event)
        assert (response.status, response.problem) == (500, "internal-error")
        failed, finished = logs.lines
        assert (failed["level"], failed["error_types"]) == ("ERROR", [kind.__name__])
        assert "fail" in failed["stack"][-1]
        assert failed["correlation_id"] == finished["correlation_id"] == response.json["requestId"]
        assert [metric["outcome"] for metric in logs.metrics] == ["internal-error"]
        for text in (response.text, logs.text):
            assert SECRET not in text
        assert kind.__name__ not in response.text

    def test_a_response_that_is_not_the_models_is_one(
        self, api: Api, users: InMemoryUserRepository, logs: Logs
    ) -> None:
        users.create(replace(a_user(), version=0))
        assert api("get-user-by-query").status == 500
        assert logs.lines[0]["level"] == "ERROR"


class TestStart:
    """Settings are checked when the module is imported, before the first request."""

    def test_fails_when_a_setting_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("USER_EMAILS_TABLE_NAME")
        with pytest.raises(SettingsError, match="USER_EMAILS_TABLE_NAME"):
            importlib.reload(handler)
