"""CodeDeploy's hooks: check a new version of UsersApiFunction before and after it receives traffic.

Without a report, CodeDeploy waits for an hour. Therefore an exception is reported as a failure, and all
checks together take less than the timeouts of the functions.
"""

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.clients import client
from lambda_common.observability import logger, metrics, operation
from lambda_common.settings import load_settings

EVENTS = Path("events/users_api")  # below the working directory, which is the function's root in Lambda
HTTP_TIMEOUT_SECONDS = 29  # the timeout of API Gateway
REQUESTS = {"/health": 200, "/users": 401, f"/{uuid.uuid4()}": 404}
"""Paths, and the statuses of the API's responses to a GET without a token."""

type Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PreTrafficSettings:
    """PreTrafficFunction."""

    new_version_arn: str


@dataclass(frozen=True, kw_only=True)
class PostTrafficSettings:
    """PostTrafficFunction. The URL of the API would be a circular reference: its alias depends on hooks."""

    stack_id: str


class CheckFailedError(Exception):
    """A response does not have the expected status."""


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def before_traffic(event: Event, _context: LambdaContext) -> None:
    """Invoke the new version."""
    _report(event, "pre_traffic_hook", lambda: _check_version(event["DeploymentId"]))


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def after_traffic(event: Event, _context: LambdaContext) -> None:
    """Call the API through its URL."""
    _report(event, "post_traffic_hook", _check_url)


def smoke_events(request_id: str) -> list[tuple[Event, int]]:
    """Events of API Gateway that do not write, and the statuses of their responses."""
    health, unknown, refused = [
        json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
        for name in ("health", "get-user", "create-user")
    ]
    user_id = f"unknown-{uuid.uuid4()}"
    unknown |= {"path": f"/users/{user_id}", "pathParameters": {"userId": user_id}}
    refused["body"] = "{}"
    for event in (health, unknown, refused):
        event["requestContext"]["requestId"] = request_id  # the correlation id of the version's log lines
    return [(health, 200), (unknown, 404), (refused, 400)]


def _report(event: Event, name: str, check: Callable[[], None]) -> None:
    status = "Failed"
    with suppress(Exception), operation(name, event["DeploymentId"]):  # `operation` logs errors
        check()
        status = "Succeeded"
    client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )


def _check_version(deployment_id: str) -> None:
    arn = load_settings(PreTrafficSettings).new_version_arn
    for event, expected in smoke_events(deployment_id):
        response = client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event))
        status = json.load(response["Payload"]).get("statusCode")  # None if the function failed
        _expect(f"{event['httpMethod']} {event['resource']}", expected, status)


def _check_url() -> None:
    [stack] = client("cloudformation").describe_stacks(StackName=load_settings(PostTrafficSettings).stack_id)[
        "Stacks"
    ]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    for path, expected in REQUESTS.items():
        url = outputs["ApiUrl"] + path
        response = urllib3.request("GET", url, timeout=HTTP_TIMEOUT_SECONDS, retries=False)
        _expect(f"GET {path}", expected, response.status)


def _expect(request: str, expected: int, status: int | None) -> None:
    if status != expected:
        logger.error("Unexpected status", request=request, expected=expected, status=status)
        raise CheckFailedError
