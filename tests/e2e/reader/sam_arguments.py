"""Holds calls of SAM CLI, one in a line of standard input, against its commands, in its environment."""

import sys

from samcli.cli.main import cli  # type: ignore[import-not-found]


def parse(arguments: list[str]) -> None:
    """Raise what SAM CLI would say of these arguments, but do nothing."""
    context = cli.make_context("sam", arguments)
    name, command, rest = cli.resolve_command(context, [*context.protected_args, *context.args])
    command.make_context(name, rest, parent=context)


for line in sys.stdin:
    parse(line.split())
