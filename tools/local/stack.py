"""Builds and deploys template.yaml to a local stack, and looks up what its clients need."""

import hashlib
import os
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from tools.deployment import CONFIG_FILE, Deployment, deploy_parameters
from tools.local import post_deploy
from tools.local.console import LocalRunError
from tools.local.emulator import Emulator
from tools.local.workspace import PROJECT, REGION, Workspace, host_architecture, tool
from tools.waiting import responds, wait_for

CONFIG_ENV = "local"
CONFIG = deploy_parameters(CONFIG_ENV)
NAME = CONFIG["stack_name"]
PARAMETERS = dict(override.split("=", 1) for override in CONFIG["parameter_overrides"])
STAGE = PARAMETERS["Stage"]
HEALTH_SECONDS = 60


class LocalSession:
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


class Stack(Deployment):
    """The deployment of template.yaml in the emulator of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(NAME, LocalSession(workspace))
        self._workspace = workspace
        self._directory = workspace.directory

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

    def url(self) -> str:
        """The URL of the API."""
        return f"{self._workspace.endpoint}/_aws/execute-api/{self.outputs()['ApiId']}/{STAGE}"

    def token_url(self) -> str:
        """The URL of the user pool's token endpoint."""
        return f"{self._workspace.endpoint}/oauth2/token"

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
        if not wait_for(partial(responds, f"{self.url()}/health"), HEALTH_SECONDS):
            raise LocalRunError("GET /health fails. See make logs")

    def function_log_groups(self) -> dict[str, str]:
        """The log group of each function, by logical id."""
        return {
            name: self.function(physical)["LoggingConfig"]["LogGroup"]
            for name, physical in self.resources("AWS::Lambda::Function").items()
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
