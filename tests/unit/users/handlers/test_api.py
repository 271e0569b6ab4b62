"""The endpoints over users in memory, and what it takes to load them."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
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

ROOT = Path(__file__).parents[4]
READ = """
import sys
from dataclasses import replace
from lambda_common.router import Router
from tests.answers import Api
from tests.builders import a_user, an_observability
from tests.fakes import InMemoryUserRepository
from users import bootstrap
from users.handlers.api import UsersApi
from users.handlers.avatars import AvatarsApi
from users.handlers.problems import PROBLEMS

users, observability = InMemoryUserRepository(), an_observability()
users.create(replace(a_user(), avatar_key="uploads/123/a"))
avatars = AvatarsApi(users, bootstrap.image_store("bucket"))
routes = {**UsersApi(users, observability).routes(), **avatars.routes()}
api = Api(Router(routes, PROBLEMS, observability).handle)
assert api("get-user").status == 200
assert api("get-user-by-query").status == 200
assert api("list-users").status == 200
assert api("get-avatar").status == 302
assert api("health").status == 200
assert api("delete-user").status == 200
print(*sys.modules, file=sys.stderr)
"""
IMPORT = """
import sys
import users.handlers.api
print(*sys.modules, file=sys.stderr)
"""
START = """
import os, sys
os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "users"
import users.handlers.api
print(*sys.modules, file=sys.stderr)
"""
FOR_BODIES = {"pydantic", "pydantic_core", "email_validator"}
OF_OTHER_FUNCTIONS = {
    f"users.adapters.{name}" for name in ("effects", "images", "ses", "sns", "sqs", "stream")
}
OF_OTHER_FUNCTIONS |= {"PIL", "lambda_common.batches", "users.adapters.avatars", "users.domain.events"}
OF_OTHER_FUNCTIONS |= {"users.handlers.answers", "users.domain.schemas"}  # only its description needs them


def modules_loaded_by(program: str) -> set[str]:
    """The modules that a program, which ends by telling them, has loaded."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}/src:{ROOT}/layers/common:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return set(done.stderr.split())


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


class TestLoading:
    """A cold start loads what its request needs."""

    @pytest.mark.parametrize("program", [READ, IMPORT, START], ids=["read", "import", "start"])
    def test_reads_never_load_pydantic(self, program: str) -> None:
        loaded = modules_loaded_by(program)
        assert {"aws_lambda_powertools", "users.handlers.avatars"} <= loaded
        assert not loaded & FOR_BODIES

    @pytest.mark.parametrize("program", [READ, IMPORT, START], ids=["read", "import", "start"])
    def test_what_other_functions_do_is_never_loaded(self, program: str) -> None:
        loaded = modules_loaded_by(program)
        assert "users.bootstrap" in loaded
        assert not loaded & OF_OTHER_FUNCTIONS

    def test_adapters_are_loaded_at_the_start(self) -> None:
        assert {"users.adapters.dynamodb", "users.adapters.s3"} <= modules_loaded_by(START)

    def test_the_names_of_what_is_not_loaded_are_right(self) -> None:
        for name in OF_OTHER_FUNCTIONS | FOR_BODIES:
            assert importlib.util.find_spec(name), name

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
