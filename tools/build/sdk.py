"""Reduces botocore's data, which each cold start searches, to the services in use: from 28 MB to 2 MB."""

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import Any

type Document = dict[str, Any]

_FILE = "layers/common/aws-services.txt"
SERVICES = {
    line
    for line in (Path(__file__).parents[2] / _FILE).read_text("utf-8").splitlines()
    if line and not line.startswith("#")
}
_CLIENT = re.compile(r"""\b(?:client|resource|create_client)\(\s*(?:service_name=)?["']([\w-]+)["']""")


class ArtifactError(Exception):
    """The artifact must not be deployed; the message gives the reason."""


def check_clients(code: Path) -> None:
    """Raise ArtifactError if code creates a client of another service, which would fail in Lambda."""
    for source in sorted(code.rglob("*.py")):
        for service in _CLIENT.findall(source.read_text("utf-8")):
            if service not in SERVICES:
                raise ArtifactError(f"{source.relative_to(code)} uses {service}: add it to {_FILE}")


def reduce_data(data: Path) -> None:
    """Keep only the services in use, if the artifact contains botocore."""
    if not data.exists():
        return
    for directory in data.iterdir():
        if directory.is_dir() and directory.name not in SERVICES:
            shutil.rmtree(directory)
    prefixes = {_reduce_service(data / service) for service in SERVICES}
    endpoints = json.loads((data / "endpoints.json").read_text("utf-8"))
    for partition in endpoints["partitions"]:
        known = partition["services"].items()
        partition["services"] = {prefix: service for prefix, service in known if prefix in prefixes}
    _write(data / "endpoints.json", endpoints)


def _reduce_service(service: Path) -> str:
    """Keep the newest version, uncompressed and without documentation; return its endpoint prefix."""
    if not service.exists():
        raise ArtifactError(f"boto3 has no service {service.name}: correct {_FILE}")
    *older, newest = sorted(service.iterdir())
    for version in older:
        shutil.rmtree(version)
    (newest / "examples-1.json").unlink(missing_ok=True)
    for packed in list(newest.glob("*.gz")):
        text = gzip.decompress(packed.read_bytes())
        _write(packed.with_suffix(""), json.loads(text, object_hook=_undocumented))
        packed.unlink()
    model = json.loads((newest / "service-2.json").read_text("utf-8"))
    return str(model["metadata"]["endpointPrefix"])


def _undocumented(value: Document) -> Document:
    """Empty the documentation. A `documentation` that is not a string is a shape of the service."""
    return {k: "" if k == "documentation" and isinstance(v, str) else v for k, v in value.items()}


def _write(file: Path, document: Document) -> None:
    file.write_text(json.dumps(document, separators=(",", ":")), "utf-8")
