"""`make new`: writes the copy, formats it and commits it."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.new.collisions import fault_of, identifiers
from tools.new.renaming import Renaming, plural_of

PROJECT = Path(__file__).parents[2]
GIT = shutil.which("git") or "git"
# Left out of copies: this tool, make practices, tutorial, comparison, their tests, and what mentions them.
LEFT_OUT = re.compile(
    r"^(tools/new|tests/unit/tools/new|tests/(copy|practices|tutorial))/|.*(practices\.(md|py|yaml)|(tutorial|comparison)\.md)$"
)
_MENTION = (
    r".*(?:make new\b|test-(?:copy|tutorial)|tools/new|(?:make |docs/|tests/)practices"
    r"|(?:tutorial|comparison)\.md).*\n"
)
_PARAGRAPH = re.compile(rf"(?:^[^|\n].*\n)*^[^|\n]{_MENTION}(?:.+\n)*(?:\n|\Z)", re.MULTILINE)
_LINE = re.compile(rf"^{_MENTION}", re.MULTILINE)
CHANGELOG = "# Changelog\n\n## [Unreleased]\n"
LOCKED_NAME = re.compile(r'(?<=^name = ")serverless-\w+-api(?="$)', re.MULTILINE)
LONG_LINES = '    "E501",    # longer words make longer comments'

RESOURCES = identifiers(PROJECT / "template.yaml")


def files() -> list[Path]:
    """The files of the project that git tracks and a copy contains."""
    listed = subprocess.run([GIT, "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name and not LEFT_OUT.match(name)]
    return [Path(name) for name in names if (PROJECT / name).is_file()]


def renamed(path: Path, text: str, renaming: Renaming) -> str:
    """The text of a file in the copy. Anchors of resources have their names in lower case."""
    anchors = {name.lower(): renaming.apply(name).lower() for name in RESOURCES}
    if path.name == "CHANGELOG.md":
        return CHANGELOG
    if path.name == "uv.lock":  # the names of other packages stay
        return LOCKED_NAME.sub(lambda match: renaming.apply(match[0]), text)
    if path.suffix == ".md":
        text = _PARAGRAPH.sub("", text)
    if path.name == "pyproject.toml":
        text = text.replace("\nignore = [\n", f"\nignore = [\n{LONG_LINES}\n")
    text = _LINE.sub("", text)
    text = re.sub(r"(?<=#)\w+", lambda anchor: anchors.get(anchor[0], anchor[0]), text)
    return renaming.apply_to_columns(text) if path.suffix in {".md", ".yaml"} else renaming.apply(text)


def write(directory: Path, renaming: Renaming) -> None:
    """Write the renamed files."""
    for path in files():
        target = directory / renaming.apply(str(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / path, target)
        if path.suffix != ".png":
            target.write_text(renamed(path, target.read_text("utf-8"), renaming), "utf-8")


def finish(directory: Path) -> None:
    """Restore the order and the length of lines, generate the OpenAPI document, and make the first commit."""
    environment = os.environ | {"PYTHONPATH": "src:layers/common", "PYTHONDONTWRITEBYTECODE": "1"}
    python = [sys.executable, "-m"]
    known = subprocess.run([GIT, "config", "user.email"], capture_output=True, check=False).returncode == 0
    author = [] if known else ["-c", "user.name=make new", "-c", "user.email=make-new@localhost"]
    for command in (
        [*python, "ruff", "check", "--fix", "--exit-zero", "--silent", "--no-cache", "."],
        [*python, "ruff", "format", "--quiet", "--no-cache", "."],
        [*python, "tools.openapi"],
        ["uv", "lock", "--quiet"],
        [GIT, "init", "--quiet", "--initial-branch", "main"],
        [GIT, "add", "."],
        [GIT, *author, "commit", "--quiet", "--no-verify", "--message", "Start the project"],
    ):
        subprocess.run(command, cwd=directory, env=environment, check=True)


def fault_of_directory(directory: Path) -> str:
    """The reason why a copy cannot be written there, or an empty string."""
    if directory.is_relative_to(PROJECT):
        return f"DIR is {directory}, which is in this project"
    taken = directory.is_file() or (directory.is_dir() and any(directory.iterdir()))
    return f"{directory} exists already" if taken else ""


def main() -> None:
    """Check the arguments, then write the copy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--plural")
    parser.add_argument("directory", type=Path)
    arguments = parser.parse_args()
    renaming = Renaming(arguments.name, arguments.plural or plural_of(arguments.name))
    directory = arguments.directory.resolve()
    if fault := fault_of_directory(directory) or fault_of(renaming, files()):
        sys.exit(f"make new: {fault}")
    write(directory, renaming)
    finish(directory)
    print(f"{directory} is ready: run `make up` there. Its docs/copying.md lists what to delete")


if __name__ == "__main__":
    main()
