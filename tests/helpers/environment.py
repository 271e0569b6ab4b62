"""The environment of tests: the variables of a function, and no real AWS."""

import re
import sys

import pytest

from tests.helpers.template import Intrinsic, function_variables, load_template

REGION = "eu-west-1"
ACCOUNT = "123456789012"
_UNWANTED = (
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"),
    *("AWS_LAMBDA_FUNCTION_NAME", "LAMBDA_TASK_ROOT"),
)
AWS_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_PSEUDO_PARAMETERS = {"AWS::StackName": "users", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
_RESOURCES = {
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SQS::Queue": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{}}",
}
"""The value of a reference to a resource, by its type; its logical id if the type is not listed."""


def prepare(monkeypatch: pytest.MonkeyPatch, function: str = "UsersApiFunction") -> None:
    """Set the variables that template.yaml gives a function, with resources named by their logical ids."""
    for name in _UNWANTED:
        monkeypatch.delenv(name, raising=False)
    for name, value in function_environment(function).items():
        monkeypatch.setenv(name, value)
    forget_collaborators()


def function_environment(function: str) -> dict[str, str]:
    """The variables of a function as template.yaml and Lambda set them."""
    variables = function_variables(function).items()
    return AWS_VARIABLES | {name: as_deployed(value) for name, value in variables}


def forget_collaborators() -> None:
    """Clear the caches of collaborators that are built once per environment, except AWS clients."""
    for name, module in list(sys.modules.items()):
        if name == "users.bootstrap":
            for member in vars(module).values():
                if hasattr(member, "cache_clear") and member.__module__ == name:
                    member.cache_clear()


def as_deployed(value: str | Intrinsic) -> str:
    """The value of a variable after CloudFormation has resolved it."""
    if isinstance(value, str):
        return value
    if value.tag == "Join":
        return "https://app.example.com,https://admin.example.com"
    if value.tag == "GetAtt":
        return f"users-images-{ACCOUNT}-{REGION}"  # the one attribute in a variable is the bucket's name
    if value.tag == "Sub":
        return re.sub(r"\$\{(.+?)\}", lambda name: _PSEUDO_PARAMETERS[name[1]], value.value)
    return _referred(value.value)


def _referred(name: str) -> str:
    parameters, resources = load_template()["Parameters"], load_template()["Resources"]
    if name in parameters:
        return str(parameters[name]["Default"])
    if "BucketName" in resources[name]["Properties"]:
        return as_deployed(resources[name]["Properties"]["BucketName"])
    return _RESOURCES.get(resources[name]["Type"], "{}").format(name)
