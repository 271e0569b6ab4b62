"""A deployed stack, on AWS or on this machine."""

import tomllib
from typing import Any

import httpx
from botocore.exceptions import ClientError

from tools.local.console import LocalRunError
from tools.local.workspace import PROJECT

CONFIG_FILE = PROJECT / "samconfig.toml"


def deploy_parameters(environment: str) -> dict[str, Any]:
    """The parameters of `sam deploy` in a section of samconfig.toml."""
    try:
        return dict(tomllib.loads(CONFIG_FILE.read_text("utf-8"))[environment]["deploy"]["parameters"])
    except KeyError as error:
        raise LocalRunError(f"samconfig.toml has no parameters for {environment}.") from error


class Deployment:
    """A deployed stack by its name; `aws` is a session of boto3, which creates clients."""

    def __init__(self, name: str, aws: Any) -> None:
        self.name = name
        self.aws = aws

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack by name."""
        try:
            [stack] = self.aws.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            raise LocalRunError(f"The stack {self.name} is not deployed ({error}).") from error
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def resources(self, kind: str = "") -> dict[str, str]:
        """The physical ids of all resources, or those of a type, by logical id."""
        pages = self.aws.client("cloudformation").get_paginator("list_stack_resources")
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for item in page["StackResourceSummaries"]
            if item["ResourceType"] == kind or not kind
        }

    def url(self) -> str:
        """The URL of the API."""
        return self.outputs()["ApiUrl"]

    def token_url(self) -> str:
        """The URL of the user pool's token endpoint."""
        return self.outputs()["TokenUrl"]

    def client_credentials(self) -> tuple[str, str]:
        """Id and secret of the user pool's client."""
        outputs = self.outputs()
        client = self.aws.client("cognito-idp").describe_user_pool_client(
            UserPoolId=outputs["UserPoolId"], ClientId=outputs["UserPoolClientId"]
        )["UserPoolClient"]
        return client["ClientId"], client["ClientSecret"]

    def token(self, scopes: str = "users/read users/write") -> str:
        """An access token for `scopes`, which are separated by spaces."""
        form = {"grant_type": "client_credentials", "scope": scopes}
        try:
            response = httpx.post(self.token_url(), data=form, auth=self.client_credentials(), timeout=30)
            return str(response.raise_for_status().json()["access_token"])
        except httpx.HTTPError as error:
            valid = "Valid scopes: users/read, users/write"
            raise LocalRunError(
                f"No token for the scopes {scopes!r} ({type(error).__name__}). {valid}"
            ) from error
