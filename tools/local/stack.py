"""Builds and deploys template.yaml to a local stack, and looks up what its clients need."""

import hashlib
import os
import subprocess
import time
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.exceptions import ClientError

from tools.local import post_deploy
from tools.local.console import LocalRunError
from tools.local.emulator import Emulator
from tools.local.workspace import PROJECT, REGION, Workspace, host_architecture, tool

CONFIG_FILE = PROJECT / "samconfig.toml"
CONFIG_ENV = "local"
CONFIG = tomllib.loads(CONFIG_FILE.read_text())[CONFIG_ENV]["deploy"]["parameters"]
NAME = CONFIG["stack_name"]
PARAMETERS = dict(override.split("=", 1) for override in CONFIG["parameter_overrides"])
STAGE = PARAMETERS["Stage"]
HEALTH_SECONDS = 60


class LocalAws:
    """Creates boto3 clients that cannot reach a real AWS account."""

    def __init__(self, workspace: Workspace) -> None:
        self._endpoint = workspace.endpoint
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # boto3 would apply the profile of the shell
        keys = {name.lower(): value for name, value in workspace.keys().items()}
        self._session = boto3.Session(**keys, region_name=REGION)  # type: ignore[arg-type]

    def client(self, service: str) -> Any:
        """A client of `service`."""
        return self._session.client(service, endpoint_url=self._endpoint)  # type: ignore[call-overload]


class Stack:
    """The deployment of template.yaml in the emulator of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._directory = workspace.directory

    @cached_property
    def aws(self) -> LocalAws:
        """Clients of the emulator."""
        return LocalAws(self._workspace)

    def build(self, name: str = "build", *, wheels: str = "host") -> Path:
        """Run `sam build` with its cache. `wheels` is their platform, as in tools/build/build.sh."""
        directory = self._directory / name
        # SAM's cache depends on the folders of functions and layers, but not on the build tools.
        cache = self._directory / f"cache-{wheels}-{_digest(PROJECT / 'tools' / 'build')}"
        places = ["--build-dir", str(directory), "--cache-dir", str(cache)]
        architecture = f"Architecture={host_architecture()}"
        self._sam("build", "--cached", *places, "--parameter-overrides", architecture, wheels=wheels)
        return directory

    def deploy(self, **parameters: str) -> None:
        """Run `sam deploy`, then the steps that only the emulator requires."""
        self.aws.client("s3").create_bucket(Bucket=CONFIG["s3_bucket"])
        values = PARAMETERS | {"Architecture": host_architecture()} | parameters
        template = str(self._directory / "build" / "template.yaml")
        overrides = [f"{name}={value or '""'}" for name, value in values.items()]
        self._sam(
            "deploy", "--template-file", template, "--no-progressbar", "--parameter-overrides", *overrides
        )
        post_deploy.enable_mail(self.aws.client("sesv2"), values["SenderEmailAddress"])
        post_deploy.extend_roles(self.aws.client("iam"), self.resources("AWS::IAM::Role").values())
        post_deploy.complete_api(
            self.aws.client("cloudformation"), self.aws.client("apigateway"), stack=NAME, stage=STAGE
        )

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack by name."""
        try:
            stacks = self.aws.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
        except ClientError as error:
            raise LocalRunError(f"The stack is not deployed. Run {self._workspace.make} up") from error
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def url(self) -> str:
        """The URL of the API."""
        return f"{self._workspace.endpoint}/_aws/execute-api/{self.outputs()['ApiId']}/{STAGE}"

    def token_url(self) -> str:
        """The URL of the user pool's token endpoint."""
        return f"{self._workspace.endpoint}/oauth2/token"

    def client(self) -> tuple[str, str]:
        """Id and secret of the user pool's client."""
        outputs = self.outputs()
        client = self.aws.client("cognito-idp").describe_user_pool_client(
            UserPoolId=outputs["UserPoolId"], ClientId=outputs["UserPoolClientId"]
        )["UserPoolClient"]
        return client["ClientId"], client["ClientSecret"]

    def token(self, scopes: str = "users/read users/write") -> str:
        """An access token for `scopes`, which are separated by spaces."""
        form = {"grant_type": "client_credentials", "scope": scopes}
        response = httpx.post(self.token_url(), data=form, auth=self.client(), timeout=10)
        if response.is_error:
            raise LocalRunError(f"No token for the scopes {scopes!r}. Valid scopes: users/read, users/write")
        return str(response.json()["access_token"])

    def webhook_secrets(self) -> list[str]:
        """The secrets that sign webhooks."""
        try:
            secret = self.outputs()["WebhookSecretArn"]
        except KeyError as error:
            example = "make up WEBHOOK_URL=http://127.0.0.1:4700/webhooks"
            raise LocalRunError(f"The stack sends no webhooks: {example}") from error
        client = self.aws.client("secretsmanager")
        versions = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        values = (client.get_secret_value(SecretId=secret, VersionId=version) for version in versions)
        return [value["SecretString"] for value in values]

    def wait_until_healthy(self) -> None:
        """Wait until `GET /health` succeeds."""
        deadline = time.monotonic() + HEALTH_SECONDS
        url = f"{self.url()}/health"
        while True:
            try:
                httpx.get(url, timeout=HEALTH_SECONDS).raise_for_status()
            except httpx.HTTPError as error:
                if time.monotonic() > deadline:
                    raise LocalRunError(f"GET /health fails: {error}. See make logs") from error
                time.sleep(0.2)
            else:
                return

    def function_log_groups(self) -> dict[str, str]:
        """The log group of each function, by logical id."""
        return {
            name: self.function(physical)["LoggingConfig"]["LogGroup"]
            for name, physical in self.resources("AWS::Lambda::Function").items()
        }

    def resources(self, kind: str) -> dict[str, str]:
        """The physical ids of the resources of a type, by logical id."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources")
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages.paginate(StackName=NAME)
            for item in page["StackResourceSummaries"]
            if item["ResourceType"] == kind
        }

    def function(self, name: str) -> Any:
        """The configuration of a deployed function."""
        return self.aws.client("lambda").get_function_configuration(FunctionName=name)

    def _sam(self, command: str, *arguments: str, wheels: str = "host") -> None:
        log = self._directory / f"sam-{command}.log"
        config = ["--config-file", str(CONFIG_FILE), "--config-env", CONFIG_ENV]
        result = subprocess.run(
            [tool("sam", "sam"), command, *config, *arguments],
            cwd=PROJECT,
            env=self._workspace.sam_environment() | {"WHEELS": wheels},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        log.write_text(result.stdout)
        if result.returncode != 0:
            tail = "\n".join(result.stdout.strip().splitlines()[-15:])
            raise LocalRunError(f"sam {command} failed. The end of {log}:\n{tail}")


def running_stack(workspace: Workspace) -> Stack:
    """The stack that `make up` started."""
    if not Emulator(workspace).is_running():
        raise LocalRunError(f"No stack is running on port {workspace.port}. Run {workspace.make} up")
    stack = Stack(workspace)
    stack.outputs()  # raises an error if the stack is not deployed
    return stack


def _digest(directory: Path) -> str:
    content = b"".join(path.read_bytes() for path in sorted(directory.iterdir()) if path.is_file())
    return hashlib.sha256(content).hexdigest()[:12]
