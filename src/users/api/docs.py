"""The routes of the documentation: the OpenAPI document, and the page at `/docs` that shows it.

Powertools' `enable_swagger` loads its OpenAPI part at start, has no layout for phones, and sends
credentials, which S3 refuses after the redirect to a thumbnail.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler import openapi as powertools_openapi
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from lambda_common.lazy import lazy_module
from users import bootstrap
from users.api.requests import JSON

if TYPE_CHECKING:
    from users.api import openapi
else:
    openapi = lazy_module("users.api.openapi")  # with Powertools' OpenAPI part, which no other route needs

PAGE = Path(__file__).with_name("docs.html")
START = """
SwaggerUIBundle({
  url: "openapi.json", dom_id: "#api", deepLinking: true, tryItOutEnabled: true, displayRequestDuration: true,
  defaultModelsExpandDepth: 0, persistAuthorization: false, validatorUrl: null,
})
"""

router = APIGatewayRouter()


@router.get("/openapi.json", include_in_schema=False)
def get_openapi() -> Response[str]:
    """Get the OpenAPI document."""
    return Response(200, JSON, json.dumps(openapi.document(router.api_resolver)))


@router.get("/docs", include_in_schema=False)
def get_docs() -> Response[str]:
    """Get a page that shows the OpenAPI document and sends requests."""
    bundle, css = swagger_ui("swagger-ui-bundle.min.js"), swagger_ui("swagger-ui.min.css")
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        f"script-src {_hash(bundle)} {_hash(START)}; style-src 'unsafe-inline'; img-src data: blob:; "
        "connect-src 'self'"
    )
    bucket = urlsplit(bootstrap.image_store().download_url("thumbnails"))
    policy += f" {bucket.scheme}://{bucket.netloc}"
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
    page = Template(PAGE.read_text("utf-8")).substitute(css=css, bundle=bundle, start=START)
    return Response(200, "text/html; charset=utf-8", page, headers)


@cache
def swagger_ui(file: str) -> str:
    """A file of the Swagger UI that Powertools contains. Importing its package would load pydantic."""
    return (Path(powertools_openapi.__file__).parent / "swagger_ui" / file).read_text("utf-8")


@cache
def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
