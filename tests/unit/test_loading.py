"""The modules that each function loads for each kind of request, which cost time at a cold start.

The lists are complete: other modules must not be loaded.
"""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.helpers.environment import function_environment
from tests.helpers.markdown import PROJECT

OURS = {"lambda_common", "users"}
SDK = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
OBSERVABILITY = {"aws_lambda_powertools", "opentelemetry", "typing_extensions"}
ALWAYS = OURS | SDK | OBSERVABILITY
MODELS = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
ADDRESSES = {"email_validator", "idna"}

POWERTOOLS = "aws_lambda_powertools"
OPENAPI = f"{POWERTOOLS}.event_handler.openapi"
SIGNATURES = {f"{OPENAPI}.{name}" for name in ("compat", "dependant", "params")}
VALIDATION = SIGNATURES | {
    f"{OPENAPI}.encoders",
    f"{POWERTOOLS}.event_handler.middlewares.openapi_validation",
}
DOCUMENT = {"users.api.openapi", f"{OPENAPI}.models"}
IMAGES = {f"users.adapters.{path.stem}" for path in (PROJECT / "src/users/adapters").glob("s3.py")}
NEVER = {f"{POWERTOOLS}.utilities.{name}" for name in ("parameters", "validation", "feature_flags")} | {
    "aws_xray_sdk",
    "unittest",
}
OF_CONSUMERS = {f"{POWERTOOLS}.utilities.batch", f"{POWERTOOLS}.utilities.idempotency"}
OTHER_ADAPTERS = {
    f"users.adapters.{path.stem}"
    for path in (PROJECT / "src/users/adapters").glob("*.py")
    if path.stem not in {"__init__", "dynamodb", "errors", "items", "s3", "transactions"}
}

REQUESTS = """
from dataclasses import replace
from tests.helpers.responses import Context
from tests.helpers.builders import a_user
from tests.helpers.events import changed_event
from tests.helpers.fakes import InMemoryUserRepository
from users import bootstrap
from users.api import handler

users = InMemoryUserRepository()
user = a_user()
user = replace(user, avatar_key="uploads/123/a")
users.create(user)
bootstrap.user_repository()
bootstrap.user_repository = lambda: users
for name in {events}:
    response = handler.lambda_handler(changed_event(name), Context())
    assert response["statusCode"] < 400, response
"""
TABLE = {
    "start": ([], ALWAYS, set()),
    "read": (["get-user", "health"], ALWAYS, set()),
    "redirect to an avatar": (["get-avatar"], ALWAYS, IMAGES),
    "search": (["get-user-by-query"], ALWAYS | MODELS, VALIDATION),
    "list": (["list-users"], ALWAYS | MODELS, VALIDATION),
    "delete": (["delete-user"], ALWAYS | MODELS, VALIDATION),
    "search by address": (["find-user-by-email"], ALWAYS | MODELS | ADDRESSES, VALIDATION),
    "change": (
        ["replace-user", "update-user", "replace-user-in-body"],
        ALWAYS | MODELS | ADDRESSES,
        VALIDATION,
    ),
    "form for an avatar": (["create-avatar-upload"], ALWAYS | MODELS, VALIDATION | IMAGES),
    "page of the documentation": (["get-docs"], ALWAYS, IMAGES),
    "OpenAPI document": (["get-openapi"], ALWAYS | MODELS, SIGNATURES | DOCUMENT),
}
"""Events of the API, the packages that they load, and of `OPTIONAL` the modules."""
OPTIONAL = VALIDATION | DOCUMENT | IMAGES | NEVER | OF_CONSUMERS | OTHER_ADAPTERS
CONSUMERS = {
    "thumbnails": ("ThumbnailsFunction", ALWAYS | {"PIL"}),
    "user_stream": ("UserStreamFunction", ALWAYS | MODELS),
    "user_events": ("UserEventsFunction", ALWAYS | MODELS),
    "cleanup": ("CleanupFunction", ALWAYS),
}


# A lazy module has not run yet.
PRINT_LOADED = """
import importlib.util, sys
loaded = (name for name, module in sys.modules.items() if type(module) is not importlib.util._LazyModule)
print(*loaded, file=sys.stderr)
"""


def modules_loaded_by(program: str, function: str) -> set[str]:
    """The modules that a program has loaded at its end, in the environment of a function in Lambda."""
    environment = function_environment(function) | {
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{PROJECT}/src:{PROJECT}/layers/common:{PROJECT}",
    }
    command = [sys.executable, "-c", program + PRINT_LOADED]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def packages(modules: set[str]) -> set[str]:
    """The packages that are neither Python's own nor the tests' (certifi is in no layer)."""
    names = {module.partition(".")[0] for module in modules if not module.startswith("_")}
    return names - sys.stdlib_module_names - {"tests", "certifi"}


@pytest.mark.parametrize("kind", TABLE)
def test_a_request_loads_these_packages_and_modules_and_no_others(kind: str) -> None:
    """The table above."""
    events, expected, optional = TABLE[kind]
    program = REQUESTS.format(events=events) if events else "import users.api.handler"
    modules = modules_loaded_by(program, "UsersApiFunction")
    assert packages(modules) == expected
    assert modules & OPTIONAL == optional


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_consumer_starts_with_these_packages_and_no_others(name: str) -> None:
    """The first event loads its collaborators and what they need."""
    function, expected = CONSUMERS[name]
    modules = modules_loaded_by(f"import users.consumers.{name}", function)
    assert packages(modules) == expected
    assert not modules & NEVER
    assert not {module for module in modules if module.startswith(("users.api", OPENAPI))}


def test_the_modules_are_there() -> None:
    """A name that is no module would never be loaded."""
    absent = {"aws_xray_sdk"}
    assert {name for name in OPTIONAL - absent if find_spec(name) is None} == set()
