"""The stack that `make up` has started."""

from tools.local.console import LocalRunError
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import Workspace


def running_stack(workspace: Workspace) -> Stack:
    """The stack of a workspace, if its local AWS runs."""
    if not Emulator(workspace).is_running():
        raise LocalRunError(f"The local AWS does not run on port {workspace.port}: {workspace.prefix}make up")
    return Stack(workspace)
