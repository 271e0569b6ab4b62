"""Checks the arguments of SAM CLI, one call per line of standard input, in the environment of SAM CLI."""

import sys

from samcli.cli.main import cli  # type: ignore[import-not-found]


def parse(arguments: list[str]) -> None:
    """Parse the arguments without running the command."""
    context = cli.make_context("sam", arguments)
    name, command, rest = cli.resolve_command(context, [*context.protected_args, *context.args])
    command.make_context(name, rest, parent=context)


for line in sys.stdin:
    parse(line.split())
