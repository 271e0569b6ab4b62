"""What clients send. Only the endpoints with a body import this module: pydantic takes long to load."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from lambda_common.validation import WireModel
from users.domain.fields import parse_email, parse_name, parse_user_id
from users.domain.schemas import ASCII_EMAIL, NAME, USER_ID
from users.domain.user import UserChanges

UserId = Annotated[str, AfterValidator(parse_user_id), USER_ID]
Name = Annotated[str, AfterValidator(parse_name), NAME]
Email = Annotated[str, AfterValidator(parse_email), ASCII_EMAIL]


class CreateUserRequest(WireModel):
    """A new user; without a userId one is generated."""

    user_id: UserId | None = None
    name: Name
    email: Email


class ReplaceUserRequest(WireModel):
    """All that a client may change."""

    user_id: UserId | None = None
    name: Name
    email: Email

    def changes(self) -> UserChanges:
        """Both fields."""
        return UserChanges(name=self.name, email=self.email)


class ReplaceNamedUserRequest(ReplaceUserRequest):
    """The same where the path does not say whom it is about."""

    user_id: UserId


class UpdateUserRequest(WireModel):
    """A JSON merge patch (RFC 7396). Neither field can be removed: null is refused."""

    name: Name | None = None
    email: Email | None = None

    def changes(self) -> UserChanges:
        """The fields that were sent."""
        return UserChanges(name=self.name, email=self.email)


class CreateAvatarUploadRequest(WireModel):
    """The type of the picture that is going to be uploaded."""

    content_type: Literal["image/jpeg", "image/png", "image/webp", "image/gif"]
