"""Postman: writes the environment of a local stack, and runs the collection with Newman."""

import json
import shutil
import subprocess
from pathlib import Path

from tools.local.console import LocalRunError
from tools.local.stack import Stack
from tools.local.workspace import PROJECT

READY = ".local/tools/npm/.ready"
NEWMAN = PROJECT / ".local/tools/npm/node_modules/.bin/newman"
FOLDER = PROJECT / "docs" / "postman"
COLLECTION = FOLDER / "serverless-users-api.postman_collection.json"
ENVIRONMENT = FOLDER / "local.postman_environment.json"


def write_environment(stack: Stack, directory: Path) -> Path:
    """Write the Postman environment of a stack. Only its owner can read it: it contains a secret."""
    client_id, secret = stack.client_credentials()
    values = {
        "apiUrl": stack.url(),
        "tokenUrl": stack.token_url(),
        "clientId": client_id,
        "clientSecret": secret,
    }
    document = json.loads(ENVIRONMENT.read_text("utf-8"))
    for variable in document["values"]:
        variable["value"] = values.get(variable["key"], "")
    path = directory / "postman.environment.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(document, indent=2), "utf-8")
    return path


def run_collection(environment: Path, *options: str) -> None:
    """Run the collection with Newman, which npm installs on the first run."""
    if shutil.which("npm") is None:
        raise LocalRunError("Newman requires npm, which comes with Node.js: https://nodejs.org")
    subprocess.run(["make", "--no-print-directory", READY], cwd=PROJECT, check=True)  # noqa: S607
    where = ["run", str(COLLECTION), "--environment", str(environment), "--working-dir", str(FOLDER)]
    if subprocess.run([NEWMAN, *where, *options], check=False).returncode != 0:
        raise LocalRunError("Some tests of the collection failed.")
