"""Examples that are true: the requests are those of events/, and the real endpoints answer them."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from api_docs.handler import SITE, DocumentsApi
from generate.openapi.gateway import Route
from lambda_common.observability import Observability
from lambda_common.requests import Request
from lambda_common.responses import Response
from lambda_common.router import Endpoint, Routes
from users.domain.avatars import UploadForm
from users.domain.idempotency import IdempotentRequest
from users.domain.repository import Creation
from users.domain.user import User, UserChanges, UserPage
from users.handlers.api import UsersApi
from users.handlers.avatars import AvatarsApi

EVENTS = Path(__file__).parents[2] / "events"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNIQUE = uuid.UUID("019aa1a9-6400-7a3b-8c5d-0123456789ab")
JOHN = User(
    user_id="123",
    name="John Doe",
    email="john@example.com",
    created_at=NOON,
    updated_at=NOON + timedelta(minutes=1),
    version=2,
    avatar_key=f"uploads/123/{UNIQUE.hex}",
)


@dataclass(frozen=True)
class Example:
    """A request, by the name of its file, and the endpoint that answers it."""

    name: str
    request: Request
    endpoint: Endpoint

    def answer(self) -> Response:
        """The answer, the same each time."""
        with _fixed_time_and_chance():
            return self.endpoint(self.request)


class _Users:
    """A `UserRepository` in which there is John, and nothing goes wrong."""

    def create(self, user: User, idempotency: IdempotentRequest | None = None) -> Creation:
        return Creation(user, replayed=False)

    def get(self, user_id: str) -> User:
        return replace(JOHN, user_id=user_id)

    def find_by_email(self, email: str) -> User | None:
        return replace(JOHN, email=email)

    def list_page(self, limit: int, after: str | None = None) -> UserPage:
        return UserPage(users=[JOHN], last_user_id=JOHN.user_id)

    def update(
        self, user_id: str, changes: UserChanges, expected_versions: AbstractSet[int] | None = None
    ) -> User:
        return replace(JOHN, user_id=user_id, **changes.given())

    def delete(self, user_id: str, expected_versions: AbstractSet[int] | None = None) -> None:
        pass


class _Images:
    """An `ImageStore` that signs nothing."""

    def upload_form(self, key: str, content_type: str) -> UploadForm:
        return UploadForm(
            url="https://images.s3.eu-west-1.amazonaws.com/",
            fields={
                "Content-Type": content_type,
                "key": key,
                "policy": "eyJ...",
                "x-amz-signature": "0c1f...",
            },
        )

    def download_url(self, key: str) -> str:
        return f"https://images.s3.eu-west-1.amazonaws.com/{key}?X-Amz-Signature=0c1f..."


class _Silence(Observability):
    """Counts nothing."""

    def __init__(self) -> None:
        pass

    def count(self, name: str) -> None:
        pass


def routes() -> Routes:
    """The endpoints of the API, among collaborators that answer as in an example."""
    users: Any = _Users()
    images: Any = _Images()
    return {
        **UsersApi(users, _Silence()).routes(),
        **AvatarsApi(users, lambda: images).routes(),
        **DocumentsApi(SITE).routes(),
    }


def examples() -> Mapping[Route, list[Example]]:
    """The examples of each route."""
    found, table = defaultdict(list), routes()
    for name, request in _requests():
        endpoint = table[request.resource][request.method]
        found[request.resource, request.method].append(Example(name, request, endpoint))
    return found


def _requests() -> Iterator[tuple[str, Request]]:
    for path in sorted(EVENTS.glob("*.json"), key=lambda path: path.stem):
        event = json.loads(path.read_text("utf-8"))
        if "httpMethod" in event:
            yield path.stem, Request.from_event(event)


@contextmanager
def _fixed_time_and_chance() -> Iterator[None]:
    """What would differ each time the document is made."""
    with (
        patch("users.domain.use_cases.now", lambda: NOON),
        patch("users.domain.use_cases.generate_user_id", lambda: str(UNIQUE)),
        patch("uuid.uuid4", lambda: UNIQUE),
    ):
        yield
