"""What is measured, unpacked as Lambda does it: ours from its zips, the peers as their users build them."""

import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.environment import Function
from bundle.finish import compile_all
from local.stack import Stack
from local.workspace import PROJECT, Workspace, host_architecture

PEERS = Path(__file__).with_name("peers")
# What template.yaml sets for UsersApiFunction, in the names that the peers use, too.
VARIABLES = {
    "USERS_TABLE_NAME": "users",
    "USER_EMAILS_TABLE_NAME": "user-emails",
    "IDEMPOTENCY_TABLE_NAME": "idempotency",
    "IMAGES_BUCKET_NAME": "images",
    "CORS_ALLOWED_ORIGINS": "*",
    "POWERTOOLS_SERVICE_NAME": "users",
    "POWERTOOLS_METRICS_NAMESPACE": "ServerlessUsersApi",
}
NO_PORT = 0  # of a workspace in which nothing runs but a build
_OURS = "users.handlers.api.lambda_handler"


@dataclass(frozen=True)
class Builds:
    """The runtime, the functions by name, the size of our zips in MB, and where our code is."""

    runtime: Path
    functions: Mapping[str, Function]
    layer_zip_mb: float
    function_zip_mb: float
    imports: Sequence[Path]


def build_all(directory: Path) -> Builds:
    """Build everything anew below `directory`."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    runtime = _install("bench-runtime", directory / "runtime", compiled=True)
    functions = _peers(directory)
    layer, imaging, documents, code = _build_ours(directory / "ours")
    layers = [_unpack(path) / "python" for path in (layer, imaging)]
    functions["ours"] = Function("ours", _OURS, _unpack(code), layers[:1], VARIABLES)
    imports = [*layers, _unpack(documents)]
    return Builds(runtime, functions, _megabytes(layer), _megabytes(code), imports)


def _peers(directory: Path) -> dict[str, Function]:
    """The bare handlers use the SDK of the runtime. Plain `sam build` leaves no bytecode."""
    compiled = {
        name: _install(f"bench-{name}", directory / name / "packages", compiled=True)
        for name in ("powertools", "fastapi")
    }
    plain = _install("bench-powertools", directory / "sam_build" / "packages", compiled=False)
    bare = _copy("bare", directory / "bare", compiled=True)
    code = {name: _copy(name, directory / name / "code", compiled=True) for name in compiled}
    peers = [
        *(Function(name, f"{name}.lambda_handler", bare, (), VARIABLES) for name in _bare_handlers()),
        *(Function(name, "app.lambda_handler", code[name], [compiled[name]], VARIABLES) for name in compiled),
        Function(
            "sam_build",
            "app.lambda_handler",
            _copy("powertools", directory / "sam_build" / "code", compiled=False),
            [plain],
            VARIABLES,
        ),
    ]
    return {peer.name: peer for peer in peers}


def _bare_handlers() -> list[str]:
    return [path.stem for path in (PEERS / "bare").glob("*.py")]


def _copy(peer: str, target: Path, *, compiled: bool) -> Path:
    shutil.copytree(PEERS / peer, target, ignore=shutil.ignore_patterns("__pycache__"))
    return _compile(target) if compiled else target


def _install(group: str, target: Path, *, compiled: bool) -> Path:
    """The packages of a group of pyproject.toml, in the versions of uv.lock."""
    requirements = target.with_suffix(".txt")
    requirements.parent.mkdir(parents=True, exist_ok=True)
    export = ["export", "--quiet", "--frozen", "--no-header", "--only-group", group]
    _uv(*export, "--output-file", str(requirements))
    _uv(
        "pip",
        "install",
        "--quiet",
        "--python",
        sys.executable,
        "--target",
        str(target),
        "-r",
        str(requirements),
    )
    return _compile(target) if compiled else target


def _compile(directory: Path) -> Path:
    compile_all(directory, str(directory))
    return directory


def _build_ours(directory: Path) -> list[Path]:
    """The zips of the layers and of the code, as for a deployment on this machine's processor."""
    directory.mkdir()
    wheels = host_architecture() if platform.system() == "Linux" else "host"
    built = Stack(Workspace(NO_PORT, directory)).build(wheels=wheels)
    places = {"CommonLayer": "opt", "ImagingLayer": "opt-imaging"}
    places |= {"DocumentsFunction": "var/documents", "UsersApiFunction": "var/task"}
    return [_zip(built / name, directory / place) for name, place in places.items()]


def _zip(folder: Path, name: Path) -> Path:
    name.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.make_archive(str(name), "zip", folder))


def _unpack(archive: Path) -> Path:
    target = archive.with_suffix("")
    with zipfile.ZipFile(archive) as content:
        content.extractall(target)
    return target


def _megabytes(file: Path) -> float:
    return file.stat().st_size / 1_000_000


def _uv(*arguments: str) -> None:
    program = shutil.which("uv") or str(PROJECT / ".local/tools/uv/bin/uv")
    subprocess.run([program, *arguments], cwd=PROJECT, check=True)
