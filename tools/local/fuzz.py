"""Tests a temporary stack against the OpenAPI document with requests that Schemathesis generates."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tools.local.console import LocalRunError, step
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace, free_port, tool
from tools.waiting import wait_for

CONFIGURATION = PROJECT / "tests" / "contract" / "schemathesis.toml"
OPENAPI = PROJECT / "docs" / "openapi.json"
IMAGE = PROJECT / "docs" / "postman" / "avatar.png"
USER_WITH_AVATAR = "pictured"  # as in the configuration
THUMBNAIL_SECONDS = 60
EXTRA_SECONDS = 300  # Schemathesis ends soon after its maximum time, unless it hangs
UNTHROTTLED = {"ThrottlingRateLimit": "10000", "ThrottlingBurstLimit": "5000"}


def fuzz(minutes: float, seed: int | None) -> None:
    """Send requests for `minutes`; raise LocalRunError if a response differs from the document."""
    seconds = max(1, round(minutes * 60))
    directory = PROJECT / ".local" / "fuzz"
    directory.mkdir(parents=True, exist_ok=True)
    with temporary_stack() as stack:
        with step("Creating a user with an avatar"):
            _create_user_with_avatar(stack)
        command = [tool("fuzz", "st"), "--config-file", str(CONFIGURATION), "run", str(OPENAPI)]
        command += ["--url", stack.url(), "--max-time", str(seconds)]
        command += [] if seed is None else ["--seed", str(seed)]
        environment, timeout = _environment(stack), seconds + EXTRA_SECONDS
        done = subprocess.run(command, cwd=directory, env=environment, check=False, timeout=timeout)
    if done.returncode != 0:
        raise LocalRunError("Some responses differ from the OpenAPI document; see above.")


@contextmanager
def temporary_stack() -> Iterator[Stack]:
    """A stack on a free port, without throttling, which is deleted at the end of the block."""
    with TemporaryDirectory(prefix="users-api-") as directory:
        workspace = Workspace(free_port(), Path(directory))
        emulator, stack = Emulator(workspace), Stack(workspace)
        try:
            with step("Starting the emulator"):
                emulator.start()
            with step("Building and deploying"):
                stack.build()
                stack.deploy(**UNTHROTTLED)
                stack.wait_until_healthy()
            yield stack
        finally:
            emulator.stop()


def _environment(stack: Stack) -> dict[str, str]:
    client_id, secret = stack.client_credentials()
    paths = [PROJECT, PROJECT / "src", PROJECT / "layers" / "common"]
    return os.environ | {
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret,
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "TOKEN_URL": stack.token_url(),
    }


def _create_user_with_avatar(stack: Stack) -> None:
    headers = {"Authorization": f"Bearer {stack.token()}"}
    user = {"userId": USER_WITH_AVATAR, "name": "Jane Doe", "email": "jane@example.com"}
    with httpx.Client(base_url=stack.url(), headers=headers, timeout=60) as api:
        api.post("/users", json=user).raise_for_status()
        upload = api.post(f"/users/{USER_WITH_AVATAR}/avatar", json={"contentType": "image/png"}).json()
        bucket, key = stack.outputs()["ImagesBucketName"], upload["key"]
        stack.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=IMAGE.read_bytes())
        path = f"/users/{USER_WITH_AVATAR}"
        if not wait_for(lambda: "avatar" in api.get(path).json(), THUMBNAIL_SECONDS):
            raise LocalRunError("There are no thumbnails. See make logs")
