"""Bodies of requests as models. Imported only when there is a body to read: pydantic is slow to load."""

from lambda_common.requests import JSON_MEDIA_TYPES, Request
from lambda_common.validation import validate
from users.domain.requests import (
    CreateAvatarUploadRequest,
    CreateUserRequest,
    ReplaceNamedUserRequest,
    ReplaceUserRequest,
    UpdateUserRequest,
)
from users.domain.use_cases import same_user_id
from users.domain.user import UserChanges

MERGE_PATCH_MEDIA_TYPES = ("application/merge-patch+json", *JSON_MEDIA_TYPES)


def build_models() -> None:
    """Now, what otherwise the first body of each kind does."""
    for model in (CreateUserRequest, ReplaceUserRequest, UpdateUserRequest, CreateAvatarUploadRequest):
        model.model_rebuild()


def read_new_user(request: Request) -> CreateUserRequest:
    """The body of a POST."""
    return validate(CreateUserRequest, request.json_object())


def read_replacement(request: Request, path_user_id: str | None) -> tuple[str, UserChanges]:
    """The body of a PUT: whom it is about, by the path or else by the body, and the new values."""
    if path_user_id is None:
        named = validate(ReplaceNamedUserRequest, request.json_object())
        return named.user_id, named.changes()
    body = validate(ReplaceUserRequest, request.json_object())
    return same_user_id(path_user_id, body.user_id), body.changes()


def read_patch(request: Request) -> UserChanges:
    """The body of a PATCH."""
    return validate(UpdateUserRequest, request.json_object(MERGE_PATCH_MEDIA_TYPES)).changes()


def read_avatar_upload(request: Request) -> str:
    """The body of a POST of an avatar: the type of the picture that is to come."""
    return validate(CreateAvatarUploadRequest, request.json_object()).content_type
