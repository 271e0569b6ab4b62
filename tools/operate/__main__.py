"""`make redrive` and `make smoke`, which work on a stage on AWS, or on the local stack."""

import argparse
import os
import signal
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.deployment import Deployment, deploy_parameters
from tools.local.console import LocalRunError, exit_code
from tools.local.stack import running_stack
from tools.local.workspace import Workspace
from tools.operate.redrive import confirmed, redrive
from tools.operate.smoke import smoke


def deployment(stage: str, port: int) -> Deployment:
    """The stack of a stage, with the credentials in the environment, or else the local stack."""
    if not stage:
        return running_stack(Workspace.for_port(port))
    return Deployment(deploy_parameters(stage)["stack_name"], boto3.Session())


def run(command: str, stage: str, port: int, queue: str) -> None:
    """Run a command. The environment can name the API for `smoke`."""
    if command == "smoke" and (url := os.environ.get("URL")):
        if not (token := os.environ.get("TOKEN")):
            raise LocalRunError("Set TOKEN to an access token for URL.")
        return smoke(url, token)
    try:
        stack = deployment(stage, port)
        if command == "smoke":
            return smoke(stack.url(), stack.token())
        return redrive(stack, confirmed(stack, queue))
    except (BotoCoreError, ClientError) as error:
        raise LocalRunError(str(error)) from error


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tools.operate", description=__doc__)
    parser.add_argument("command", choices=["redrive", "smoke"])
    parser.add_argument("--stage", help="a section of samconfig.toml")
    parser.add_argument("--port", type=int)
    parser.add_argument("--queue")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # background jobs of a shell ignore SIGINT
        signal.signal(number, signal.default_int_handler)  # the command cleans up
    sys.exit(exit_code(lambda: run(**vars(options))))
