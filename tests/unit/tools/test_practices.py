"""docs/practices.md names what exists, and `make practices` reports what it does not prove."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.practices import __main__ as tool
from tools.practices.__main__ import PAGE, PATCHES, PROJECT, Practice, fault_of, practices

PATCH = "--- a/product.py\n+++ b/product.py\n@@ -1 +1 @@\n-{old}\n+{new}\n"


def test_each_row_has_a_patch_and_each_patch_a_row() -> None:
    """The header is the one row that is no practice."""
    rows = re.findall(r"^\| \w", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) - 1 == len(practices())
    assert sorted(each.patch for each in practices()) == sorted(PATCHES.glob("*.patch"))


@pytest.mark.parametrize("practice", practices(), ids=lambda practice: practice.name)
def test_place_and_test_exist_and_the_patch_applies(practice: Practice) -> None:
    """In the project of today."""
    path, *names = practice.test.partition("[")[0].split("::")
    tests = (PROJECT / path).read_text("utf-8")
    assert re.search(rf"\b{practice.symbol}\b", (PROJECT / practice.file).read_text("utf-8"))
    assert [name for name in names if not re.search(rf"(?:class|def) {name}\b", tests)] == []
    subprocess.run(["git", "apply", "--check", practice.patch], cwd=PROJECT, check=True)


@pytest.mark.parametrize(
    ("old", "new", "test", "fault"),
    [
        ("A = 1", "A = 2", "test_a", ""),
        ("A = 1", "A = 1  #", "test_a", "the test passes"),
        ("A = 0", "A = 2", "test_a", "the patch does not apply"),
        ("A = 1", "A = 2", "test_b", "the test does not run"),
        ("A = 1", "A =", "test_a", "the test does not run"),
    ],
)
def test_proven_only_when_the_test_fails(  # noqa: PLR0913, PLR0917 - columns
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, test: str, fault: str
) -> None:
    """Not when it cannot run."""
    monkeypatch.setattr(tool, "PATCHES", tmp_path)
    (tmp_path / "product.py").write_text("A = 1\n")
    (tmp_path / "test_product.py").write_text("import product\n\ndef test_a(): assert product.A == 1\n")
    (tmp_path / "a.patch").write_text(PATCH.format(old=old, new=new))
    found = fault_of(Practice("A", "A", "product.py", f"test_product.py::{test}"), tmp_path)
    assert found.startswith(fault)
    assert bool(found) == bool(fault)
    assert (tmp_path / "product.py").read_text() == "A = 1\n"
