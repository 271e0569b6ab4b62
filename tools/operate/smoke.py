"""Creates, reads, changes and deletes a user through the API of a deployed stack."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import httpx

from tools.local.console import LocalRunError
from tools.waiting import responds, wait_for

WAIT_SECONDS = 20  # a new deployment is not reachable immediately
_NO_RESPONSE = (httpx.HTTPError, httpx.InvalidURL, ValueError)  # ValueError: no JSON, or a token beyond ASCII


def smoke(url: str, token: str) -> None:
    """Send the requests; raise LocalRunError for an unexpected response. The user is always deleted."""
    user_id = f"smoke-{uuid.uuid4()}"
    wait_for(partial(responds, f"{url}/health"), WAIT_SECONDS)
    with httpx.Client(base_url=url, auth=_bearer(token), timeout=30) as client:
        check(client, "Respond to GET /health", "GET /health", 200, auth=None)
        check(client, "Require a token", f"GET /users/{user_id}", 401, auth=None)
        check(client, "Find no user", f"GET /users/{user_id}", 404)
        try:
            _use(client, user_id)
        finally:
            _clean_up(url, token, user_id)


def _use(client: httpx.Client, user_id: str) -> None:
    # The welcome email goes to the mailbox simulator of SES, which the sandbox allows, too.
    user = {"userId": user_id, "name": "John Doe", "email": f"success+{user_id}@simulator.amazonses.com"}
    creation: Any = {"json": user, "headers": {"Idempotency-Key": user_id}}
    created = check(client, "Create a user", "POST /users", 201, _creates, **creation)
    check(client, "Repeat the request", "POST /users", 201, _has("Idempotency-Replayed"), **creation)
    path, change, state = f"/users/{user_id}", {"name": "Jane Doe"}, created.json()["user"]
    check(client, "Read the user", f"GET {path}", 200, lambda response: response.json() == state)
    condition = {"If-Match": created.headers["ETag"]}
    check(client, "Update the user", f"PATCH {path}", 200, json=change, headers=condition)
    check(client, "Refuse an old entity tag", f"PATCH {path}", 412, json=change, headers=condition)
    check(client, "List users", "GET /users?limit=1", 200)
    check(client, "Refuse another method", f"POST {path}", 405, _has("Allow"), json={})
    check(client, "Delete the user", f"DELETE {path}", 200)
    check(client, "Find no deleted user", f"GET {path}", 404)


def check(
    client: httpx.Client,
    step: str,
    request: str,
    status: int,
    is_expected: Callable[[httpx.Response], bool] = lambda _: True,
    **options: Any,
) -> httpx.Response:
    """Send a request whose response must have a status, and be as expected."""
    try:
        response = client.request(*request.split(), **options)
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


def _has(header: str) -> Callable[[httpx.Response], bool]:
    return lambda response: header in response.headers


def _clean_up(url: str, token: str, user_id: str) -> None:
    with suppress(*_NO_RESPONSE):  # an interruption can leave the other client locked
        if httpx.delete(f"{url}/users/{user_id}", auth=_bearer(token), timeout=30).status_code in {200, 404}:
            return
    print(f"  FAIL  Clean up: the user {user_id} may exist", flush=True)


def _bearer(token: str) -> Callable[[httpx.Request], httpx.Request]:
    def authorize(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorize
