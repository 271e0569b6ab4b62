"""docs/practices.md names what exists. `make practices` proves it."""

import re
import subprocess

import pytest

from tests.helpers.markdown import PROJECT
from tests.practices.table import PAGE, PATCHES, PRACTICES, Practice


def test_each_row_has_a_patch_and_each_patch_a_row() -> None:
    """The header is the one row that is no practice."""
    rows = re.findall(r"^\| \w", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) - 1 == len(PRACTICES)
    assert sorted(each.patch for each in PRACTICES) == sorted(PATCHES.glob("*.patch"))


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.name)
def test_place_and_test_exist_and_the_patch_applies(practice: Practice) -> None:
    """In the project of today."""
    path, *names = practice.test.partition("[")[0].split("::")
    tests = (PROJECT / path).read_text("utf-8")
    assert re.search(rf"\b{practice.symbol}\b", (PROJECT / practice.file).read_text("utf-8"))
    assert [name for name in names if not re.search(rf"(?:class|def) {name}\b", tests)] == []
    subprocess.run(["git", "apply", "--check", practice.patch], cwd=PROJECT, check=True)
