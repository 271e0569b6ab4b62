"""The function as it is built, but for Swagger UI, which the build puts in."""

from pathlib import Path

import pytest

from api_docs import handler
from api_docs.files import Site
from tests.environment import prepare

SWAGGER_UI = ("swagger-ui-bundle.js", "swagger-ui.css")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The function's variables, and files in the place of Swagger UI's."""
    prepare(monkeypatch, "DocumentsFunction")
    for name in SWAGGER_UI:
        (tmp_path / name).write_text(f"/* {name} \u00e9 */", "utf-8")
    assets = handler.ASSETS | {name: tmp_path / name for name in SWAGGER_UI}
    directory = handler.DIRECTORY
    site = Site(directory / "openapi.json", directory / "page" / "page.html", assets)
    monkeypatch.setattr(handler, "SITE", site)
