"""Each practice in docs/practices.md has a test that fails without it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.practices.copies import copy_to
from tests.practices.table import PRACTICES, Practice


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project."""
    directory = tmp_path_factory.mktemp("practices")
    copy_to(directory)
    return directory


def output_of(test: str, copy: Path) -> str:
    """The output of a test in the copy. Bytecode is not written: it could outlive a patch."""
    command = [sys.executable, "-Bm", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.name)
def test_has_a_test_that_fails_without_it(practice: Practice, copy: Path) -> None:
    """It does not merely stop with an error. With the practice, it passes."""
    with_it = output_of(practice.test, copy)
    assert re.search(r"^\d+ passed", with_it, re.MULTILINE), with_it
    subprocess.run(["git", "apply", practice.patch], cwd=copy, check=True)
    without_it = output_of(practice.test, copy)
    subprocess.run(["git", "apply", "--reverse", practice.patch], cwd=copy, check=True)
    assert re.search(r"^\d+ failed", without_it, re.MULTILINE), without_it
