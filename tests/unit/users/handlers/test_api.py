"""The endpoints over users in memory, and how they start."""

import importlib.util
from types import ModuleType

import pytest

from lambda_common.router import Router
from lambda_common.settings import MissingSettingError
from tests.answers import Api, check_user
from tests.builders import a_user, an_observability
from tests.fakes import InMemoryUserRepository
from users.handlers import api as handler
from users.handlers.api import UsersApi
from users.handlers.problems import PROBLEMS


def load_handler() -> ModuleType:
    """Run the module as Lambda does when an execution environment starts."""
    spec = importlib.util.find_spec("users.handlers.api")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def users() -> InMemoryUserRepository:
    """No users."""
    return InMemoryUserRepository()


@pytest.fixture
def api(users: InMemoryUserRepository) -> Api:
    """The API over users in memory."""
    observability = an_observability()
    return Api(Router(UsersApi(users, observability).routes(), PROBLEMS, observability).handle)


class TestEndpoints:
    """Each endpoint parses, calls and maps."""

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


class TestStart:
    """In Lambda the collaborators are built before the first request."""

    def test_built_at_once_when_it_runs_in_lambda(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
        assert load_handler().router.cache_info().currsize == 1

    def test_fails_at_once_when_a_setting_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "users")
        monkeypatch.delenv("USER_EMAILS_TABLE_NAME")
        with pytest.raises(MissingSettingError, match="USER_EMAILS_TABLE_NAME"):
            load_handler()

    def test_waits_for_a_request_when_it_runs_elsewhere(self) -> None:
        assert load_handler().router.cache_info().currsize == 0


class TestRouter:
    """The API with what it needs."""

    def test_built_once(self) -> None:
        assert handler.router() is handler.router()

    def test_has_the_settings_of_the_function(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CORS_ALLOWED_ORIGINS", "https://a.example.com, https://b.example.com")
        assert handler.router().allowed_origins == ("https://a.example.com", "https://b.example.com")
        assert handler.router().problems is PROBLEMS
