"""An artifact contains only files that run, for the processor of its function."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.build.finish import ELF_MACHINES, check_platform, compile_all, trim
from tools.build.sdk import ArtifactError
from tools.local.workspace import PROJECT

KEPT = [
    "python/p/a.py",
    "python/p-1.dist-info/METADATA",
    "python/p-1.dist-info/licenses/L",
    "python/p-1.dist-info/LICENSE.txt",
    "python/p-1.dist-info/sboms/p.json",
]
DELETED = ["python/p/a.pyi", "python/p/tests/t.py", "python/bin/tool", "python/p-1.dist-info/RECORD"]
MACH_O = b"\xcf\xfa\xed\xfe" + bytes(60)


def write(path: Path, content: bytes = b"") -> None:
    """Write a file with its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def elf(wheels: str) -> bytes:
    """The header of an ELF file."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + ELF_MACHINES[wheels].to_bytes(2, "little")


def test_files_that_do_not_run_are_deleted_and_metadata_is_kept(tmp_path: Path) -> None:
    """Scanners read metadata and licenses."""
    for name in KEPT + DELETED:
        write(tmp_path / name)
    trim(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(KEPT)


@pytest.mark.parametrize(
    ("name", "content"), [("a.so", elf("x86_64")), ("libjpeg.so.62", elf("x86_64")), ("a.dylib", MACH_O)]
)
def test_native_code_is_refused_when_it_is_for_another_platform(
    tmp_path: Path, name: str, content: bytes
) -> None:
    """Also in `main`, whose exit code fails the build."""
    write(tmp_path / "b.so", elf("arm64"))
    check_platform(tmp_path, "arm64")
    write(tmp_path / name, content)
    command = [sys.executable, "-m", "tools.build.finish", str(tmp_path), "arm64", "/opt"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (1, f"Not for Linux on arm64: {name}")
    check_platform(tmp_path, "host")


def test_bytecode_depends_only_on_the_source(tmp_path: Path) -> None:
    """It is never compared with the source (PEP 552), and shows paths of Lambda."""
    compiled = []
    for directory in (tmp_path / "a", tmp_path / "b"):
        write(directory / "module.py", b"NUMBERS = {1, 2, 3}\n\n\ndef f():\n    return __file__\n")
        compile_all(directory, "/opt")
        compiled.append((directory / "__pycache__" / "module.cpython-313.pyc").read_bytes())
    assert compiled[0] == compiled[1]
    assert compiled[0][4] == 1
    assert b"/opt/module.py" in compiled[0]


def test_code_that_cannot_be_compiled_is_refused(tmp_path: Path) -> None:
    """Lambda would fail at the first request."""
    write(tmp_path / "broken.py", b"def")
    with pytest.raises(ArtifactError, match="compiled"):
        compile_all(tmp_path, "/opt")
