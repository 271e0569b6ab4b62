"""Maps each error to its HTTP response. No other module maps errors to statuses."""

from typing import Any

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from lambda_common.problems import FieldError, Problem, ProblemTable, validation_problem
from users.domain import errors

PROBLEMS: ProblemTable = {
    errors.InvalidFieldError: lambda error: validation_problem([FieldError(error.field, error.message)]),
    errors.UserNotFoundError: Problem(
        404, "user-not-found", "User not found", "There is no user with this userId."
    ),
    errors.AvatarNotFoundError: lambda error: Problem(
        404, "avatar-not-found", "Avatar not found", _no_picture(error.refusal)
    ),
    errors.UserAlreadyExistsError: Problem(
        409, "user-exists", "User exists", "Another user has this userId."
    ),
    errors.EmailAlreadyTakenError: Problem(
        409, "email-taken", "Email address taken", "Another user has this email address."
    ),
    errors.IdempotencyInProgressError: Problem(
        409,
        "request-in-progress",
        "Request in progress",
        "The first request with this Idempotency-Key has not finished. Try again shortly.",
        headers={"Retry-After": "1"},
    ),
    errors.PreconditionFailedError: Problem(
        412,
        "precondition-failed",
        "Precondition failed",
        "The state of the user does not satisfy If-Match or If-None-Match. Read the user again.",
    ),
    errors.IdempotencyKeyReusedError: Problem(
        422,
        "idempotency-key-reused",
        "Idempotency-Key reused",
        "This Idempotency-Key was already used with another request.",
    ),
    errors.ServiceUnavailableError: Problem(
        503,
        "unavailable",
        "Service unavailable",
        "The service is temporarily unavailable. Try again shortly.",
        headers={"Retry-After": "2"},
    ),
}

UNAUTHORIZED = Problem(
    401,
    "unauthorized",
    "Unauthorized",
    "Send a valid token with the scope of this operation as Authorization: Bearer.",
    headers={"WWW-Authenticate": "Bearer"},
)
USER_ID_MISMATCH = Problem(
    422, "user-id-mismatch", "userId mismatch", "The userId in the body differs from the one in the path."
)


def invalid_request(error: RequestValidationError) -> Problem:
    """The response to a request that Powertools rejected. Locations begin with `body`, `path` or the like."""
    return validation_problem(
        FieldError(".".join(map(str, detail["loc"][1:])) or "body", _message(detail))
        for detail in error.errors()
    )


def _no_picture(refusal: str | None) -> str:
    return f"The newest upload was refused: {refusal}." if refusal else "The user has no avatar yet."


def _message(detail: Any) -> str:
    if detail["type"] == "extra_forbidden":
        return "Unknown field."
    if detail["type"] == "value_error":  # a rule of this API: its text without pydantic's prefix
        return str(detail["ctx"]["error"])
    return f"{detail['msg']}."
