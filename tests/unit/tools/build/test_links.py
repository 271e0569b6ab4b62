"""The build writes only to files of its own, never through a hard link into the cache of uv."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
WHEEL = {
    "sdk/__init__.py": "",
    "sdk/data/endpoints.json": "{}",
    "sdk-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: sdk\nVersion: 1\n",
    "sdk-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "sdk-1.dist-info/RECORD": "",
}
# A layer whose recipe writes to every file that it has, before the build finishes it.
MAKEFILE = f"""
PROJECT := {ROOT}
include {str(ROOT).replace(" ", "\\ ")}/tools/build/build.mk

build-Layer: uv
	$(call install,$(ARTIFACTS_DIR)/python)
	find "$(ARTIFACTS_DIR)" -type f -exec sh -c 'echo "#" >> "$$0"' {{}} \\;
	$(call finish,/opt)
"""


def files(directory: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file."""
    found = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): (path.read_bytes(), path.stat().st_mode) for path in found}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A uv whose cache and only package are in `tmp_path`, with an environment linked to that cache."""
    wheel = tmp_path / "sdk-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in WHEEL.items():
            archive.writestr(name, content)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.txt").write_text(f"sdk==1 --hash=sha256:{digest}\n")
    (tmp_path / "Makefile").write_text(MAKEFILE)
    shutil.copy(ROOT / ".python-version", tmp_path)
    programs = [str(ROOT / ".venv" / "bin"), str(ROOT / ".local/tools/uv/bin"), os.environ["PATH"]]
    return os.environ | {
        "ARTIFACTS_DIR": str(tmp_path / "artifacts"),
        "PATH": os.pathsep.join(programs),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_FIND_LINKS": str(tmp_path),
        "UV_NO_INDEX": "1",
        "WHEELS": "host",
    }


def test_the_build_leaves_linked_environments_as_they_are(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """Not even a recipe that writes to every file reaches what the package was linked to."""
    linked = tmp_path / "environment"
    install = ["uv", "pip", "install", "--quiet", "--link-mode", "hardlink", "--target", str(linked), "sdk"]
    subprocess.run(install, cwd=tmp_path, env=environment, check=True)
    before = files(linked)
    assert (linked / "sdk/data/endpoints.json").stat().st_nlink > 1

    subprocess.run(["make", "--silent", "build-Layer"], cwd=tmp_path, env=environment, check=True)

    assert files(linked) == before
    built = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert [path.name for path in built if path.stat().st_nlink > 1 or path.is_symlink()] == []
    assert (tmp_path / "artifacts/python/sdk/data/endpoints.json").read_text() == "{}#\n"
