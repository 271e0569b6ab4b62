"""The HTTP API: each endpoint parses a request, calls a use case and maps what comes back."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from lambda_common.cors import parse_origins
from lambda_common.observability import LambdaContext, Observability
from lambda_common.preconditions import check_held_tags, entity_tag, expected_versions, is_unchanged
from lambda_common.requests import Event, Request
from lambda_common.responses import REVALIDATE, Response
from lambda_common.router import Router, Routes
from lambda_common.settings import load_settings
from lambda_common.start import prepare
from users import bootstrap
from users.domain import use_cases
from users.domain.errors import InvalidFieldError
from users.domain.fields import parse_email, parse_unusual_email, parse_user_id
from users.domain.repository import UserRepository
from users.domain.user import User, UserChanges
from users.handlers.avatars import AvatarsApi
from users.handlers.problems import PROBLEMS
from users.handlers.queries import decode_cursor, encode_cursor, parse_limit, path_user_id
from users.handlers.representation import representation
from users.settings import UsersApiSettings

if TYPE_CHECKING:
    from users.handlers.answers import HealthDocument, MessageAnswer, UserAnswer, UsersDocument


class UsersApi:
    """The endpoints. Those with a body import `bodies` when they are called: reads never load pydantic."""

    def __init__(self, users: UserRepository, observability: Observability) -> None:
        self._users = users
        self._observability = observability

    def routes(self) -> Routes:
        """Every route that template.yaml declares, by API Gateway's name of the resource."""
        return {
            "/health": {"GET": self.get_health},
            "/users": {
                "GET": self.find_users,
                "POST": self.create_user,
                "PUT": self.replace_user_named_in_body,
                "DELETE": self.delete_user_named_in_query,
            },
            "/users/{userId}": {
                "GET": self.get_user,
                "PUT": self.replace_user,
                "PATCH": self.update_user,
                "DELETE": self.delete_user,
            },
        }

    def get_health(self, request: Request) -> Response:
        """Ask whether the API runs."""
        request.parameters()
        body: HealthDocument = {"status": "ok"}
        return Response(200, body)

    def create_user(self, request: Request) -> Response:
        """Create a user.

        Without a `userId` one is generated. With an `Idempotency-Key` the request may be repeated for 24
        hours: it creates one user, and the first answer comes again.
        """
        from users.handlers.bodies import read_new_user

        request.parameters()
        body = read_new_user(request)
        user, replayed = use_cases.create_user(
            self._users,
            user_id=body.user_id,
            name=body.name,
            email=body.email,
            idempotency_key=request.header("idempotency-key"),
            caller=request.caller,
        )
        headers = {"Location": f"{request.public_path.rstrip('/')}/{user.user_id}"}
        if replayed:
            headers["Idempotency-Replayed"] = "true"
        else:
            self._observability.count("UserCreated")
        return _changed(user, "created", 201, headers)

    def find_users(self, request: Request) -> Response:
        """Find a user by id or e-mail address, or list all users.

        `userId` gives the user, as `GET /users/{userId}` does; `email` a list of the one user who has the
        address, or of none; anything else a page of all users, in no particular order. The three cannot be
        mixed: `userId` and `email` stand alone, `limit` and `cursor` may come together.
        """
        if "userId" in request.query:
            user_id = request.parameters("userId")["userId"]
            return self._one_user(request, user_id)
        check_held_tags(request)
        if "email" in request.query:
            return self._users_with_email(request.parameters("email")["email"])
        return self._page_of_users(request.parameters("limit", "cursor"))

    def get_user(self, request: Request) -> Response:
        """Get a user."""
        request.parameters()
        return self._one_user(request, request.path_parameters["userId"])

    def replace_user(self, request: Request) -> Response:
        """Replace name and e-mail address of a user.

        It never creates one. A `userId` in the body must be the one in the path.
        """
        return self._replace(request, path_user_id(request))

    def replace_user_named_in_body(self, request: Request) -> Response:
        """Replace name and e-mail address of the user whom the body names."""
        return self._replace(request, None)

    def update_user(self, request: Request) -> Response:
        """Change name, e-mail address or both.

        The body is a JSON merge patch (RFC 7396). An empty one changes nothing.
        """
        from users.handlers.bodies import read_patch

        request.parameters()
        return self._update(request, path_user_id(request), read_patch(request))

    def delete_user(self, request: Request) -> Response:
        """Delete a user.

        The e-mail address is free again, and the pictures of the user go.
        """
        request.parameters()
        return self._delete(request, path_user_id(request))

    def delete_user_named_in_query(self, request: Request) -> Response:
        """Delete the user whom the query string names."""
        user_id = request.parameters("userId").get("userId")
        if user_id is None:
            raise InvalidFieldError("userId", "Query parameter required.")
        return self._delete(request, parse_user_id(user_id))

    def _one_user(self, request: Request, user_id: str) -> Response:
        user = self._users.get(parse_user_id(user_id))
        headers = {"ETag": entity_tag(user.version), "Cache-Control": REVALIDATE}
        if is_unchanged(request, headers["ETag"]):
            return Response(304, headers=headers)
        return Response(200, representation(user), headers)

    def _users_with_email(self, email: str) -> Response:
        user = self._users.find_by_email(parse_email(email))
        body: UsersDocument = {"users": [representation(user)] if user else []}
        return Response(200, body)

    def _page_of_users(self, parameters: Mapping[str, str]) -> Response:
        limit = parse_limit(parameters.get("limit"))
        page = self._users.list_page(limit, decode_cursor(parameters.get("cursor")))
        body: UsersDocument = {"users": [representation(user) for user in page.users]}
        if page.last_user_id is not None:
            body["nextCursor"] = encode_cursor(page.last_user_id)
        return Response(200, body)

    def _replace(self, request: Request, path_user_id: str | None) -> Response:
        from users.handlers.bodies import read_replacement

        request.parameters()
        return self._update(request, *read_replacement(request, path_user_id))

    def _update(self, request: Request, user_id: str, changes: UserChanges) -> Response:
        user = use_cases.update_user(self._users, user_id, changes, expected_versions(request))
        if changes:
            self._observability.count("UserUpdated")
        return _changed(user, "updated")

    def _delete(self, request: Request, user_id: str) -> Response:
        self._users.delete(user_id, expected_versions(request))
        self._observability.count("UserDeleted")
        body: MessageAnswer = {"message": "User deleted successfully"}
        return Response(200, body)


def _changed(user: User, what: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body: UserAnswer = {"message": f"User {what} successfully", "user": representation(user)}
    return Response(status, body, {"ETag": entity_tag(user.version), **(headers or {})})


@cache
def router() -> Router:
    """The API with its collaborators, built once."""
    settings = load_settings(UsersApiSettings)
    observability = Observability(settings)
    users = bootstrap.user_repository(settings, observability.correlation_id)
    avatars = AvatarsApi(users, lambda: bootstrap.image_store(settings.images_bucket_name))
    routes = {**UsersApi(users, observability).routes(), **avatars.routes()}
    return Router(routes, PROBLEMS, observability, parse_origins(settings.cors_allowed_origins))


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry point."""
    return router().handle(event, context)


def load_rest() -> None:
    """What reads do without: the models of bodies, the library for unusual addresses, S3's client."""
    from users.handlers.bodies import build_models

    build_models()
    parse_unusual_email("warm-up@example.com")
    bootstrap.image_store(load_settings(UsersApiSettings).images_bucket_name)


prepare(router, rest=load_rest)
