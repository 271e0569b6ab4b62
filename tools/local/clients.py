"""The commands behind `make postman`, `make newman` and `make fuzz`: clients of a local stack."""

import argparse
import sys

from tools.local.console import exit_code
from tools.local.contract import fuzz
from tools.local.postman import COLLECTION, run_collection, write_environment
from tools.local.running import running_stack
from tools.local.workspace import DEFAULT_PORT, Workspace


def postman(workspace: Workspace) -> None:
    """Write the environment of the stack, and say what to import into Postman."""
    path = write_environment(running_stack(workspace), workspace.directory)
    print(f"Import into Postman:\n  {COLLECTION}\n  {path}")


def newman(workspace: Workspace) -> None:
    """Send every request of the collection."""
    run_collection(write_environment(running_stack(workspace), workspace.directory))


def main() -> int:
    """Run one command; the exit code is 1 when a person has to put something right."""
    parser = argparse.ArgumentParser(prog="tools.local.clients", description=__doc__)
    parser.add_argument("command", choices=["postman", "newman", "fuzz"])
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    return exit_code(lambda: _run(arguments, Workspace.for_port(arguments.port)))


def _run(arguments: argparse.Namespace, workspace: Workspace) -> None:
    match arguments.command:
        case "postman":
            postman(workspace)
        case "newman":
            newman(workspace)
        case "fuzz":
            fuzz(arguments.minutes, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
