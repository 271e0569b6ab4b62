"""Cross-origin resource sharing: which headers let a page of another origin use an answer."""

from collections.abc import Iterable, Mapping

from lambda_common.requests import Request

ANY_ORIGIN = "*"
_REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
_RESPONSE_HEADERS = "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-Id"
_PREFLIGHT_SECONDS = "600"  # Chromium keeps a preflight answer for two hours at most, others for less


def parse_origins(text: str) -> tuple[str, ...]:
    """The origins in a comma-separated list."""
    return tuple(origin.strip() for origin in text.split(",") if origin.strip())


def cors_headers(request: Request, allowed_origins: Iterable[str]) -> Mapping[str, str]:
    """The headers for an answer to `request`. No cookies are involved, so credentials are never allowed."""
    origins = set(allowed_origins)
    if ANY_ORIGIN in origins:
        return {"Access-Control-Allow-Origin": ANY_ORIGIN, **_EXPOSED}
    origin = request.header("origin")
    if origin not in origins or origin is None:
        return {"Vary": "Origin"} if origins else {}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **_EXPOSED}


def preflight_headers(allowed_methods: Iterable[str]) -> Mapping[str, str]:
    """What an OPTIONS answer adds for a path that answers to `allowed_methods`."""
    methods = ", ".join(allowed_methods)
    return {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": _REQUEST_HEADERS,
        "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
    }


_EXPOSED = {"Access-Control-Expose-Headers": _RESPONSE_HEADERS}
