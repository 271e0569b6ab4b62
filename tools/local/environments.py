"""What functions find in their environment when `sam local` runs them over the local AWS."""

import json
from typing import Any

from tools.local.stack import Stack

S3_HOST = "s3.localhost"
CREDENTIALS_SECONDS = 12 * 60 * 60  # the most that STS gives: containers that stay warm keep them
_SESSION = "sam-local"


def environments(stack: Stack, *, port: int, host: str) -> dict[str, dict[str, str]]:
    """The variables of each deployed function, by its name in the template; the local AWS is at `host`."""
    return {
        name: _environment(stack, stack.function(physical), port=port, host=host)
        for name, physical in stack.resources("AWS::Lambda::Function").items()
    }


def _environment(stack: Stack, function: Any, *, port: int, host: str) -> dict[str, str]:
    """Those of the deployed function, which may hold URLs of queues, and who and where it is."""
    variables = {
        name: value.replace(f"//localhost:{port}/", f"//{host}:{port}/")
        for name, value in function["Environment"]["Variables"].items()
    }
    return (
        variables
        | _credentials(stack, function["Role"])
        | {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            # Below localhost, so that a presigned URL leads to the bucket from outside of containers too.
            "AWS_ENDPOINT_URL_S3": f"http://{S3_HOST}:{port}",
            "NO_PROXY": "*",  # Docker may be set to give containers a proxy
        }
    )


def _credentials(stack: Stack, role: str) -> dict[str, str]:
    """Those of the function's own role, so that a missing permission shows here as well."""
    _trust_account(stack, role)
    credentials = stack.aws.client("sts").assume_role(
        RoleArn=role, RoleSessionName=_SESSION, DurationSeconds=CREDENTIALS_SECONDS
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def _trust_account(stack: Stack, role: str) -> None:
    """Let the local account take the role, which trusts only Lambda as deployed."""
    iam, name = stack.aws.client("iam"), role.rsplit("/", 1)[-1]
    policy = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    account = f"arn:aws:iam::{role.split(':')[4]}:root"
    ours = {"Sid": "SamLocal", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}
    if ours not in policy["Statement"]:
        trusting = {**policy, "Statement": [*policy["Statement"], ours]}
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trusting))
