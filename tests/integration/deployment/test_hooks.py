"""The hooks of CodeDeploy, with the API's real handler as the new version."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import urllib3
from botocore.stub import Stubber

from deployment import hooks
from tests.helpers.environment import REGION
from tests.helpers.logs import Logs
from tests.helpers.responses import Api, Context
from tests.integration.tables import Items

ARN = f"arn:aws:lambda:{REGION}:123456789012:function:users:7"
EVENT = {"DeploymentId": "d-A1B2C3D4E", "LifecycleEventHookExecutionId": "execution"}


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The clients that the hooks use."""
    stack = {"Outputs": [{"OutputKey": "ApiUrl", "OutputValue": "https://api.example.com/prod"}]}
    cloudformation = SimpleNamespace(describe_stacks=lambda StackName: {"Stacks": [stack]})  # noqa: ARG005, N803
    codedeploy = boto3.client("codedeploy", region_name=REGION)
    clients = {"codedeploy": codedeploy, "cloudformation": cloudformation}
    monkeypatch.setattr(hooks, "client", clients.__getitem__)
    monkeypatch.setenv("NEW_VERSION_ARN", ARN)
    monkeypatch.setenv("STACK_ID", "stack")
    return clients


def run(hook: Callable[[Any, Any], None], clients: dict[str, Any]) -> str:
    """The status that a hook reports to CodeDeploy."""
    reports: list[dict[str, str]] = []
    with Stubber(clients["codedeploy"]) as stubber:
        clients["codedeploy"].meta.events.register(
            "provide-client-params", lambda params, **_: reports.append(params)
        )
        stubber.add_response("put_lifecycle_event_hook_execution_status", {})
        hook(EVENT, Context())
    [report] = reports
    assert report["deploymentId"] == EVENT["DeploymentId"]
    assert report["lifecycleEventHookExecutionId"] == EVENT["LifecycleEventHookExecutionId"]
    return report["status"]


class TestBeforeTraffic:
    """PreTrafficFunction."""

    def test_succeeds_and_writes_nothing_when_the_new_version_responds_as_expected(
        self, clients: dict[str, Any], api: Api, items: Items, logs: Logs
    ) -> None:
        def invoke(FunctionName: str, Payload: str) -> Any:  # noqa: N803
            assert FunctionName == ARN
            response = api.send(json.loads(Payload))
            return {"Payload": io.BytesIO(json.dumps({"statusCode": response.status}).encode())}

        clients["lambda"] = SimpleNamespace(invoke=invoke)
        api("create-user")  # the user of the sample events
        before = [items(table) for table in ("UsersTable", "UserEmailsTable", "IdempotencyTable")]
        assert run(hooks.before_traffic, clients) == "Succeeded"
        assert [items(table) for table in ("UsersTable", "UserEmailsTable", "IdempotencyTable")] == before
        assert [line["correlation_id"] for line in logs.lines[1:4]] == 3 * [EVENT["DeploymentId"]]

    @pytest.mark.parametrize("response", [{"statusCode": 500}, {"errorMessage": "timed out"}, None])
    def test_fails_when_the_new_version_does_not_or_cannot_be_invoked(
        self, clients: dict[str, Any], response: Any, logs: Logs
    ) -> None:
        assert run(hooks.before_traffic, clients) == "Failed"
        body = io.BytesIO(json.dumps(response).encode())
        clients["lambda"] = SimpleNamespace(invoke=lambda **_: {"Payload": body})
        assert run(hooks.before_traffic, clients) == "Failed"
        assert {line["message"] for line in logs.lines} >= {"Failed", "Finished"}


class TestAfterTraffic:
    """PostTrafficFunction."""

    @pytest.mark.parametrize(
        ("health", "status"),
        [(200, "Succeeded"), (500, "Failed"), (urllib3.exceptions.HTTPError(), "Failed")],
    )
    def test_reports_whether_the_api_responds_as_expected(
        self, clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch, health: Any, status: str
    ) -> None:
        responses = hooks.REQUESTS | {"/health": health}

        def request(_method: str, url: str, **_: Any) -> Any:
            response = responses[url.removeprefix("https://api.example.com/prod")]
            if isinstance(response, Exception):
                raise response
            return SimpleNamespace(status=response)

        monkeypatch.setattr(urllib3, "request", request)
        assert run(hooks.after_traffic, clients) == status
