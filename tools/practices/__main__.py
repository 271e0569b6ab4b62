"""`make practices`: applies the patch of each practice to a copy of the project, and runs its test there."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs/practices.md"
PATCHES = Path(__file__).parent
LINKED = (".venv", ".local/tools")
_ROW = re.compile(r"^\| ([^|]+?) \| \[`([\w-]+)`\]\(\.\./([^)]+)\) \| `([^`]+)` \| .+\. \|$", re.MULTILINE)


class Practice(NamedTuple):
    """A row of the table: where the practice is, and the test that fails without it."""

    name: str
    symbol: str
    file: str
    test: str

    @property
    def patch(self) -> Path:
        """The patch that takes the practice out: `json-logs.patch`."""
        return PATCHES / f"{re.sub(r'\W+', '-', self.name.lower())}.patch"


def practices() -> list[Practice]:
    """The rows of the table."""
    return [Practice(*row) for row in _ROW.findall(PAGE.read_text("utf-8"))]


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


def pytest(directory: Path, *tests: str) -> tuple[int, str]:
    """The exit code and the end of the output. Bytecode is not written: it could outlive a patch."""
    command = [sys.executable, "-Bm", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr)[-3000:].strip()


def fault_of(practice: Practice, directory: Path) -> str:
    """Why the test does not prove the practice; empty if it fails without it, and only then."""
    apply = ["git", "apply", str(practice.patch)]
    if subprocess.run(apply, cwd=directory, check=False).returncode:
        return "the patch does not apply"
    code, output = pytest(directory, practice.test)
    subprocess.run([*apply, "--reverse"], cwd=directory, check=True)
    if code == 0:
        return "the test passes without the practice"
    return "" if code == 1 and re.search(r"\d+ failed", output) else f"the test does not run:\n{output}"


def main() -> None:
    """Run the tests with all practices, then each without its own; exit with 1 if one is not proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of practices; by default, all")
    names = parser.parse_args().names
    chosen = [each for each in practices() if not names or each.name in names]
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        copy_to(directory)
        code, output = pytest(directory, *(each.test for each in chosen))
        if code or not chosen:
            sys.exit(f"The tests do not pass with all practices:\n{output}")
        proven = 0
        for practice in chosen:
            fault = fault_of(practice, directory)
            proven += not fault
            print(f"  {practice.name:<42} {fault or f'fails: {practice.test}'}", flush=True)
    print(f"{proven} of {len(chosen)} practices have a test that fails without them.")
    sys.exit(proven < len(chosen))


if __name__ == "__main__":
    main()
