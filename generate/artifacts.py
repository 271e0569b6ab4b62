"""The generated files: where each is, and what makes its text. A new one is a line in the table."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generate.diagram import architecture_svg
from generate.openapi.document import openapi_document

PROJECT = Path(__file__).resolve().parent.parent

type Artifact = Callable[[], str]


def artifacts() -> Mapping[Path, Artifact]:
    """Each file with what makes its text from the code as it is."""
    return {
        PROJECT / "documents" / "openapi.json": lambda: as_json(openapi_document()),
        PROJECT / "docs" / "images" / "architecture.svg": architecture_svg,
    }


def as_json(document: Mapping[str, Any]) -> str:
    """A document as it is committed, so that a difference is a difference of lines."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def outdated() -> list[Path]:
    """The files that are not what the code says."""
    return [
        path for path, text in artifacts().items() if not path.exists() or path.read_text("utf-8") != text()
    ]
