"""Finishes an artifact: removes unused files, checks the processor architecture, and compiles to bytecode.

It requires Python 3.13 and no packages.
"""

import argparse
import compileall
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

from tools.build.errors import ArtifactError
from tools.build.lazy import PACKAGES, make_lazy
from tools.build.sdk import check_clients, cut, listed

ELF_MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}
_ELF_MACHINE_AT = 18
# Keep metadata and licenses: scanners such as Amazon Inspector identify packages with them.
_KEPT_OF_A_DISTRIBUTION = re.compile(r"METADATA|licenses|sboms|(LICEN[CS]E|COPYING|NOTICE|AUTHORS)\b.*")
_NOT_FOR_RUNNING = (
    *("*.pyi", "*.pyx", "*.pxd", "*.c", "*.h", "py.typed"),
    *("bin", "tests", "test", "__pycache__"),
)


def trim(artifact: Path) -> None:
    """Delete files that are not needed at run time."""
    for pattern in _NOT_FOR_RUNNING:
        for path in sorted(artifact.rglob(pattern)):
            _delete(path)
    for distribution in artifact.rglob("*.dist-info"):
        for path in distribution.iterdir():
            if not _KEPT_OF_A_DISTRIBUTION.fullmatch(path.name):
                _delete(path)


def check_platform(artifact: Path, wheels: str) -> None:
    """Raise ArtifactError if native code is for another processor or operating system."""
    if wheels == "host":
        return
    for library in _libraries(artifact):
        head = library.read_bytes()[: _ELF_MACHINE_AT + 2]
        machine = int.from_bytes(head[_ELF_MACHINE_AT:], "little")
        if not head.startswith(b"\x7fELF") or machine != ELF_MACHINES[wheels]:
            message = f"Not for Linux on {wheels}: {library.relative_to(artifact)}"
            raise ArtifactError(message)


def compile_all(artifact: Path, root: str) -> None:
    """Compile to bytecode, because Lambda cannot store it and would compile at every cold start.

    The bytecode is never checked against the source, so that modification times do not matter. Tracebacks
    show paths below `root`.
    """
    done = compileall.compile_dir(
        artifact,
        maxlevels=50,
        stripdir=str(artifact),
        prependdir=root,
        quiet=1,
        force=True,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not done:
        message = "Some files cannot be compiled; see above."
        raise ArtifactError(message)


def _libraries(artifact: Path) -> Iterator[Path]:
    for pattern in ("*.so", "*.so.*", "*.dylib", "*.pyd"):
        yield from sorted(artifact.rglob(pattern))


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _cut_sdk(artifact: Path, services: set[str], code: str) -> None:
    """Check the AWS clients in the code, and reduce the SDK if the artifact contains it."""
    check_clients(artifact / code, services)
    data = artifact / "python" / "botocore" / "data"
    if data.exists():
        cut(data, services)


def main() -> int:
    """Finish one artifact; return 1 if it must not be deployed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artifact", type=Path)
    parser.add_argument("--root", required=True, help="where Lambda unpacks it")
    parser.add_argument("--wheels", required=True, choices=[*ELF_MACHINES, "host"])
    parser.add_argument("--sdk-services", type=Path, help="a list of the AWS services in use")
    parser.add_argument("--code", help="a folder with code that uses these services only")
    arguments = parser.parse_args()
    try:
        trim(arguments.artifact)
        for package in (arguments.artifact / "python" / name for name in PACKAGES):
            if package.is_dir():  # only the layer carries packages
                make_lazy(package)
        if arguments.sdk_services:
            _cut_sdk(arguments.artifact, listed(arguments.sdk_services), arguments.code)
        check_platform(arguments.artifact, arguments.wheels)
        compile_all(arguments.artifact, arguments.root)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
