"""The build changes only its own copies of files, never the cache of uv."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tools.local.workspace import PROJECT

WHEEL = {
    "sdk/__init__.py": "",
    "sdk-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: sdk\nVersion: 1\n",
    "sdk-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "sdk-1.dist-info/RECORD": "",
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A uv with a cache of its own, whose only package is in `tmp_path`."""
    wheel = tmp_path / "sdk-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in WHEEL.items():
            archive.writestr(name, content)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.txt").write_text(f"sdk==1 --hash=sha256:{digest}\n")
    shutil.copy(PROJECT / ".python-version", tmp_path)
    path = [str(PROJECT / ".venv" / "bin"), str(PROJECT / ".local/tools/uv/bin"), os.environ["PATH"]]
    uv = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_FIND_LINKS": str(tmp_path), "UV_NO_INDEX": "1"}
    build = {"ARTIFACTS_DIR": str(tmp_path / "artifacts"), "WHEELS": "host"}
    return os.environ | uv | build | {"PATH": os.pathsep.join(path)}


def test_installed_files_are_copies(tmp_path: Path, environment: dict[str, str]) -> None:
    """Other environments have hard links to the cache."""
    other = ["uv", "pip", "install", "--quiet", "--link-mode", "hardlink", "--target", "other", "sdk"]
    subprocess.run(other, cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "other/sdk/__init__.py").stat().st_nlink > 1

    script = ["sh", str(PROJECT / "tools/build/build.sh"), "install"]
    subprocess.run(script, cwd=tmp_path, env=environment, check=True)

    installed = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert {path.stat().st_nlink for path in installed} == {1}
    assert not any(path.is_symlink() for path in installed)
