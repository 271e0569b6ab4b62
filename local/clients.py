"""The commands behind `make postman` and `make newman`: clients of the local stack."""

import argparse
import sys

from local.console import LocalRunError
from local.postman import COLLECTION, run_collection, write_environment
from local.running import DEFAULT_PORT, running_stack
from local.workspace import Workspace


def postman(workspace: Workspace) -> None:
    """Write the environment of the stack, and say what to import into Postman."""
    path = write_environment(running_stack(workspace), workspace.directory)
    print(f"Import into Postman:\n  {COLLECTION}\n  {path}")


def newman(workspace: Workspace) -> None:
    """Send every request of the collection."""
    run_collection(write_environment(running_stack(workspace), workspace.directory))


COMMANDS = {"postman": postman, "newman": newman}


def main() -> int:
    """Run one command; the exit code is 1 when a person has to put something right."""
    parser = argparse.ArgumentParser(prog="local.clients", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    arguments = parser.parse_args()
    try:
        COMMANDS[arguments.command](Workspace.for_port(arguments.port))
    except LocalRunError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
