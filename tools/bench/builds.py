"""Builds this project with `sam build`, and the peers as developers usually build them."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.build.finish import compile_all
from tools.local.stack import Stack
from tools.local.workspace import PROJECT, Workspace, host_architecture

API, THUMBNAILS, LAYER = "UsersApiFunction", "ThumbnailsFunction", "CommonLayer"
"""The resources of template.yaml that are measured. Their properties come from the template."""

NO_PORT = 0  # this workspace only runs a build
PEERS = Path(__file__).with_name("peers")
PEER_VARIABLES = {
    "USERS_TABLE_NAME": "users",
    "USER_EMAILS_TABLE_NAME": "user-emails",
    "POWERTOOLS_SERVICE_NAME": "users",
    "POWERTOOLS_METRICS_NAMESPACE": "ServerlessUsersApi",
}


@dataclass(frozen=True)
class Function:
    """The directories of a function and its layers, its handler and its environment variables."""

    name: str
    handler: str
    code: Path
    layers: Sequence[Path]
    variables: Mapping[str, str]

    @property
    def paths(self) -> list[str]:
        """The first directories of the search path, in the order of Lambda."""
        return [str(self.code), *(str(layer / "python") for layer in self.layers)]


@dataclass(frozen=True)
class Builds:
    """The runtime, the functions of APIs, the thumbnails function, and the size of the layer."""

    runtime: Path
    functions: Mapping[str, Function]
    thumbnails: Function
    layer_zip_mb: float


def build_all(directory: Path) -> Builds:
    """Build everything in `directory`."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    wheels = host_architecture() if platform.system() == "Linux" else "host"
    built = Stack(Workspace(NO_PORT, directory)).build(wheels=wheels)
    peers = [
        *(_peer(directory / path.stem, path.parent, handler=path.stem) for path in PEERS.glob("bare/*.py")),
        _peer(directory / "lean_powertools", packages="bench-lean-powertools"),
        _peer(directory / "powertools", packages="bench-powertools"),
        _peer(directory / "sam_build", PEERS / "powertools", packages="bench-powertools", compiled=False),
        _peer(directory / "fastapi", packages="bench-fastapi"),
    ]
    layer = Path(shutil.make_archive(str(directory / "layer"), "zip", built / LAYER))
    return Builds(
        _install("bench-runtime", directory / "runtime", compiled=True),
        {function.name: function for function in (_ours(built, API), *peers)},
        _ours(built, THUMBNAILS),
        layer.stat().st_size / 1_000_000,
    )


def _ours(built: Path, resource: str) -> Function:
    """A function of the template that `sam build` wrote."""
    template = yaml.safe_load((built / "template.yaml").read_text("utf-8"))
    own, common = template["Resources"][resource]["Properties"], template["Globals"]["Function"]
    layers = [*common.get("Layers", []), *own.get("Layers", [])]
    variables = {
        name: _resolved(value, template["Parameters"])
        for properties in (common, own)
        for name, value in properties.get("Environment", {}).get("Variables", {}).items()
    }
    return Function(
        "ours",
        own["Handler"],
        built / resource,
        [built / layer["Ref"] for layer in layers if "Ref" in layer],
        variables,
    )


def _resolved(value: Any, parameters: Mapping[str, Any]) -> str:
    """A parameter's default; a placeholder for values that only a deployed stack has."""
    if isinstance(value, dict):
        return str(parameters.get(value.get("Ref", ""), {}).get("Default", "placeholder"))
    return str(value)


def _peer(
    directory: Path,
    source: Path | None = None,
    *,
    handler: str = "app",
    packages: str | None = None,
    compiled: bool = True,
) -> Function:
    """A peer without packages uses the SDK of the runtime. Plain `sam build` leaves no bytecode."""
    code, layer = directory / "code", directory / "layer"
    shutil.copytree(source or PEERS / directory.name, code, ignore=shutil.ignore_patterns("__pycache__"))
    if compiled:
        compile_all(code, str(code))
    if packages:
        _install(packages, layer / "python", compiled=compiled)
    return Function(
        directory.name, f"{handler}.lambda_handler", code, [layer] if packages else [], PEER_VARIABLES
    )


def _install(group: str, target: Path, *, compiled: bool) -> Path:
    """The packages of a group of pyproject.toml, in the versions of uv.lock."""
    requirements = target.with_suffix(".txt")
    target.parent.mkdir(parents=True, exist_ok=True)
    _uv("export", "--frozen", "--no-header", "--only-group", group, "--output-file", requirements)
    _uv("pip", "install", "--python", sys.executable, "--target", target, "-r", requirements)
    if compiled:
        compile_all(target, str(target))
    return target


def _uv(*arguments: str | Path) -> None:
    program = shutil.which("uv") or PROJECT / ".local/tools/uv/bin/uv"
    subprocess.run([program, *arguments, "--quiet"], cwd=PROJECT, check=True)
