"""The HTTP answer to each error of the service: the one table of statuses."""

from lambda_common.problems import FieldError, Problem, ProblemTable, validation_problem
from users.domain import errors

PROBLEMS: ProblemTable = {
    errors.InvalidFieldError: lambda error: validation_problem([FieldError(error.field, error.message)]),
    errors.UserNotFoundError: Problem(
        404, "user-not-found", "User not found", "There is no user with this userId."
    ),
    errors.AvatarNotFoundError: Problem(
        404, "avatar-not-found", "Avatar not found", "The user has no picture yet."
    ),
    errors.UserAlreadyExistsError: Problem(
        409, "user-exists", "User exists", "Another user has this userId."
    ),
    errors.EmailAlreadyTakenError: Problem(
        409, "email-taken", "E-mail address taken", "Another user has this e-mail address."
    ),
    errors.IdempotencyInProgressError: Problem(
        409,
        "request-in-progress",
        "Request in progress",
        "The first request with this Idempotency-Key has not finished. Try again shortly.",
        headers={"Retry-After": "1"},
    ),
    errors.VersionMismatchError: Problem(
        412,
        "version-mismatch",
        "Version mismatch",
        "The user has changed: its ETag is not the one in If-Match. Read it again.",
    ),
    errors.UserIdMismatchError: Problem(
        422,
        "user-id-mismatch",
        "userId mismatch",
        "The userId in the body is not the one in the path.",
    ),
    errors.IdempotencyKeyReusedError: Problem(
        422,
        "idempotency-key-reused",
        "Idempotency-Key reused",
        "This Idempotency-Key came with another request before.",
    ),
    errors.ServiceUnavailableError: Problem(
        503,
        "unavailable",
        "Service unavailable",
        "The request could not be completed for now. Try again shortly.",
        headers={"Retry-After": "2"},
    ),
}
