"""Writes until the local AWS is killed, and checks the data after it restarts."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.e2e.conftest import Tables
from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tools.local.stack import Stack
from tools.local.workspace import REGION, Workspace

LOAD_SECONDS = 5
LOSS_SECONDS = 10  # at most, says docs/running-locally.md
_WRITERS = 3
_PAUSE_SECONDS = 0.1


class Load:
    """Writes users, and before each one a picture of the same name, concurrently."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stack = Stack(workspace)
        self._bucket = Bucket(self._stack)
        self._written: dict[str, float] = {}
        self._killed = time.monotonic()
        self._ended = False

    def run_until(self, end: Callable[[], None]) -> None:
        """Write for some seconds before `end`, and continue while it runs."""
        before, self._ended = len(self._written), False
        headers = {"Authorization": f"Bearer {self._stack.token()}"}
        with (
            httpx.Client(base_url=self._stack.url(), headers=headers, timeout=60) as api,
            ThreadPoolExecutor(_WRITERS) as pool,
        ):
            for _ in range(_WRITERS):
                pool.submit(self._write, api)
            try:
                eventually(lambda: len(self._written) > before)
                time.sleep(LOAD_SECONDS)
                self._killed = time.monotonic()
                end()
            finally:
                self._ended = True

    def assert_kept(self) -> None:
        """Everything exists except the writes of the last seconds, and each user has the picture."""
        tables, pictures = Tables(self._stack), set(self._bucket.keys("temp/"))
        users = {item["userId"]["S"] for item in tables.items("UsersTableName")}
        assert not self.certain() - users
        assert {f"temp/{user}" for user in users if user in self._written} <= pictures
        tables.assert_consistent()
        self._written = {user: at for user, at in self._written.items() if user in users}

    def certain(self) -> set[str]:
        """The users that must be kept according to docs/running-locally.md."""
        return {user for user, at in self._written.items() if at < self._killed - LOSS_SECONDS}

    def _write(self, api: httpx.Client) -> None:
        while not self._ended:
            user = uuid.uuid4().hex
            body = {"userId": user, "name": "John Doe", "email": f"{user}@example.com"}
            try:
                stored = httpx.put(self._address(f"temp/{user}"), content=b"x", timeout=60)
                created = api.post("/users", json=body)
            except httpx.HTTPError:
                return
            if stored.is_success and created.is_success:
                self._written[user] = time.monotonic()
            time.sleep(_PAUSE_SECONDS)

    def _address(self, key: str) -> str:
        """The presigned URL for an object."""
        request = AWSRequest("PUT", f"{self._workspace.endpoint}/{self._bucket.name}/{key}")
        keys = Credentials(*self._workspace.keys().values())
        S3SigV4QueryAuth(keys, "s3", REGION, expires=60).add_auth(request)
        return str(request.url)
