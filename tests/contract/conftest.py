"""A stack of its own, as for the tests over HTTP, with a user who has an avatar."""

import httpx
import pytest

from tests.e2e.conftest import api, bucket, emulator, stack, url, workspace
from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tools.local.workspace import PROJECT

__all__ = ["api", "bucket", "emulator", "stack", "url", "workspace"]


@pytest.fixture(autouse=True)
def _user_with_avatar(api: httpx.Client, bucket: Bucket) -> None:
    """The user of the dictionary in schemathesis.toml."""
    user = {"userId": "pictured", "name": "Jane Doe", "email": "jane@example.com"}
    assert api.post("/users", json=user).status_code == 201
    form = api.post("/users/pictured/avatar", json={"contentType": "image/png"}).json()
    bucket.put(form["key"], (PROJECT / "docs" / "postman" / "avatar.png").read_bytes())
    eventually(lambda: "avatar" in api.get("/users/pictured").json())
