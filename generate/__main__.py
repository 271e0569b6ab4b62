"""Writes documents/openapi.json: the command behind `make generate`."""

import json
from pathlib import Path

from generate.openapi.document import openapi_document

PATH = Path(__file__).resolve().parents[1] / "documents" / "openapi.json"


def openapi_json() -> str:
    """The text of the file."""
    return json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    PATH.write_text(openapi_json(), "utf-8")
    print(f"  {PATH.relative_to(PATH.parents[1])}")


if __name__ == "__main__":
    main()
