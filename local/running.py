"""The stack that `make up` has started."""

from local.console import LocalRunError
from local.emulator import Emulator
from local.stack import Stack
from local.workspace import Workspace

DEFAULT_PORT = 4566


def running_stack(workspace: Workspace) -> Stack:
    """The stack of a workspace, if its local AWS runs."""
    if not Emulator(workspace).is_running():
        port = "" if workspace.port == DEFAULT_PORT else f"PORT={workspace.port} "
        raise LocalRunError(f"The local AWS does not run on port {workspace.port}: {port}make up")
    return Stack(workspace)
