"""The HTTP API of avatars: a form to upload one, and the way to its thumbnails."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lambda_common.problems import PathNotFoundError
from lambda_common.requests import Request
from lambda_common.responses import Response
from lambda_common.router import Routes
from users.domain.avatars import (
    AVATAR_SIZES,
    MAX_UPLOAD_BYTES,
    UPLOAD_SECONDS,
    new_upload_key,
    thumbnail_keys,
)
from users.domain.errors import AvatarNotFoundError
from users.domain.ports import ImageStore
from users.domain.repository import UserRepository
from users.handlers.queries import path_user_id

if TYPE_CHECKING:
    from users.handlers.answers import AvatarUploadDocument


class AvatarsApi:
    """The endpoints below `/users/{userId}/avatar`.

    The store is made when one of them is called: making S3's client takes longer than answering a request.
    """

    def __init__(self, users: UserRepository, images: Callable[[], ImageStore]) -> None:
        self._users = users
        self._images = images

    def routes(self) -> Routes:
        """Every route that template.yaml declares for avatars."""
        return {
            "/users/{userId}/avatar": {"POST": self.create_avatar_upload},
            "/users/{userId}/avatar/{size}": {"GET": self.get_avatar},
        }

    def create_avatar_upload(self, request: Request) -> Response:
        """Get a form that uploads a picture of a user.

        It takes one picture of the type that is asked for. Thumbnails follow within seconds, and with them
        the user has an `avatar`.
        """
        from users.handlers.bodies import read_avatar_upload

        request.parameters()
        content_type = read_avatar_upload(request)
        key = new_upload_key(self._users.get(path_user_id(request)).user_id)
        form = self._images().upload_form(key, content_type)
        body: AvatarUploadDocument = {
            "url": form.url,
            "fields": form.fields,
            "key": key,
            "expiresIn": UPLOAD_SECONDS,
            "maxBytes": MAX_UPLOAD_BYTES,
        }
        return Response(201, body)

    def get_avatar(self, request: Request) -> Response:
        """Get a thumbnail of a user's picture.

        The answer leads to a URL from which anybody can read it for a short time.
        """
        request.parameters()
        size = request.path_parameters["size"]
        if size not in AVATAR_SIZES:
            raise PathNotFoundError
        user = self._users.get(path_user_id(request))
        if user.avatar_key is None:
            raise AvatarNotFoundError
        url = self._images().download_url(thumbnail_keys(user.avatar_key)[size])
        return Response(302, headers={"Location": url})
