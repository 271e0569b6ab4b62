"""The routes of the documentation: the OpenAPI document, and the page at `/docs` that shows it."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
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

# Not by Powertools' `enable_swagger`: it loads that part at start, has no layout for telephones, and sends
# credentials, which S3 refuses after the redirect to a thumbnail.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Serverless Users API</title>
<style>{css}</style>
<style>
html {{ box-sizing: border-box }}
*, ::before, ::after {{ box-sizing: inherit }}
body {{ margin: 0 }}
.swagger-ui .servers, .swagger-ui .servers-title {{ display: none }}
.swagger-ui .responses-wrapper, .swagger-ui .parameters-container {{ overflow-x: auto }}
@media (max-width: 640px) {{
  .swagger-ui .wrapper {{ padding: 0 10px }}
  .swagger-ui .responses-table > thead {{ display: none }}
  .swagger-ui .responses-inner {{ padding: 10px }}
  .swagger-ui .response-controls, .swagger-ui .opblock-section-header {{ flex-wrap: wrap }}
  .swagger-ui .responses-table > tbody > tr, .swagger-ui .responses-table > tbody > tr > td {{
    display: block; width: auto; min-width: 0 }}
  .swagger-ui .response-col_description, .swagger-ui .response-col_links {{
    max-width: 100%; overflow-x: auto }}
}}
</style>
</head>
<body>
<div id="api"></div>
<script>{bundle}</script>
<script>{start}</script>
</body>
</html>
"""
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
    page = PAGE.format(css=css, bundle=bundle, start=START)
    return Response(200, "text/html; charset=utf-8", page, headers)


@cache
def swagger_ui(file: str) -> str:
    """A file of the Swagger UI that Powertools brings. Importing its package would load pydantic."""
    return (Path(powertools_openapi.__file__).parent / "swagger_ui" / file).read_text("utf-8")


@cache
def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
