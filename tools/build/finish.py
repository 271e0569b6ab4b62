"""Finishes an artifact: removes unused files, checks the platform of native code, and compiles to bytecode.

It requires Python 3.13 and no packages.
"""

import argparse
import compileall
import re
import shutil
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

from tools.build.lazy import make_lazy
from tools.build.sdk import ArtifactError, check_clients, reduce_data

ELF_MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}
_ELF_MACHINE_OFFSET = 18
_UNUSED = ("*.pyi", "*.pyx", "*.pxd", "*.c", "*.h", "py.typed", "bin", "tests", "test", "__pycache__")
# Scanners such as Amazon Inspector identify packages by their metadata.
_USED_METADATA = re.compile(r"METADATA|licenses|sboms|(LICEN[CS]E|COPYING|NOTICE|AUTHORS)\b.*")
# The functions use only one module of AWS's OpenTelemetry distribution. The others take 1 MB.
_DISTRO, _DISTRO_MODULE = "python/amazon/opentelemetry/distro", "opentelemetry_lite_sdk.py"
_NATIVE = ("*.so", "*.so.*", "*.dylib", "*.pyd")


def trim(artifact: Path) -> None:
    """Delete files that are not needed at run time."""
    unused = [path for pattern in _UNUSED for path in artifact.rglob(pattern)]
    unused += [path for path in artifact.rglob("*.dist-info/*") if not _USED_METADATA.fullmatch(path.name)]
    unused += [path for path in artifact.glob(f"{_DISTRO}/*") if path.name != _DISTRO_MODULE]
    for path in unused:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def check_platform(artifact: Path, wheels: str) -> None:
    """Raise ArtifactError if native code is for another processor or operating system."""
    if wheels == "host":
        return
    for library in [path for pattern in _NATIVE for path in artifact.rglob(pattern)]:
        head = library.read_bytes()[: _ELF_MACHINE_OFFSET + 2]
        machine = int.from_bytes(head[_ELF_MACHINE_OFFSET:], "little")
        if not head.startswith(b"\x7fELF") or machine != ELF_MACHINES[wheels]:
            raise ArtifactError(f"Not for Linux on {wheels}: {library.relative_to(artifact)}")


def compile_all(artifact: Path, root: str) -> None:
    """Compile to bytecode, because Lambda cannot store it and would compile at every cold start.

    Python does not compare the bytecode with the source, so that modification times do not matter.
    Tracebacks show paths below `root`.
    """
    compiled = compileall.compile_dir(
        artifact,
        maxlevels=50,
        stripdir=str(artifact),
        prependdir=root,
        quiet=1,
        force=True,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise ArtifactError("Some files cannot be compiled; see above.")


def main() -> int:
    """Finish one artifact; return 1 if it must not be deployed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("artifact", type=Path)
    parser.add_argument("wheels", choices=[*ELF_MACHINES, "host"])
    parser.add_argument("root", help="the directory to which Lambda unpacks it")
    parser.add_argument("code", nargs="?", help="a folder in the artifact: check its AWS clients")
    options = parser.parse_args()
    try:
        trim(options.artifact)
        make_lazy(options.artifact / "python")
        reduce_data(options.artifact / "python" / "botocore" / "data")
        if options.code:
            check_clients(options.artifact / options.code)
        check_platform(options.artifact, options.wheels)
        compile_all(options.artifact, options.root)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
