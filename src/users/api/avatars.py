"""The routes of avatars: a form to upload an image, and redirects to its thumbnails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from lambda_common.lazy import lazy_module
from lambda_common.problems import ProblemError
from users import bootstrap
from users.api.requests import JSON
from users.api.resolver import NOT_FOUND
from users.domain.avatars import (
    AVATAR_SIZES,
    MAX_UPLOAD_BYTES,
    UPLOAD_SECONDS,
    new_upload_key,
    thumbnail_keys,
)
from users.domain.errors import AvatarNotFoundError
from users.domain.fields import parse_user_id

if TYPE_CHECKING:
    from users.api import models
else:
    models = lazy_module("users.api.models")

router = APIGatewayRouter()


@router.post("/users/<userId>/avatar", enable_validation=True, status_code=201)
def create_avatar_upload(
    userId: models.UserIdPath, body: models.CreateAvatarUploadRequest
) -> Response[models.AvatarUploadResponse]:
    """Get a form to upload an image of a user.

    The form accepts images of the requested type. Within seconds after an upload, the user has an `avatar`,
    or an `avatarError` if the image was refused.
    """
    key = new_upload_key(bootstrap.user_repository().get(userId))
    url, fields = bootstrap.image_store().upload_form(key, body.content_type)
    form = models.AvatarUploadResponse(
        url=url, fields=dict(fields), key=key, expiresIn=UPLOAD_SECONDS, maxBytes=MAX_UPLOAD_BYTES
    )
    return Response(201, JSON, form)


@router.get("/users/<userId>/avatar/<size>", status_code=302)
def get_avatar(userId: str, size: str) -> Response[str]:
    """Get a thumbnail of a user's image.

    The response redirects to a presigned URL, which expires after 5 minutes and requires no token.
    """
    # No validation by Powertools, which would import pydantic and evaluate all annotations.
    if size not in AVATAR_SIZES:
        raise ProblemError(NOT_FOUND)
    user = bootstrap.user_repository().get(parse_user_id(userId))
    if user.avatar_key is None:
        raise AvatarNotFoundError(user.avatar_error)
    url = bootstrap.image_store().download_url(thumbnail_keys(user.avatar_key)[size])
    return Response(302, None, "", {"Location": url})
