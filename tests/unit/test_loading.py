"""What each function loads for each kind of request: a cold start pays for every module.

The lists are whole: what is not in one may not be loaded. A package that appears here has to be worth it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import function_environment

ROOT = Path(__file__).parents[2]
OURS = {"lambda_common", "users"}
SDK = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
OF_BODIES = {"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"}
OF_ADDRESSES = {"email_validator", "idna"}
LOGGER = {"aws_lambda_powertools", "typing_extensions"}

START = "import users.handlers.{handler}"
REQUESTS = """
from dataclasses import replace
from tests.answers import Api
from tests.builders import a_user, an_observability
from tests.fakes import InMemoryUserRepository
from lambda_common.router import Router
from users import bootstrap
from users.handlers import api as handler
from users.handlers.avatars import AvatarsApi
from users.handlers.problems import PROBLEMS

users, observability = InMemoryUserRepository(), an_observability()
users.create(replace(a_user(), avatar_key="uploads/123/a"))
avatars = AvatarsApi(users, lambda: bootstrap.image_store("bucket"))
routes = {{**handler.UsersApi(users, observability).routes(), **avatars.routes()}}
api = Api(Router(routes, PROBLEMS, observability).handle)
for event in {events}:
    assert api(event).status < 400, event
"""
READS = ["get-user", "get-user-by-query", "list-users", "health", "delete-user"]
WRITES = ["replace-user", "update-user", "replace-user-in-body"]
UNUSUAL = (
    REQUESTS.format(events=[]) + 'api("find-user-by-email", query={"email": "john@b\u00fccher.example"})'
)
KINDS = {
    "api: start": (START.format(handler="api"), OURS | SDK),
    "api: read": (REQUESTS.format(events=READS), OURS | SDK),
    "api: redirect to an avatar": (REQUESTS.format(events=["get-avatar"]), OURS | SDK),
    "api: search by address": (REQUESTS.format(events=["find-user-by-email"]), OURS | SDK),
    "api: search by an unusual address": (UNUSUAL, OURS | SDK | OF_ADDRESSES),
    "api: write": (REQUESTS.format(events=WRITES), OURS | SDK | OF_BODIES),
    "api: form for an avatar": (REQUESTS.format(events=["create-avatar-upload"]), OURS | SDK | OF_BODIES),
    "thumbnails: start": (START.format(handler="thumbnails"), OURS | SDK | {"PIL"}),
    "user_stream: start": (START.format(handler="user_stream"), OURS | SDK | OF_BODIES),
    "user_events: start": (START.format(handler="user_events"), OURS | SDK | OF_BODIES),
    "cleanup: start": (START.format(handler="cleanup"), OURS | SDK),
    "documents: start": ("import api_docs.handler", {"lambda_common", "api_docs"}),
}
FUNCTIONS = {
    "api": "UsersApiFunction",
    "thumbnails": "ThumbnailsFunction",
    "user_stream": "UserStreamFunction",
    "user_events": "UserEventsFunction",
    "cleanup": "CleanupFunction",
    "documents": "DocumentsFunction",
}
NOT_OF_THE_API = {"effects", "images", "ses", "sns", "sqs", "stream", "avatars"}


def modules_loaded_by(program: str, function: str) -> set[str]:
    """The modules that a program has loaded at its end, in the environment of a function in Lambda."""
    environment = function_environment(function) | {
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}/src:{ROOT}/documents:{ROOT}/layers/common:{ROOT}",
    }
    tell = "\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program + tell],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def packages(modules: set[str]) -> set[str]:
    """The packages that are neither Python's own nor the tests' (certifi is in no layer)."""
    names = {module.partition(".")[0] for module in modules if not module.startswith("_")}
    return names - sys.stdlib_module_names - {"tests", "certifi"}


@pytest.mark.parametrize("kind", KINDS)
def test_loads_these_packages_and_no_others(kind: str) -> None:
    """The table above, seen."""
    program, expected = KINDS[kind]
    function = FUNCTIONS[kind.partition(":")[0]]
    assert packages(modules_loaded_by(program, function)) == expected


def test_the_api_loads_no_adapter_of_other_functions() -> None:
    """Every function carries the same code."""
    modules = modules_loaded_by(*KINDS["api: start"][:1], "UsersApiFunction")
    assert "users.adapters.dynamodb" in modules
    assert not {f"users.adapters.{name}" for name in NOT_OF_THE_API} & modules
    assert not {"users.handlers.answers", "users.domain.schemas"} & modules  # only its description needs them
    assert {path.stem for path in (ROOT / "src/users/adapters").glob("*.py")} >= NOT_OF_THE_API


def test_what_goes_wrong_loads_the_logger() -> None:
    """Nothing else does: it takes a tenth of a cold start."""
    failure = REQUESTS.format(events=READS) + "\nobservability.failed(RuntimeError())"
    loaded = packages(modules_loaded_by(failure, "UsersApiFunction"))
    assert loaded == OURS | SDK | LOGGER
