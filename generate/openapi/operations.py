"""What an endpoint does not say by itself: the bodies that it reads and sends, and how it can fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_docs.files import CONTENT_TYPES
from api_docs.handler import PAGE_HEADERS
from lambda_common.problems import (
    BodyTooLargeError,
    InvalidRequestError,
    MalformedBodyError,
    PathNotFoundError,
    UnsupportedMediaTypeError,
)
from lambda_common.requests import JSON_MEDIA_TYPES
from users.domain import errors, requests
from users.handlers import answers
from users.handlers.bodies import MERGE_PATCH_MEDIA_TYPES

TAGS = {
    "Users": "Create, read, find, list, replace, change and delete users.",
    "Avatars": "Upload a picture of a user, and see its thumbnails.",
    "Health": "Whether the API runs.",
    "Documents": "The API described, for programs and for people.",
}

type Link = tuple[str, Mapping[str, Any]]
"""Another operation, and the expressions for its parameters."""


@dataclass(frozen=True, kw_only=True)
class Success:
    """An answer to a request that succeeded. `headers` are those beyond what every answer carries.

    Those that are `optional`, too, are not always there. Examples are those of events/.
    """

    status: int
    description: str
    body: Any = None
    media_types: tuple[str, ...] = JSON_MEDIA_TYPES
    with_examples: bool = True
    headers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`parameters` are those of query string and headers, `fails` the errors that not every operation has."""

    tag: str
    successes: tuple[Success, ...]
    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    body: Any = None
    media_types: tuple[str, ...] = JSON_MEDIA_TYPES
    fails: tuple[type[Exception], ...] = ()

    def errors(self) -> tuple[type[Exception], ...]:
        """All errors that its code answers with; every operation refuses parameters that it does not know."""
        of_body = (MalformedBodyError, BodyTooLargeError, UnsupportedMediaTypeError) if self.body else ()
        return (InvalidRequestError, *of_body, *self.fails)


def media_types(*endings: str) -> tuple[str, ...]:
    """The types of files, without their parameters."""
    return tuple(CONTENT_TYPES[ending].partition(";")[0] for ending in endings)


_ONE_USER = (errors.UserNotFoundError, errors.ServiceUnavailableError)
_CHANGE = (*_ONE_USER, errors.VersionMismatchError)
_CHANGE_OF_EMAIL = (*_CHANGE, errors.EmailAlreadyTakenError)
_CREATED = {"userId": "$response.body#/user/userId"}
_READ = {"userId": "$response.body#/userId", "If-Match": "$response.header.ETag"}
_NOT_MODIFIED = Success(status=304, description="The client has this version.", headers=("ETag",))
_CHANGED = Success(
    status=200,
    description="The user as changed.",
    body=answers.UserAnswer,
    headers=("ETag",),
    links=(("getUser", _CREATED),),
)
_DELETED = Success(status=200, description="The user is deleted.", body=answers.MessageAnswer)

