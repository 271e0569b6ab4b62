"""Schemathesis holds a stack of its own against the description of the API: `make fuzz`."""

import json
import os
import subprocess
import time
import urllib.request
import uuid
from typing import Any

from tools.local.console import LocalRunError, step
from tools.local.stack import Stack
from tools.local.temporary import temporary_stack
from tools.local.workspace import PROJECT, tool

CONFIGURATION = PROJECT / "tests" / "contract" / "schemathesis.toml"
DESCRIPTION = PROJECT / "docs" / "openapi.json"
PICTURE = PROJECT / "docs" / "postman" / "avatar.png"
PICTURED_USER = "pictured"  # as in the configuration
THUMBNAIL_SECONDS = 60
SPARE_SECONDS = 300  # the tool ends soon after its time: what takes longer than this hangs


def fuzz(minutes: float, seed: int | None) -> None:
    """Send requests for as many minutes; a LocalRunError if an answer is not as described."""
    with temporary_stack() as stack:
        with step("Creating a user with a picture"):
            _create_user_with_picture(stack)
        seconds = max(1, round(minutes * 60))
        command = [*_command(stack, seconds), *(["--seed", str(seed)] if seed is not None else [])]
        directory = PROJECT / ".local" / "fuzz"
        directory.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            command, cwd=directory, env=_environment(stack), check=False, timeout=seconds + SPARE_SECONDS
        )
    if done.returncode != 0:
        raise LocalRunError("Not every answer was as the description says. What was found is above.")


def _command(stack: Stack, seconds: int) -> list[str]:
    options = ["--url", stack.url(), "--max-time", str(seconds)]
    return [tool("fuzz", "st"), "--config-file", str(CONFIGURATION), "run", str(DESCRIPTION), *options]


def _environment(stack: Stack) -> dict[str, str]:
    client_id, secret = stack.client()
    paths = [PROJECT, PROJECT / "src", PROJECT / "layers" / "common"]
    return os.environ | {
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "TOKEN_URL": stack.token_url(),
    }


def _create_user_with_picture(stack: Stack) -> None:
    user = {"userId": PICTURED_USER, "name": "Jane Doe", "email": "jane@example.com"}
    _call(stack, "/users", user)
    bucket, key = stack.outputs()["ImagesBucketName"], f"uploads/{PICTURED_USER}/{uuid.uuid4().hex}"
    stack.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=PICTURE.read_bytes())
    deadline = time.monotonic() + THUMBNAIL_SECONDS
    while "avatar" not in _call(stack, f"/users/{PICTURED_USER}"):
        if time.monotonic() > deadline:
            raise LocalRunError("There are no thumbnails: see make logs")
        time.sleep(0.2)


def _call(stack: Stack, path: str, body: dict[str, str] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {stack.token()}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{stack.url()}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
