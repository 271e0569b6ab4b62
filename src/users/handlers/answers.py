"""The bodies of answers, as JSON types. The description of the API is made from them."""

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired, TypedDict

from lambda_common.schemas import JsonSchema
from users.domain.fields import MAX_NAME_LENGTH
from users.domain.schemas import EMAIL, USER_ID

_Time = Annotated[
    str, JsonSchema(format="date-time", pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")
]
_Path = Annotated[str, JsonSchema(format="uri-reference")]


class AvatarDocument(TypedDict):
    """The paths of the thumbnails, below the URL of the API."""

    small: Annotated[_Path, JsonSchema(description="150 x 150 pixels.")]
    medium: Annotated[_Path, JsonSchema(description="300 x 300 pixels.")]
    large: Annotated[_Path, JsonSchema(description="600 x 600 pixels.")]


class UserDocument(TypedDict):
    """A user."""

    userId: Annotated[str, USER_ID]
    name: Annotated[str, JsonSchema(minLength=1, maxLength=MAX_NAME_LENGTH)]
    email: Annotated[str, EMAIL]
    createdAt: _Time
    updatedAt: _Time
    version: Annotated[int, JsonSchema(minimum=1, description="Rises by one with each change.")]
    avatar: NotRequired[Annotated[AvatarDocument, JsonSchema(description="Absent without a picture.")]]


class UserAnswer(TypedDict):
    """A user who was created or changed."""

    message: str
    user: UserDocument


class MessageAnswer(TypedDict):
    """What was done."""

    message: str


class UsersDocument(TypedDict):
    """Some users."""

    users: list[UserDocument]
    nextCursor: NotRequired[
        Annotated[str, JsonSchema(description="The `cursor` of the next page. Absent on the last.")]
    ]


class AvatarUploadDocument(TypedDict):
    """A form that uploads one picture: send `fields`, then the picture as `file`, to `url`."""

    url: Annotated[str, JsonSchema(format="uri")]
    fields: Annotated[Mapping[str, str], JsonSchema(description="Sent as they are, before `file`.")]
    key: Annotated[str, JsonSchema(description="Where the picture will be.")]
    expiresIn: Annotated[int, JsonSchema(description="How long the form may be used, in seconds.")]
    maxBytes: Annotated[int, JsonSchema(description="How large the picture may be.")]


class HealthDocument(TypedDict):
    """The API runs."""

    status: Literal["ok"]
