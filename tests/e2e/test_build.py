"""What `make build` makes for a deployment: the same each time, for the right processor, ready to run."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.build.finish import check_platform
from tools.local.workspace import PROJECT

ARCHITECTURE = "arm64"
LAYER_MB = 9
FUNCTION_MB = 1


def build(directory: Path) -> Path:
    """A copy of the project's sources, built by `make build` where nothing was built before."""
    ignored = shutil.ignore_patterns(
        ".git", ".aws-sam", ".local", ".venv", "__pycache__", ".*_cache", "node_modules"
    )
    shutil.copytree(PROJECT, directory, ignore=ignored)
    for tools in (".local/tools", ".venv"):
        (directory / tools).parent.mkdir(exist_ok=True)
        (directory / tools).symlink_to(PROJECT / tools)
    environment = {name: value for name, value in os.environ.items() if name != "WHEELS"}
    subprocess.run(["make", "build"], cwd=directory, env=environment, check=True, capture_output=True)
    return directory / ".aws-sam" / "build"


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two builds of one state, at two places."""
    return [build(tmp_path_factory.mktemp("build") / "project") for _ in range(2)]


def digests(build: Path) -> dict[str, str]:
    """The hash of each file that is going to be uploaded."""
    return {
        str(path.relative_to(build)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(build.rglob("*"))
        if path.is_file()
    }


class TestBuild:
    """Layers and code, as they go to AWS."""

    def test_is_the_same_each_time(self, builds: list[Path]) -> None:
        first, second = map(digests, builds)
        assert len(first) > 1000
        assert first == second

    def test_shares_no_file_with_anything_else(self, builds: list[Path]) -> None:
        files = [path for path in builds[0].rglob("*") if path.is_file()]
        assert [path for path in files if path.is_symlink() or path.stat().st_nlink > 1] == []

    def test_is_for_the_processor_of_the_functions(self, builds: list[Path]) -> None:
        libraries = [path.name for path in builds[0].rglob("*.so")]
        assert any("pydantic_core" in name for name in libraries)
        assert any("_imaging" in name for name in libraries)
        check_platform(builds[0], ARCHITECTURE)

    def test_has_bytecode_for_every_source_and_nothing_that_does_not_run(self, builds: list[Path]) -> None:
        names = digests(builds[0])
        sources = {name.removesuffix(".py") for name in names if name.endswith(".py")}
        compiled = {
            re.sub(r"__pycache__/(.+)\.cpython-313$", r"\1", name.removesuffix(".pyc"))
            for name in names
            if name.endswith(".pyc")
        }
        assert sources == compiled
        assert not [name for name in names if re.search(r"/tests?/|\.pyi$|/RECORD$|/examples-1\.json", name)]

    @pytest.mark.parametrize(
        ("name", "limit"), [("CommonLayer", LAYER_MB), ("UsersApiFunction", FUNCTION_MB)]
    )
    def test_is_small(self, builds: list[Path], tmp_path: Path, name: str, limit: int) -> None:
        archive = Path(shutil.make_archive(str(tmp_path / name), "zip", builds[0] / name))
        assert archive.stat().st_size < limit * 1_000_000

    def test_fails_when_the_wheels_would_be_for_another_processor(self, tmp_path: Path) -> None:
        """Plain `sam build` runs the same Makefile, which refuses what it does not know."""
        (tmp_path / "artifacts").mkdir()
        environment = os.environ | {"ARTIFACTS_DIR": str(tmp_path / "artifacts"), "WHEELS": "riscv"}
        environment["PATH"] = f"{PROJECT / '.local/tools/uv/bin'}{os.pathsep}{environment['PATH']}"
        command = ["make", "--makefile", str(PROJECT / "src/Makefile"), "build-UsersApiFunction"]
        done = subprocess.run(
            command, cwd=PROJECT / "src", env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert "riscv" in done.stderr
