"""`make openapi`: writes docs/openapi.json from the routes of the API."""

import json
import os
from dataclasses import fields
from pathlib import Path

from users.settings import UsersApiSettings

PATH = Path(__file__).parents[2] / "docs" / "openapi.json"


def openapi_json() -> str:
    """The document to check in, which does not depend on the settings of a deployment."""
    for field in fields(UsersApiSettings):
        os.environ.setdefault(field.name.upper(), "true")
    from users.api.handler import app
    from users.api.openapi import document

    return json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(openapi_json(), "utf-8")
