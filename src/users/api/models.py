"""Requests and responses: the one definition of a user on the wire."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field

from lambda_common.validation import StrictModel, WireModel
from users.api.pagination import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor, parse_limit
from users.domain.avatars import MAX_UPLOAD_BYTES, UPLOAD_SECONDS
from users.domain.fields import (
    MAX_EMAIL_LENGTH,
    MAX_NAME_LENGTH,
    USER_ID_PATTERN,
    parse_email,
    parse_name,
    parse_user_id,
)

_USER_ID = "1 to 64 characters from A-Z, a-z, 0-9, `.`, `_` and `-`, but neither `.` nor `..`."
_USER_ID_SCHEMA = {"pattern": rf"^(?!\.{{1,2}}$){USER_ID_PATTERN}$", "minLength": 1, "maxLength": 64}
_NAME = f"1 to {MAX_NAME_LENGTH} characters after trimming, at least one visible, no control characters."
_EMAIL = "Unique across users, stored in lower case. International domains are accepted."
_EMAIL_SCHEMA = {"format": "idn-email", "maxLength": MAX_EMAIL_LENGTH}
_TIME_SCHEMA = {"format": "date-time", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"}

UserId = Annotated[
    str,
    AfterValidator(parse_user_id),
    Field(description=_USER_ID, examples=["123"], json_schema_extra=_USER_ID_SCHEMA),
]
Name = Annotated[
    str,
    AfterValidator(parse_name),
    Field(description=_NAME, examples=["John Doe"], json_schema_extra={"minLength": 1}),
]
Email = Annotated[
    str,
    AfterValidator(parse_email),
    Field(description=_EMAIL, examples=["john@example.com"], json_schema_extra=_EMAIL_SCHEMA),
]
Time = Annotated[str, Field(examples=["2026-11-20T12:00:00.000Z"], json_schema_extra=_TIME_SCHEMA)]
ReferencePath = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]

UserIdPath = Annotated[UserId, Path()]
RequiredUserIdQuery = Annotated[UserId, Query()]
UserIdQuery = Annotated[UserId, Query()]
EmailQuery = Annotated[Email, Query()]
LimitQuery = Annotated[
    int,
    BeforeValidator(parse_limit),
    Query(
        description=f"Users on a page, {DEFAULT_LIMIT} by default.",
        json_schema_extra={"minimum": 1, "maximum": MAX_LIMIT},
    ),
]
CursorQuery = Annotated[
    str,
    AfterValidator(decode_cursor),
    Query(description="The `nextCursor` of the previous page.", json_schema_extra={"minLength": 1}),
]


def _absent() -> Any:
    """None for a field that may be absent, but must not be null, as its JSON Schema says."""
    return None


def _is_absent(value: object) -> bool:
    return value is None


class CreateUserRequest(StrictModel):
    """A new user. Without a `userId`, one is generated."""

    user_id: UserId = Field(default_factory=_absent)
    name: Name
    email: Email


class ReplaceUserRequest(CreateUserRequest):
    """Every field that a client can change. A `userId` must equal the one in the path."""


class ReplaceNamedUserRequest(ReplaceUserRequest):
    """Every field that a client can change, and the user to change."""

    user_id: UserId


class UpdateUserRequest(StrictModel):
    """A JSON merge patch (RFC 7396). No field can be removed, so null is refused."""

    name: Name = Field(default_factory=_absent)
    email: Email = Field(default_factory=_absent)


class CreateAvatarUploadRequest(StrictModel):
    """The type of the image to upload."""

    content_type: Literal["image/jpeg", "image/png", "image/webp", "image/gif"]


class AvatarResponse(WireModel):
    """The paths of the thumbnails, relative to the URL of the API."""

    small: ReferencePath = Field(description="150 x 150 pixels.")
    medium: ReferencePath = Field(description="300 x 300 pixels.")
    large: ReferencePath = Field(description="600 x 600 pixels.")


class UserResponse(WireModel):
    """A user."""

    user_id: Annotated[str, Field(description=_USER_ID, examples=["123"], json_schema_extra=_USER_ID_SCHEMA)]
    name: str = Field(min_length=1, max_length=MAX_NAME_LENGTH)
    email: Annotated[str, Field(description="In lower case.", json_schema_extra=_EMAIL_SCHEMA)]
    created_at: Time
    updated_at: Time
    version: int = Field(ge=1, description="Increases by one with each change.")
    avatar: AvatarResponse = Field(
        default_factory=_absent, exclude_if=_is_absent, description="Absent if the user has no avatar."
    )
    avatar_error: str = Field(
        default_factory=_absent,
        exclude_if=_is_absent,
        description="The reason why the newest upload was refused. Absent otherwise.",
    )


class UserChangedResponse(WireModel):
    """A user who was created or changed."""

    message: str
    user: UserResponse


class MessageResponse(WireModel):
    """A message about the outcome."""

    message: str


class UsersResponse(WireModel):
    """A list of users."""

    users: list[UserResponse]
    next_cursor: str = Field(
        default_factory=_absent,
        exclude_if=_is_absent,
        description="The `cursor` of the next page. Absent on the last page.",
    )


class AvatarUploadResponse(WireModel):
    """A form that uploads one image: send `fields`, then the image as `file`, to `url`."""

    url: str = Field(json_schema_extra={"format": "uri"})
    fields: dict[str, str] = Field(description="Form fields. Send them unchanged before `file`.")
    key: str = Field(description="The key of the image in the bucket.")
    expires_in: int = Field(description=f"Validity of the form in seconds: {UPLOAD_SECONDS}.")
    max_bytes: int = Field(description=f"Largest size of the image in bytes: {MAX_UPLOAD_BYTES}.")


class FieldErrorResponse(WireModel):
    """An error in one field, parameter or header."""

    field: str
    message: str


class ProblemResponse(WireModel):
    """An error (RFC 9457). Some responses of API Gateway itself lack `status` and `instance`."""

    type: ReferencePath = Field(description="Identifies the kind of problem.")
    title: str
    status: int = Field(default_factory=_absent)
    detail: str
    instance: str = Field(default_factory=_absent, description="The path of the request.")
    request_id: str = Field(description="The `X-Request-Id` of the response.")
    errors: list[FieldErrorResponse] = Field(default_factory=_absent)
