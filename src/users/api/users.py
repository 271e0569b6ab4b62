"""The routes of users."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from lambda_common.lazy import lazy_module
from lambda_common.observability import metrics
from lambda_common.problems import ProblemError
from users import bootstrap
from users.api.pagination import encode_cursor
from users.api.preconditions import check_if_none_match, check_not_held, entity_tag, precondition
from users.api.problems import USER_ID_MISMATCH
from users.api.requests import JSON, claim, idempotency_key, invalid
from users.domain import use_cases
from users.domain.avatars import AVATAR_SIZES
from users.domain.fields import parse_user_id
from users.domain.user import NewUser, User, UserChanges, format_time

if TYPE_CHECKING:
    from users.api import models
else:
    models = lazy_module("users.api.models")

REVALIDATE = "private, no-cache"

NOT_GIVEN: Any = None
NOT_SHOWN = {
    "revision",
    "avatar_key",  # in this form
}

router = APIGatewayRouter()


@router.get("/users", enable_validation=True)
def find_users(
    userId: models.UserIdQuery = NOT_GIVEN,
    email: models.EmailQuery = NOT_GIVEN,
    limit: models.LimitQuery = NOT_GIVEN,
    cursor: models.CursorQuery = NOT_GIVEN,
) -> Response[models.UserResponse | models.UsersResponse]:
    """Find a user by id or email address, or list all users.

    `userId` returns the user, like `GET /users/{userId}`. `email` returns a list of one user or none. Without
    either, the response is a page of all users, in an unspecified but stable order. `userId` and `email`
    cannot be combined with each other, nor with `limit` and `cursor`.
    """
    for name, value in (("email", email), ("limit", limit), ("cursor", cursor)):
        if userId is not None and value is not None:
            raise invalid(name, "Cannot be combined with userId.")
        if name != "email" and email is not None and value is not None:
            raise invalid(name, "Cannot be combined with email.")
    if userId is not None:
        return _one_user(userId)
    check_if_none_match(router.current_event)
    if email is not None:
        found = bootstrap.user_repository().find_by_email(email)
        return Response(200, JSON, {"users": [user_body(found)] if found else []})
    return _page(models.DEFAULT_LIMIT if limit is None else limit, cursor)


@router.post("/users", enable_validation=True, status_code=201)
def create_user(body: models.CreateUserRequest) -> Response[models.UserChangedResponse]:
    """Create a user.

    Without a `userId`, one is generated. With an `Idempotency-Key`, a client can retry for 24 hours: the
    requests create one user, and each retry returns the first response.
    """
    event = router.current_event
    check_if_none_match(event)
    creation = use_cases.create_user(
        bootstrap.user_repository(),
        NewUser(**body.model_dump()),
        idempotency_key=idempotency_key(event),
        caller=claim(event, "client_id"),
    )
    headers = {"Location": f"{event.request_context.path.rstrip('/')}/{creation.user.user_id}"}
    if creation.replayed:
        headers["Idempotency-Replayed"] = "true"
    else:
        metrics.add_metric(name="UserCreated", unit="Count", value=1)
    return _changed(creation.user, "created", 201, headers)


@router.put("/users", enable_validation=True)
def replace_user_named_in_body(body: models.ReplaceNamedUserRequest) -> Response[models.UserChangedResponse]:
    """Replace the name and email address of the user named in the body."""
    return _update(**body.model_dump())


@router.delete("/users", enable_validation=True)
def delete_user_named_in_query(userId: models.RequiredUserIdQuery) -> Response[models.MessageResponse]:
    """Delete the user named in the query string."""
    return _delete(userId)


@router.get("/users/<userId>")
def get_user(userId: str) -> Response[dict[str, Any]]:
    """Get a user."""
    # No validation by Powertools, which would import pydantic: this request must be fast.
    return _one_user(parse_user_id(userId))


@router.put("/users/<userId>", enable_validation=True)
def replace_user(
    userId: models.UserIdPath, body: models.ReplaceUserRequest
) -> Response[models.UserChangedResponse]:
    """Replace the name and email address of a user.

    The request never creates a user. A `userId` in the body must equal the one in the path.
    """
    fields = body.model_dump()
    if fields.pop("user_id") not in {None, userId}:
        raise ProblemError(USER_ID_MISMATCH)
    return _update(userId, **fields)


@router.patch("/users/<userId>", enable_validation=True)
def update_user(
    userId: models.UserIdPath, body: models.UpdateUserRequest
) -> Response[models.UserChangedResponse]:
    """Change the name, the email address or both.

    The body is a JSON merge patch (RFC 7396). An empty patch changes nothing.
    """
    return _update(userId, **body.model_dump())


@router.delete("/users/<userId>", enable_validation=True)
def delete_user(userId: models.UserIdPath) -> Response[models.MessageResponse]:
    """Delete a user.

    The email address becomes available again, and the images of the user are deleted.
    """
    return _delete(userId)


def _one_user(user_id: str) -> Response[Any]:
    user = bootstrap.user_repository().get(user_id)
    headers = {"ETag": entity_tag(user.revision), "Cache-Control": REVALIDATE}
    check_not_held(router.current_event, headers)
    return Response(200, JSON, user_body(user), headers)


def _page(limit: int, after: str | None) -> Response[Any]:
    page = bootstrap.user_repository().list_page(limit, after)
    body: dict[str, Any] = {"users": [user_body(user) for user in page.users]}
    if page.last_user_id is not None:
        body["nextCursor"] = encode_cursor(page.last_user_id)
    return Response(200, JSON, body)


def _update(user_id: str, **fields: Any) -> Response[Any]:
    changes, condition = UserChanges(**fields), precondition(router.current_event)
    user = use_cases.update_user(bootstrap.user_repository(), user_id, changes, condition)
    if changes:
        metrics.add_metric(name="UserUpdated", unit="Count", value=1)
    return _changed(user, "updated", 200)


def _delete(user_id: str) -> Response[Any]:
    bootstrap.user_repository().delete(user_id, precondition(router.current_event))
    metrics.add_metric(name="UserDeleted", unit="Count", value=1)
    return Response(200, JSON, {"message": "User deleted successfully"})


def _changed(user: User, outcome: str, status: int, headers: dict[str, str] | None = None) -> Response[Any]:
    body = {"message": f"User {outcome} successfully", "user": user_body(user)}
    return Response(status, JSON, body, {**(headers or {}), "ETag": entity_tag(user.revision)})


def user_body(user: User) -> dict[str, Any]:
    """A user as JSON: the members of `models.UserResponse`, built without pydantic, to keep reads fast."""
    fields = vars(user).items()
    body = {camel_case(name): value for name, value in fields if value is not None and name not in NOT_SHOWN}
    body |= {name: format_time(body[name]) for name in ("createdAt", "updatedAt")}
    if user.avatar_key is not None:
        path = f"/users/{user.user_id}/avatar"
        body["avatar"] = {size: f"{path}/{size}" for size in AVATAR_SIZES}
    return body


@cache
def camel_case(name: str) -> str:
    """The name on the wire: `userId` for `user_id`."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
