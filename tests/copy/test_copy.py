"""A copy with other names works, as a whole and with capabilities deleted as docs/copying.md says."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.copy.deleting import delete_capability
from tests.helpers.markdown import PROJECT

PYTEST = ".venv/bin/python", "-m", "pytest", "--quiet"


def run(directory: Path, *command: str) -> None:
    """Run a command, which must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which users are categories: another plural, and longer."""
    directory = tmp_path_factory.mktemp("new") / "categories"
    run(PROJECT, "make", "new", "NAME=category", f"DIR={directory}")
    run(directory, "make", "check")
    return directory


def test_a_copy_passes_its_tests(copy: Path) -> None:
    """Those without a stack."""
    run(copy, *PYTEST, "-n", "2", "tests/unit", "tests/integration")


def test_a_copy_runs(copy: Path) -> None:
    """The commands of its README, `make up` among them, print what it says."""
    run(copy, *PYTEST, "tests/e2e/test_docs.py::TestReader::test_readme")


@pytest.mark.parametrize("capabilities", [["Clean-up", "Avatars"], ["Webhooks"]], ids=", ".join)
def test_a_copy_works_without(copy: Path, capabilities: list[str]) -> None:
    """Deleted in this order."""
    run(copy, "git", "reset", "--quiet", "--hard")
    for capability in capabilities:
        delete_capability(copy, capability)
    run(copy, "make", "format", "openapi")
    run(copy, "make", "check")
    # The page asks people to copy what `make costs` prints.
    run(copy, *PYTEST, "-n", "2", "tests/unit", "-k", "not quote_what_make_costs_prints")
