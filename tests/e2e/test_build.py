"""Artifacts for AWS, built by `make build` and by `sam build` alone."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.build.finish import check_platform
from tools.local.workspace import PROJECT, Workspace, tool

SIZES = {"CommonLayer": 9, "UsersApiFunction": 1}
"""The limits of zipped artifacts, in MB."""
IGNORED = (".git", ".aws-sam", ".local", ".venv", "__pycache__", ".*_cache", "node_modules")
SAM = [tool("sam", "sam"), "build", "--parameter-overrides", "Architecture=arm64"]


def build(directory: Path, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Build a copy of the project's sources."""
    shutil.copytree(PROJECT, directory, ignore=shutil.ignore_patterns(*IGNORED))
    for tools in (".local/tools", ".venv"):
        (directory / tools).parent.mkdir(exist_ok=True)
        (directory / tools).symlink_to(PROJECT / tools)
    inherited = Workspace(0, directory).sam_environment()
    environment = {name: value for name, value in inherited.items() if name != "WHEELS"} | variables
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The artifacts of both commands, in different places."""
    places = [tmp_path_factory.mktemp("build") / name for name in ("project", "a name with spaces")]
    for place, command in zip(places, (["make", "build"], SAM), strict=True):
        done = build(place, command)
        assert done.returncode == 0, done.stderr
    return [place / ".aws-sam" / "build" for place in places]


def digests(build: Path) -> dict[str, str]:
    """The hash of each file that will be uploaded."""
    return {
        str(path.relative_to(build)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in build.rglob("*")
        if path.is_file()
    }


class TestBuild:
    """Layers and functions, as they are deployed."""

    def test_is_the_same_each_time(self, builds: list[Path]) -> None:
        first, second = map(digests, builds)
        assert len(first) > 1000
        assert first == second

    def test_shares_no_file_with_anything_else(self, builds: list[Path]) -> None:
        files = [path for path in builds[0].rglob("*") if path.is_file()]
        assert [path for path in files if path.is_symlink() or path.stat().st_nlink > 1] == []

    def test_is_for_the_processor_of_the_functions(self, builds: list[Path]) -> None:
        libraries = " ".join(path.name for path in builds[0].rglob("*.so"))
        assert "pydantic_core" in libraries
        assert "_imaging" in libraries
        check_platform(builds[0], "arm64")

    def test_has_bytecode_for_every_source_and_nothing_that_does_not_run(self, builds: list[Path]) -> None:
        names = digests(builds[0])
        sources = {name for name in names if name.endswith(".py")}
        bytecode = {name for name in names if name.endswith(".pyc")}
        assert sources == {
            re.sub(r"__pycache__/(.+)\.cpython-313\.pyc$", r"\1.py", name) for name in bytecode
        }
        assert not [name for name in names if re.search(r"/tests?/|\.pyi$|/RECORD$|/examples-1\.json", name)]

    @pytest.mark.parametrize("name", SIZES)
    def test_is_small(self, builds: list[Path], tmp_path: Path, name: str) -> None:
        archive = Path(shutil.make_archive(str(tmp_path / name), "zip", builds[0] / name))
        assert archive.stat().st_size < SIZES[name] * 1_000_000

    def test_fails_with_one_line_when_uv_is_missing(self, tmp_path: Path) -> None:
        (tmp_path / "bin").mkdir()
        for program in ("make", "sh", "cp", "dirname"):
            (tmp_path / "bin" / program).symlink_to(shutil.which(program) or program)
        done = build(tmp_path / "project", SAM, PATH=str(tmp_path / "bin"))
        assert done.returncode != 0
        [line] = [line for line in done.stderr.splitlines() if "uv" in line]
        assert "uv is not on the PATH: run 'make build', or install uv" in line

    def test_fails_for_an_unknown_platform(self, tmp_path: Path) -> None:
        done = build(tmp_path / "project", SAM, WHEELS="riscv")
        assert done.returncode != 0
        assert "riscv" in done.stderr
