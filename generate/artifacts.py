"""The generated files: where each is, and what makes its text. A new one is a line in the table."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generate.diagram import architecture_svg
from generate.openapi.document import openapi_document
from generate.postman.collection import postman_collection
from generate.postman.environments import deployed_environment, local_environment

PROJECT = Path(__file__).resolve().parent.parent

type Artifact = Callable[[], str]


def artifacts() -> Mapping[Path, Artifact]:
    """Each file with what makes its text from the code as it is."""
    documents, postman = PROJECT / "documents", PROJECT / "postman"
    return {
        documents / "openapi.json": lambda: as_json(openapi_document()),
        postman / "serverless-users-api.postman_collection.json": lambda: as_json(postman_collection()),
        postman / "local.postman_environment.json": lambda: as_json(local_environment()),
        postman / "deployed.postman_environment.json": lambda: as_json(deployed_environment()),
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
