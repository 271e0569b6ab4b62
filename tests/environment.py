"""The environment that tests of the code run in: the function's variables, and no real AWS."""

import pytest

from tests.template import Intrinsic, function_variables
from users import bootstrap
from users.handlers import api

REGION = "eu-west-1"
_CACHES = (bootstrap, api)
_UNWANTED = (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_PROFILE",
    "LAMBDA_TASK_ROOT",
)
_WANTED = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def prepare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the variables that template.yaml gives UsersApiFunction, tables named by their logical ids."""
    for name in _UNWANTED:
        monkeypatch.delenv(name, raising=False)
    for name, value in _WANTED.items():
        monkeypatch.setenv(name, value)
    for name, value in function_variables("UsersApiFunction").items():
        monkeypatch.setenv(name, _as_deployed(value))
    forget_collaborators()


def forget_collaborators() -> None:
    """Forget what is built once for each execution environment, but for the clients of AWS."""
    for module in _CACHES:
        for member in vars(module).values():
            if hasattr(member, "cache_clear") and member.__module__ == module.__name__:
                member.cache_clear()


def _as_deployed(value: str | Intrinsic) -> str:
    if isinstance(value, str):
        return value
    if value.tag == "Join":
        return "https://app.example.com,https://admin.example.com"
    return "INFO" if value.value == "LogLevel" else str(value.value)