OPERATIONS: Mapping[str, Operation] = {
    "get_health": Operation(
        tag="Health",
        successes=(Success(status=200, description="It runs.", body=answers.HealthDocument),),
    ),
    "create_user": Operation(
        tag="Users",
        parameters=("Idempotency-Key",),
        body=requests.CreateUserRequest,
        successes=(
            Success(
                status=201,
                description="The new user.",
                body=answers.UserAnswer,
                headers=("ETag", "Location", "Idempotency-Replayed"),
                optional=("Idempotency-Replayed",),
                links=(
                    ("getUser", _CREATED),
                    ("updateUser", _CREATED | {"If-Match": "$response.header.ETag"}),
                    ("replaceUser", _CREATED),
                    ("deleteUser", _CREATED),
                    ("deleteUserNamedInQuery", _CREATED),
                    ("createAvatarUpload", _CREATED),
                ),
            ),
        ),
        fails=(
            errors.UserAlreadyExistsError,
            errors.EmailAlreadyTakenError,
            errors.IdempotencyInProgressError,
            errors.IdempotencyKeyReusedError,
            errors.ServiceUnavailableError,
        ),
    ),
    "find_users": Operation(
        tag="Users",
        parameters=("userId", "email", "limit", "cursor", "If-None-Match"),
        successes=(
            Success(
                status=200,
                description="The user (`userId`), or a list of users.",
                body=answers.UserDocument | answers.UsersDocument,
                headers=("ETag",),
                optional=("ETag",),
                links=(("findUsers", {"cursor": "$response.body#/nextCursor"}),),
            ),
            _NOT_MODIFIED,
        ),
        fails=_ONE_USER,
    ),
    "replace_user_named_in_body": Operation(
        tag="Users",
        parameters=("If-Match",),
        body=requests.ReplaceNamedUserRequest,
        successes=(_CHANGED,),
        fails=_CHANGE_OF_EMAIL,
    ),
    "delete_user_named_in_query": Operation(
        tag="Users",
        parameters=("userId", "If-Match"),
        required=("userId",),
        successes=(_DELETED,),
        fails=_CHANGE,
    ),
    "get_user": Operation(
        tag="Users",
        parameters=("If-None-Match",),
        successes=(
            Success(
                status=200,
                description="The user.",
                body=answers.UserDocument,
                headers=("ETag",),
                links=(
                    ("updateUser", _READ),
                    ("replaceUser", _READ),
                    ("deleteUser", _READ),
                    ("getAvatar", {"userId": _READ["userId"], "size": "small"}),
                ),
            ),
            _NOT_MODIFIED,
        ),
        fails=_ONE_USER,
    ),
    "replace_user": Operation(
        tag="Users",
        parameters=("If-Match",),
        body=requests.ReplaceUserRequest,
        successes=(_CHANGED,),
        fails=(*_CHANGE_OF_EMAIL, errors.UserIdMismatchError),
    ),
    "update_user": Operation(
        tag="Users",
        parameters=("If-Match",),
        body=requests.UpdateUserRequest,
        media_types=MERGE_PATCH_MEDIA_TYPES,
        successes=(_CHANGED,),
        fails=_CHANGE_OF_EMAIL,
    ),
    "delete_user": Operation(tag="Users", parameters=("If-Match",), successes=(_DELETED,), fails=_CHANGE),
    "create_avatar_upload": Operation(
        tag="Avatars",
        body=requests.CreateAvatarUploadRequest,
        successes=(Success(status=201, description="The form.", body=answers.AvatarUploadDocument),),
        fails=_ONE_USER,
    ),
    "get_avatar": Operation(
        tag="Avatars",
        successes=(
            Success(status=302, description="Where the thumbnail is for 300 seconds.", headers=("Location",)),
        ),
        fails=(*_ONE_USER, errors.AvatarNotFoundError, PathNotFoundError),
    ),
    "get_openapi": Operation(
        tag="Documents",
        parameters=("If-None-Match",),
        successes=(
            Success(
                status=200,
                description="An OpenAPI 3.1 document.",
                body=dict[str, Any],
                with_examples=False,
                headers=("ETag",),
            ),
            _NOT_MODIFIED,
        ),
    ),
    "get_docs": Operation(
        tag="Documents",
        parameters=("If-None-Match",),
        successes=(
            Success(
                status=200,
                description="The page.",
                body=str,
                media_types=media_types(".html"),
                with_examples=False,
                headers=("ETag", *PAGE_HEADERS),
            ),
            _NOT_MODIFIED,
            Success(
                status=308, description="The page is at the path without a slash.", headers=("Location",)
            ),
        ),
    ),
    "get_docs_asset": Operation(
        tag="Documents",
        parameters=("v", "If-None-Match"),
        successes=(
            Success(
                status=200,
                description="The file.",
                body=str,
                media_types=media_types(".css", ".js"),
                with_examples=False,
                headers=("ETag",),
            ),
            _NOT_MODIFIED,
        ),
        fails=(PathNotFoundError,),
    ),
}
