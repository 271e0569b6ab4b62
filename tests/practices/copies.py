"""Copies of the project, in which tests can change files."""

import shutil
import subprocess
from pathlib import Path

from tests.helpers.markdown import PROJECT

LINKED = (".venv", ".local/tools")


def copy_to(directory: Path) -> None:
    """Copy the files that git does not ignore, as they are now, and link the installed tools."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, directory / name)  # make compares times
    for name in LINKED:
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).symlink_to(PROJECT / name)
