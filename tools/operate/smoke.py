"""Creates, reads, changes and deletes a user through the API of a deployed stack: `make smoke`."""

import os
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from tools.local.console import LocalRunError
from tools.local.stack import running_stack
from tools.local.workspace import Workspace
from tools.operate.deployment import Deployment, run

ATTEMPTS = 10
PAUSE_SECONDS = 2  # a new deployment is not reachable immediately
_NO_RESPONSE = (httpx.HTTPError, httpx.InvalidURL, ValueError)  # ValueError: no JSON, or a token beyond ASCII


def smoke(url: str, token: str) -> None:
    """Send the requests; raise LocalRunError for an unexpected response. The user is always deleted."""
    user_id = f"smoke-{uuid.uuid4()}"
    with httpx.Client(base_url=url, auth=_bearer(token), timeout=30) as client:
        _wait(client)
        _check(client, "Respond to GET /health", "GET /health", 200, auth=None)
        _check(client, "Require a token", f"GET /users/{user_id}", 401, auth=None)
        _check(client, "Find no user", f"GET /users/{user_id}", 404)
        try:
            _use(client, user_id)
        finally:
            _clean_up(client, user_id)


def _use(client: httpx.Client, user_id: str) -> None:
    # Welcome mail goes to the mailbox simulator of SES, which the sandbox allows, too.
    user = {"userId": user_id, "name": "John Doe", "email": f"success+{user_id}@simulator.amazonses.com"}
    creation: Any = {"json": user, "headers": {"Idempotency-Key": user_id}}
    created = _check(client, "Create a user", "POST /users", 201, _creates, **creation)
    _check(client, "Repeat the request", "POST /users", 201, _header("Idempotency-Replayed"), **creation)
    path, state = f"/users/{user_id}", created.json()["user"]
    _check(client, "Read the user", f"GET {path}", 200, lambda response: response.json() == state)
    change: Any = {"json": {"name": "Jane Doe"}, "headers": {"If-Match": created.headers["ETag"]}}
    _check(client, "Update the user", f"PATCH {path}", 200, **change)
    _check(client, "Refuse an old entity tag", f"PATCH {path}", 412, **change)
    _check(client, "List users", "GET /users?limit=1", 200)
    _check(client, "Refuse another method", f"POST {path}", 405, _header("Allow"), json={})
    _check(client, "Delete the user", f"DELETE {path}", 200)
    _check(client, "Find no deleted user", f"GET {path}", 404)


def _check(
    client: httpx.Client,
    step: str,
    request: str,
    status: int,
    is_expected: Callable[[httpx.Response], bool] = lambda _: True,
    **options: Any,
) -> httpx.Response:
    method, path = request.split()
    try:
        response = client.request(method, path, **options)
        problem = f"expected {status}, received {response.status_code}"
        if response.status_code == status:
            problem = "" if is_expected(response) else "unexpected header or body"
    except _NO_RESPONSE as error:
        problem = type(error).__name__
    print(f"  FAIL  {step}: {problem}" if problem else f"  ok    {step}", flush=True)
    if problem:
        raise LocalRunError("The smoke test failed.")
    return response


def _creates(response: httpx.Response) -> bool:
    return "ETag" in response.headers and "user" in response.json()


def _header(name: str) -> Callable[[httpx.Response], bool]:
    return lambda response: name in response.headers


def _wait(client: httpx.Client) -> None:
    for _ in range(ATTEMPTS):
        with suppress(*_NO_RESPONSE):
            if client.get("/health", auth=None).is_success:
                return
        time.sleep(PAUSE_SECONDS)


def _clean_up(client: httpx.Client, user_id: str) -> None:
    with suppress(*_NO_RESPONSE):
        if client.delete(f"/users/{user_id}").status_code in {200, 404}:
            return
    print(f"  FAIL  Clean up: the user {user_id} may exist", flush=True)


def _bearer(token: str) -> Callable[[httpx.Request], httpx.Request]:
    def authorize(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorize


def command(stage: str, port: int) -> None:
    """Test the API at URL, or else the one of a stage, or else the local one."""
    if url := os.environ.get("URL"):
        if not (token := os.environ.get("TOKEN")):
            raise LocalRunError("Set TOKEN to an access token for URL.")
    elif stage:
        url, token = Deployment.of(stage, port).api()
    else:
        stack = running_stack(Workspace.for_port(port))
        url, token = stack.url(), stack.token()
    smoke(url, token)


if __name__ == "__main__":
    sys.exit(run(command))
