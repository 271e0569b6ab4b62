"""Cuts botocore's data to the operations that are called: less to ship, to search and to parse at a start."""

import gzip
import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

type Document = dict[str, Any]

_KEPT_OF_A_SERVICE = (
    "endpoint-rule-set-1.json",
    *("paginators-1.json", "paginators-1.sdk-extras.json"),
    *("service-2.json", "service-2.sdk-extras.json"),  # the extras mend the model
)


def cut(data: Path, operations_file: Path) -> None:
    """Leave in `data` only what the operations need, which a TOML file names by service."""
    operations = tomllib.loads(operations_file.read_text("utf-8"))
    for directory in data.iterdir():
        if directory.is_dir() and directory.name not in operations:
            shutil.rmtree(directory)
    for service, names in operations.items():
        _cut_service(data / service, names)
    _write(data / "endpoints.json", _endpoints(_read(data / "endpoints.json"), set(operations)))


def _cut_service(service: Path, operations: list[str]) -> None:
    newest, *older = sorted(service.iterdir(), reverse=True)
    for version in older:
        shutil.rmtree(version)
    for file in list(newest.iterdir()):
        name = file.name.removesuffix(".gz")
        document = _read(file)
        file.unlink()
        if name in _KEPT_OF_A_SERVICE:
            _write(newest / name, _only(document, operations) if name == "service-2.json" else document)


def _only(model: Document, operations: list[str]) -> Document:
    """The model with these operations and the shapes that they are made of, undocumented."""
    kept = {name: _undocumented(model["operations"][name]) for name in operations}
    shapes: Document = {}
    waiting = list(_shapes_in(kept))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = _undocumented(model["shapes"][name])
            waiting.extend(_shapes_in(shapes[name]))
    return {**model, "operations": kept, "shapes": dict(sorted(shapes.items()))}


def _shapes_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for member in value.values():
            yield from _shapes_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from _shapes_in(member)


def _undocumented(value: Any) -> Any:
    """Without the texts. A member that is called `documentation` is no text but a shape."""
    if isinstance(value, dict):
        return {
            name: _undocumented(member)
            for name, member in value.items()
            if not (name == "documentation" and isinstance(member, str))
        }
    return [_undocumented(member) for member in value] if isinstance(value, list) else value


def _endpoints(document: Document, services: set[str]) -> Document:
    """Each partition knows these services only. SES goes by the name of its endpoint."""
    names = services | {"email"}
    partitions = [
        {**partition, "services": {n: s for n, s in partition["services"].items() if n in names}}
        for partition in document["partitions"]
    ]
    return {**document, "partitions": partitions}


def _read(file: Path) -> Document:
    content = file.read_bytes()
    document: Document = json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
    return document


def _write(file: Path, document: Document) -> None:
    """Unpacked: the zip packs it again, and a start has less to do."""
    file.write_text(json.dumps(document, separators=(",", ":")), "utf-8")
