"""The API responds as docs/openapi.json says, also to requests that Schemathesis generates."""

import os
import subprocess
from pathlib import Path

from tools.local.stack import Stack
from tools.local.workspace import PROJECT, tool

CONFIGURATION = PROJECT / "tests" / "contract" / "schemathesis.toml"
DOCUMENT = PROJECT / "docs" / "openapi.json"
SECONDS = max(1, round(float(os.environ.get("MINUTES", "10")) * 60))
SEED = os.environ.get("SEED")
EXTRA_SECONDS = 300  # Schemathesis ends soon after its maximum time, unless it hangs


def test_all_responses_are_documented(stack: Stack, tmp_path: Path) -> None:
    """With all checks of Schemathesis."""
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
