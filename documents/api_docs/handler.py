"""GET /openapi.json and GET /docs: the description of the API, for programs and for people."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from api_docs.files import File, Site
from api_docs.settings import DocumentsSettings
from lambda_common.cors import parse_origins
from lambda_common.observability import LambdaContext, Observability
from lambda_common.preconditions import is_unchanged
from lambda_common.problems import PathNotFoundError
from lambda_common.requests import Event, Request
from lambda_common.responses import Response
from lambda_common.router import Router, Routes
from lambda_common.settings import load_settings
from lambda_common.start import prepare

DIRECTORY = Path(__file__).resolve().parent.parent
ASSETS = {
    "page.css": DIRECTORY / "page" / "page.css",
    "page.js": DIRECTORY / "page" / "page.js",
    # Put there by the Makefile beside this package.
    "swagger-ui-bundle.js": DIRECTORY / "swagger-ui" / "swagger-ui-bundle.js",
    "swagger-ui.css": DIRECTORY / "swagger-ui" / "swagger-ui.css",
}
SITE = Site(DIRECTORY / "openapi.json", DIRECTORY / "page" / "page.html", ASSETS)
REVALIDATE = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"
# Everything comes from here and talks to here. Swagger UI has its icons in data: URLs.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {"Content-Security-Policy": _CONTENT_SECURITY_POLICY, "Referrer-Policy": "no-referrer"}


class DocumentsApi:
    """The endpoints."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> Routes:
        """Every route that template.yaml declares for DocumentsFunction."""
        return {
            "/openapi.json": {"GET": self.get_openapi},
            "/docs": {"GET": self.get_docs},
            "/docs/{asset}": {"GET": self.get_docs_asset},
        }

    def get_openapi(self, request: Request) -> Response:
        """Get the description of the API that you are reading."""
        request.parameters()
        return _answer(request, self._site.description())

    def get_docs(self, request: Request) -> Response:
        """Open a page that shows the API and lets one try it out.

        A token is entered once, behind the button "Authorize".
        """
        request.parameters()
        if request.path.endswith("/"):  # from there, the page would look for its files one level too deep
            return Response(308, headers={"Location": "../docs"})
        return _answer(request, self._site.page(), headers=PAGE_HEADERS)

    def get_docs_asset(self, request: Request) -> Response:
        """Get a script or a style sheet of the page."""
        version = request.parameters("v").get("v")
        file = self._site.asset(request.path_parameters["asset"])
        if file is None:
            raise PathNotFoundError
        return _answer(request, file, cache_control=IMMUTABLE if version == file.digest else REVALIDATE)


def _answer(
    request: Request, file: File, *, cache_control: str = REVALIDATE, headers: Mapping[str, str] | None = None
) -> Response:
    validators = {"ETag": f'"{file.digest}"', "Cache-Control": cache_control}
    if is_unchanged(request, validators["ETag"]):
        return Response(304, headers=validators)
    return Response(200, file.text, {**validators, "Content-Type": file.content_type, **(headers or {})})


@cache
def router() -> Router:
    """The function with its collaborators, built once."""
    settings = load_settings(DocumentsSettings)
    origins = parse_origins(settings.cors_allowed_origins)
    return Router(DocumentsApi(SITE).routes(), {}, Observability(settings), origins)


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry point."""
    return router().handle(event, context)


prepare(router)
