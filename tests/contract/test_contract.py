"""The API responds as docs/openapi.json says, also to requests that Schemathesis generates."""

import os
import subprocess
from pathlib import Path

import httpx

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, tool

CONFIGURATION = PROJECT / "tests" / "contract" / "schemathesis.toml"
DOCUMENT = PROJECT / "docs" / "openapi.json"
USER_WITH_AVATAR = "pictured"  # as in the configuration
SECONDS = round(float(os.environ.get("MINUTES", "10")) * 60)
SEED = os.environ.get("SEED")
EXTRA_SECONDS = 300  # Schemathesis ends soon after its maximum time, unless it hangs


def test_all_responses_are_documented(
    stack: Stack, api: httpx.Client, bucket: Bucket, tmp_path: Path
) -> None:
    """With all checks of Schemathesis, on one user with an avatar and those that it creates."""
    user = {"userId": USER_WITH_AVATAR, "name": "Jane Doe", "email": "jane@example.com"}
    assert api.post("/users", json=user).status_code == 201
    upload = api.post(f"/users/{USER_WITH_AVATAR}/avatar", json={"contentType": "image/png"}).json()
    bucket.put(upload["key"], (PROJECT / "docs" / "postman" / "avatar.png").read_bytes())
    eventually(lambda: "avatar" in api.get(f"/users/{USER_WITH_AVATAR}").json())

    client_id, secret = stack.client_credentials()
    variables = {"CLIENT_ID": client_id, "CLIENT_SECRET": secret, "TOKEN_URL": stack.token_url()}
    paths = [PROJECT, PROJECT / "src", PROJECT / "layers" / "common"]
    variables |= {"NO_PROXY": "127.0.0.1", "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [tool("fuzz", "st"), "--config-file", str(CONFIGURATION), "run", str(DOCUMENT)]
    command += ["--url", stack.url(), "--max-time", str(SECONDS), *(["--seed", SEED] if SEED else [])]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | variables, timeout=SECONDS + EXTRA_SECONDS, check=False
    )
    assert done.returncode == 0, "Some responses differ from the OpenAPI document; see above."
