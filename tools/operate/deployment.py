"""The stack that a command works on: a stage on AWS, or the local stack."""

import argparse
import signal
import tomllib
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError

from tools.local.console import LocalRunError, exit_code
from tools.local.stack import CONFIG_FILE, NAME, running_stack
from tools.local.workspace import DEFAULT_PORT, Workspace


class Deployment:
    """A deployed stack by its name; `client` creates clients for its account and region."""

    def __init__(self, name: str, client: Any) -> None:
        self.name = name
        self.client = cache(client)

    @classmethod
    def of(cls, stage: str, port: int) -> "Deployment":
        """The stack of a stage on AWS, with the credentials in the environment, or else the local stack."""
        if not stage:
            return cls(NAME, running_stack(Workspace.for_port(port)).aws.client)
        config = tomllib.loads(CONFIG_FILE.read_text("utf-8"))
        try:
            section = config["default" if stage == "dev" else stage]
        except KeyError as error:
            raise LocalRunError(f"samconfig.toml has no stage {stage}.") from error
        return cls(section["deploy"]["parameters"]["stack_name"], boto3.client)

    @cached_property
    def resources(self) -> dict[str, str]:
        """The physical ids of the resources by their logical ids."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for item in page["StackResourceSummaries"]
        }

    def api(self) -> tuple[str, str]:
        """The URL of the API on AWS, and an access token."""
        [stack] = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        client = self.client("cognito-idp").describe_user_pool_client(
            UserPoolId=outputs["UserPoolId"], ClientId=outputs["UserPoolClientId"]
        )["UserPoolClient"]
        credentials = client["ClientId"], client["ClientSecret"]
        grant = {"grant_type": "client_credentials"}
        try:
            response = httpx.post(outputs["TokenUrl"], auth=credentials, data=grant, timeout=30)
            return outputs["ApiUrl"], response.raise_for_status().json()["access_token"]
        except httpx.HTTPError as error:
            raise LocalRunError(f"No access token ({type(error).__name__})") from error


def run(command: Callable[..., None], *options: str) -> int:
    """Run a command with its arguments. SIGTERM has the effect of Ctrl-C: the command cleans up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stage", default="")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    for option in options:
        parser.add_argument(option, required=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return exit_code(lambda: _explained(command, **vars(parser.parse_args())))


def _explained(command: Callable[..., None], **arguments: Any) -> None:
    try:
        command(**arguments)
    except (BotoCoreError, ClientError) as error:
        raise LocalRunError(str(error)) from error
