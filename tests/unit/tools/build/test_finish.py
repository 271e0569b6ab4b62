"""What is zipped is for running, and runs on the function's processor."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.build.errors import ArtifactError
from tools.build.finish import ELF_MACHINES, check_platform, compile_all, trim

ROOT = Path(__file__).parents[4]


def write(path: Path, content: bytes = b"") -> Path:
    """A file with its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def library(machine: int) -> bytes:
    """The head of an ELF file."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + (3).to_bytes(2, "little") + machine.to_bytes(2, "little")


def finish(artifact: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Finish an artifact as the Makefiles do."""
    command = [
        sys.executable,
        "-m",
        "tools.build.finish",
        str(artifact),
        "--root",
        "/opt",
        "--wheels",
        "arm64",
    ]
    return subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)


class TestTrim:
    """Nothing that only people or compilers read, and what scanners read."""

    def test_leaves_what_runs_and_what_tells_the_versions(self, tmp_path: Path) -> None:
        kept = [
            "python/p/a.py",
            "python/p/data.json",
            "python/p-1.dist-info/METADATA",
            "python/p-1.dist-info/licenses/L",
            "python/p-1.dist-info/LICENSE.txt",
            "python/p-1.dist-info/NOTICE",
            "python/p-1.dist-info/sboms/p.json",
        ]
        gone = [
            "python/p/a.pyi",
            "python/p/py.typed",
            "python/p/tests/t.py",
            "python/bin/tool",
            "python/p-1.dist-info/RECORD",
        ]
        for name in kept + gone:
            write(tmp_path / name)
        trim(tmp_path)
        assert sorted(
            str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
        ) == sorted(kept)


class TestPlatform:
    """Native code is for Linux on the function's processor, or the build fails."""

    @pytest.mark.parametrize("wheels", ELF_MACHINES)
    def test_passes_when_it_is(self, tmp_path: Path, wheels: str) -> None:
        write(tmp_path / "a.so", library(ELF_MACHINES[wheels]))
        check_platform(tmp_path, wheels)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.cpython-313-x86_64-linux-gnu.so", library(ELF_MACHINES["x86_64"])),
            ("a.cpython-313-darwin.so", b"\xcf\xfa\xed\xfe" + bytes(60)),
            ("libjpeg.so.62", library(ELF_MACHINES["x86_64"])),
            ("a.dylib", b"\xcf\xfa\xed\xfe" + bytes(60)),
        ],
    )
    def test_fails_when_it_is_not(self, tmp_path: Path, name: str, content: bytes) -> None:
        write(tmp_path / name, content)
        with pytest.raises(ArtifactError, match=f"Not for Linux on arm64: {name}"):
            check_platform(tmp_path, "arm64")
        check_platform(tmp_path, "host")

    def test_the_build_fails_and_says_so(self, tmp_path: Path) -> None:
        write(tmp_path / "python" / "a.so", library(ELF_MACHINES["x86_64"]))
        done = finish(tmp_path)
        assert (done.returncode, done.stderr.strip()) == (1, "Not for Linux on arm64: python/a.so")


class TestServices:
    """Code whose clients the layer has no data for is not shipped."""

    def test_the_build_fails_and_names_the_list(self, tmp_path: Path) -> None:
        write(tmp_path / "users" / "mail.py", b'boto3.client("ses")')
        services = ["--sdk-services", "layers/common/aws-services.txt", "--code", "users"]
        done = finish(tmp_path, *services)
        expected = "mail.py uses ses: add it to layers/common/aws-services.txt"
        assert (done.returncode, done.stderr.strip()) == (1, expected)


class TestCompile:
    """Bytecode that is the same for the same source, and never checked against it."""

    def compiled(self, directory: Path) -> bytes:
        write(
            directory / "package" / "module.py", b"NUMBERS = {1, 2, 3}\n\n\ndef f():\n    return __file__\n"
        )
        compile_all(directory, "/opt")
        [bytecode] = (directory / "package" / "__pycache__").iterdir()
        assert bytecode.name == "module.cpython-313.pyc"
        return bytecode.read_bytes()

    def test_is_the_same_wherever_it_is_made(self, tmp_path: Path) -> None:
        first, second = self.compiled(tmp_path / "a"), self.compiled(tmp_path / "b")
        assert first == second
        assert b"/opt/package/module.py" in first
        assert first[4] == 1  # by hash, unchecked (PEP 552)

    def test_fails_when_something_cannot_be_compiled(self, tmp_path: Path) -> None:
        write(tmp_path / "broken.py", b"def")
        with pytest.raises(ArtifactError, match="compiled"):
            compile_all(tmp_path, "/opt")
