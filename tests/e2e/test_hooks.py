"""The hooks of deployments check the API of the local stack. Only the report to CodeDeploy is not real."""

from types import SimpleNamespace
from typing import Any

import pytest

from deployment import hooks
from tests.helpers.responses import Context
from tools.local.stack import Stack

EVENT = {"DeploymentId": "d-A1B2C3D4E", "LifecycleEventHookExecutionId": "execution"}


@pytest.fixture
def reports(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statuses that CodeDeploy gets, which the local AWS does not have."""
    reports: list[str] = []
    outputs = [{"OutputKey": "ApiUrl", "OutputValue": stack.url()}]  # the stack's own URL leads to AWS
    clients: dict[str, Any] = {
        "codedeploy": SimpleNamespace(
            put_lifecycle_event_hook_execution_status=lambda status, **_: reports.append(status)
        ),
        "cloudformation": SimpleNamespace(describe_stacks=lambda **_: {"Stacks": [{"Outputs": outputs}]}),
        "lambda": stack.aws.client("lambda"),
    }
    monkeypatch.setattr(hooks, "client", clients.__getitem__)
    function = stack.outputs()["UsersApiFunctionName"]
    monkeypatch.setenv("NEW_VERSION_ARN", f"{stack.function(function)['FunctionArn']}:live")
    monkeypatch.setenv("STACK_ID", "stack")
    return reports


def test_both_succeed_when_the_api_works(reports: list[str]) -> None:
    """The version is invoked, and the URL is called."""
    hooks.before_traffic(EVENT, Context())
    hooks.after_traffic(EVENT, Context())
    assert reports == ["Succeeded", "Succeeded"]
