"""Entry point of the API: the resolver, its error handlers and the Lambda handler."""

import gc

gc.disable()  # until the first response: modules create no garbage, and collecting it delays a cold start

# ruff: noqa: E402
import json
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_common.observability import append_keys, log_failure, logger, metrics, operation
from lambda_common.problems import INTERNAL_ERROR, PROBLEM_CONTENT_TYPE, Problem, problem_for
from lambda_common.start import initialize, resume_garbage_collection
from lambda_common.tracing import record_status
from users import bootstrap
from users.api import avatars, docs, users
from users.api.preconditions import NotModifiedError
from users.api.problems import PROBLEMS, invalid_request
from users.api.requests import JSON, Event, claim, parse_body, unsupported_media_type, with_json_body
from users.api.resolver import UsersResolver, only_known_parameters, routed_by_resource

REQUEST_HEADERS = ["Idempotency-Key", "If-Match", "If-None-Match"]
RESPONSE_HEADERS = ["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"]
PREFLIGHT_SECONDS = 600


def cors_config(origins: tuple[str, ...]) -> CORSConfig | None:
    """CORS for these origins; None without origins. The API has no cookies and does not allow credentials."""
    if not origins:
        return None
    return CORSConfig(
        allow_origin=origins[0],
        extra_origins=list(origins[1:]),
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )


@cache
def standard_headers(origins: tuple[str, ...]) -> dict[str, list[str]]:
    """The headers of every response. Powertools allows an origin only in the response to its own request."""
    headers = {"Cache-Control": ["no-store"], "X-Content-Type-Options": ["nosniff"]}
    if "*" in origins:
        expose = ",".join(RESPONSE_HEADERS)
        return headers | {"Access-Control-Allow-Origin": ["*"], "Access-Control-Expose-Headers": [expose]}
    return headers | {"Vary": ["Origin"]}


settings = bootstrap.users_api_settings()
to_json = json.JSONEncoder(separators=(",", ":")).encode
app = UsersResolver(
    cors=cors_config(settings.cors_allowed_origins), serializer=to_json, json_body_deserializer=parse_body
)
app.use(middlewares=[only_known_parameters])
app.include_router(users.router)
app.include_router(avatars.router)
if settings.serve_docs:
    app.include_router(docs.router)


@app.get("/health")
def get_health() -> dict[str, str]:
    """Check whether the API runs."""
    return {"status": "ok"}


@app.head("/health", include_in_schema=False)
def get_health_head() -> Response[str]:
    """Check whether the API runs, without a response body."""
    return Response(200, JSON, "")


@app.not_found
def not_found(_: NotFoundError) -> Response[str]:
    """No route has this path and method."""
    return problem_response(app.no_route())


@app.exception_handler(RequestValidationError)
def validation_failed(error: RequestValidationError) -> Response[str]:
    """Powertools rejected a request, or a response of this API."""
    if any(detail["loc"][0] == "response" for detail in error.errors()):
        log_failure(error)
        return problem_response(INTERNAL_ERROR)
    return problem_response(invalid_request(error))


@app.exception_handler(RequestUnsupportedContentType)
def media_type_refused(_: RequestUnsupportedContentType) -> Response[str]:
    """Powertools rejected the media type of a body."""
    return problem_response(unsupported_media_type(app.current_event.http_method))


@app.exception_handler(NotModifiedError)
def not_modified(error: NotModifiedError) -> Response[str]:
    """The client has the current state. An exception, because Powertools validates what routes return."""
    return Response(304, None, "", error.headers)


@app.exception_handler(Exception)
def failed(error: Exception) -> Response[str]:
    """Any other error: its entry in the table of problems, or 500."""
    problem = problem_for(error, PROBLEMS)
    if problem.status >= INTERNAL_ERROR.status:
        log_failure(error)
    return problem_response(problem)


def problem_response(problem: Problem) -> Response[str]:
    """The response to an error."""
    append_keys(outcome=problem.name)
    body = problem.body(
        instance=app.context["instance"], request_id=app.current_event.request_context.request_id
    )
    return Response(problem.status, PROBLEM_CONTENT_TYPE, to_json(body), problem.headers)


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    """Respond to one event of API Gateway."""
    request_id = event["requestContext"]["requestId"]
    with operation(app.operation(event), request_id, actor=claim(event, "client_id")):
        app.append_context(instance=event["path"])
        response = app.resolve(with_json_body(routed_by_resource(event)), context)
        append_keys(route=f"{event['httpMethod']} {event['resource']}", status=response["statusCode"])
        record_status(response["statusCode"])
    headers = standard_headers(settings.cors_allowed_origins) | {"X-Request-Id": [request_id]}
    response["multiValueHeaders"] = headers | response["multiValueHeaders"]
    resume_garbage_collection()
    return response


def load_for_writes() -> None:
    """Load what reads do not need: models, the OpenAPI part of Powertools, the S3 client."""
    app.get_openapi_schema()
    bootstrap.image_store()


initialize(bootstrap.user_repository, rest=load_for_writes)
