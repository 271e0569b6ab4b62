"""The edits and commands of docs/tutorial.md work in a copy of the project."""

import re
from pathlib import Path

from tests.copy.test_copy import run
from tests.helpers.markdown import PROJECT, blocks
from tests.practices.copies import copy_to

PAGE = PROJECT / "docs/tutorial.md"


def edit(copy: Path, diff: str) -> None:
    """Make an edit: the lines before it are in the file once, or it is a new file."""
    header, *hunks = re.sub(r"\n@@.*\n", "\0", diff).split("\n", 1)
    path = copy / header.removeprefix("+++ ")
    text = path.read_text("utf-8") if path.exists() else ""
    for hunk in hunks[0].split("\0"):
        lines = hunk.splitlines()
        old, new = ("\n".join(line[1:] for line in lines if line[:1] != sign) + "\n" for sign in "+-")
        assert text.count(old) == 1 if path.exists() else not old.strip(), (path, old)
        text = text.replace(old, new) if path.exists() else new
    path.write_text(text, "utf-8")


def test_tutorial(tmp_path: Path) -> None:
    """All blocks before the last commands, which need a stack."""
    copy_to(tmp_path)
    for block in blocks(PAGE)[:-1]:
        if block.language == "diff":
            for diff in re.split(r"^(?=\+\+\+ )", block.text, flags=re.MULTILINE)[1:]:
                edit(tmp_path, diff)
            continue
        for command in block.text.replace("\\\n", "").splitlines():
            run(tmp_path, "sh", "-c", command)
