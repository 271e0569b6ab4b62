"""The stack itself on a local AWS: built, deployed, and asked for what clients need."""

import hashlib
import json
import subprocess
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tools.local.aws import LocalAws
from tools.local.console import LocalRunError
from tools.local.gateway import complete_import
from tools.local.mail import allow_mail
from tools.local.permissions import add_equivalents
from tools.local.workspace import PROJECT, Workspace, host_architecture, tool

CONFIG_FILE = PROJECT / "samconfig.toml"
CONFIG_ENV = "local"
CONFIG = tomllib.loads(CONFIG_FILE.read_text())[CONFIG_ENV]["deploy"]["parameters"]
NAME = CONFIG["stack_name"]
PARAMETERS = dict(override.split("=", 1) for override in CONFIG["parameter_overrides"])
STAGE = PARAMETERS["Stage"]
HEALTH_SECONDS = 60


class Stack:
    """The deployment of template.yaml in the local AWS of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._directory = workspace.directory

    @cached_property
    def aws(self) -> LocalAws:
        """Clients of the local AWS."""
        return LocalAws(self._workspace)

    def build(self, name: str = "build", *, wheels: str = "host") -> Path:
        """Run `sam build` for this machine; what has not changed comes from its cache."""
        directory = self._directory / name
        cache = self._directory / f"cache-{wheels}-{_digest(PROJECT / 'tools' / 'build')}"
        places = ["--build-dir", str(directory), "--cache-dir", str(cache)]
        architecture = f"Architecture={host_architecture()}"
        self._sam("build", "--cached", *places, "--parameter-overrides", architecture, wheels=wheels)
        return directory

    def deploy(self, **parameters: str) -> None:
        """Run `sam deploy`, and complete what the local AWS leaves out of the API."""
        self.aws.client("s3").create_bucket(Bucket=CONFIG["s3_bucket"])
        self._remove_a_failed_stack()
        values = PARAMETERS | {"Architecture": host_architecture()} | parameters
        template = str(self._directory / "build" / "template.yaml")
        overrides = [f"{name}={value or '""'}" for name, value in values.items()]
        self._sam(
            "deploy", "--template-file", template, "--no-progressbar", "--parameter-overrides", *overrides
        )
        allow_mail(self.aws, values["SenderEmailAddress"])
        add_equivalents(self.aws, self.resources("AWS::IAM::Role").values())
        complete_import(self.aws, stack=NAME, logical_id="UsersApi", stage=STAGE)

    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name."""
        try:
            stacks = self.aws.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
        except ClientError as error:
            raise LocalRunError("The stack is not deployed: make up") from error
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def url(self) -> str:
        """Where the API answers on this machine."""
        return f"{self._workspace.endpoint}/_aws/execute-api/{self.outputs()['ApiId']}/{STAGE}"

    def token_url(self) -> str:
        """Where a client trades its id and secret for a token."""
        return f"{self._workspace.endpoint}/oauth2/token"

    def client(self) -> tuple[str, str]:
        """Id and secret of the stack's client."""
        outputs = self.outputs()
        client = self.aws.client("cognito-idp").describe_user_pool_client(
            UserPoolId=outputs["UserPoolId"], ClientId=outputs["UserPoolClientId"]
        )["UserPoolClient"]
        return client["ClientId"], client["ClientSecret"]

    def token(self, scopes: str = "users/read users/write") -> str:
        """An access token of the stack's client for `scopes`, separated by spaces."""
        credentials = ":".join(self.client())
        request = urllib.request.Request(
            self.token_url(),
            urllib.parse.urlencode({"grant_type": "client_credentials", "scope": scopes}).encode(),
            {"Authorization": f"Basic {b64encode(credentials.encode()).decode()}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["access_token"])
        except urllib.error.HTTPError as error:
            message = f"No token for the scopes {scopes!r}: there are users/read and users/write."
            raise LocalRunError(message) from error

    def wait_until_healthy(self) -> None:
        """Wait for `GET /health`."""
        deadline = time.monotonic() + HEALTH_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.url()}/health", timeout=HEALTH_SECONDS):
                    return
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > deadline:
                    raise LocalRunError(f"GET /health fails: {error}. See make logs") from error
            time.sleep(0.5)

    def function_log_groups(self) -> dict[str, str]:
        """The log group of each function, by the function's name in the template."""
        return {
            name: self.function(physical)["LoggingConfig"]["LogGroup"]
            for name, physical in self.resources("AWS::Lambda::Function").items()
        }

    def resources(self, kind: str) -> dict[str, str]:
        """The names of the deployed resources of a type, by their names in the template."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources")
        try:
            found = [
                item for page in pages.paginate(StackName=NAME) for item in page["StackResourceSummaries"]
            ]
        except ClientError:
            return {}
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for item in found
            if item["ResourceType"] == kind
        }

    def function(self, name: str) -> Any:
        """The configuration of a deployed function."""
        return self.aws.client("lambda").get_function_configuration(FunctionName=name)

    def _remove_a_failed_stack(self) -> None:
        """A stack whose creation failed can only be deleted."""
        cloudformation = self.aws.client("cloudformation")
        try:
            status = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"]
        except ClientError:
            return
        if status == "ROLLBACK_COMPLETE" or status.endswith("_FAILED"):
            cloudformation.delete_stack(StackName=NAME)
            cloudformation.get_waiter("stack_delete_complete").wait(StackName=NAME)

    def _sam(self, command: str, *arguments: str, wheels: str = "host") -> None:
        log = self._directory / f"sam-{command}.log"
        result = subprocess.run(
            [
                tool("sam", "sam"),
                command,
                "--config-file",
                str(CONFIG_FILE),
                "--config-env",
                CONFIG_ENV,
                *arguments,
            ],
            cwd=PROJECT,
            env=self._workspace.sam_environment() | {"WHEELS": wheels},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        log.write_text(result.stdout + result.stderr)
        if result.returncode != 0:
            tail = "\n".join((result.stdout + result.stderr).strip().splitlines()[-15:])
            raise LocalRunError(f"sam {command} failed; put right what it names. {log} ends with:\n{tail}")


def _digest(directory: Path) -> str:
    """Of what is in a directory. SAM's cache knows only the folders that are built, not how."""
    content = b"".join(path.read_bytes() for path in sorted(directory.iterdir()) if path.is_file())
    return hashlib.sha256(content).hexdigest()[:12]
