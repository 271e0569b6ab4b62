"""The input of SAM CLI, and its output."""

from typing import Any

import pytest

from tools.local.console import LocalRunError
from tools.local.sam_local import is_failure, with_variables
from tools.local.workspace import host_architecture


def template(**resources: Any) -> dict[str, Any]:
    """A built template."""
    parameters: dict[str, Any] = {name: {} for name in ("Stage", "SenderEmailAddress", "Architecture")}
    return {"Parameters": parameters, "Resources": resources}


def function(**properties: Any) -> dict[str, Any]:
    """A function of a template."""
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def test_the_template_names_the_variables_of_the_deployed_function() -> None:
    """SAM CLI sets only those."""
    api = function(Environment={"Variables": {"TABLE": {"Ref": "Table"}}})
    changed = with_variables(template(Api=api), {"Api": {"TABLE": "t", "AWS_REGION": "r"}})
    variables = changed["Resources"]["Api"]["Properties"]["Environment"]["Variables"]
    assert variables == {"TABLE": "", "AWS_REGION": ""}
    assert changed["Parameters"]["Stage"]["Default"] == "local"
    assert changed["Parameters"]["Architecture"]["Default"] == host_architecture()


def test_a_function_that_its_condition_leaves_out_is_removed() -> None:
    """SAM CLI ignores conditions."""
    hook = function() | {"Condition": "DeploysGradually"}
    assert with_variables(template(Hook=hook), {})["Resources"] == {}


def test_the_message_names_a_function_that_is_not_deployed() -> None:
    """A new one."""
    with pytest.raises(LocalRunError, match=r"New is not deployed\. Run make up"):
        with_variables(template(New=function()), {})


@pytest.mark.parametrize(
    ("response", "failed"),
    [
        ("null", False),
        ('{"statusCode": 500}', False),
        ('"errorType"', False),
        ('{"errorType": "KeyError", "errorMessage": "x"}', True),
        ("", True),
        ("Function timed out", True),
    ],
)
def test_a_failure_is_an_error_or_no_response(response: str, *, failed: bool) -> None:
    """SAM CLI exits with 0 in any case."""
    assert is_failure(response) == failed
