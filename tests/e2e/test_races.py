"""Concurrent clients over HTTP: exactly one effect, and consistent tables."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import permutations

import httpx
import pytest

from tests.e2e.conftest import Tables

CLIENTS = 10

type NewUser = Callable[[], dict[str, str]]
type Call = Callable[[], httpx.Response]


def at_once(*calls: Call) -> tuple[list[httpx.Response], Counter[int]]:
    """The responses to all of `calls`, sent at the same time, and the number of each status."""
    with ThreadPoolExecutor(len(calls)) as pool:
        responses = list(pool.map(lambda call: call(), calls))
    return responses, Counter(response.status_code for response in responses)


@pytest.fixture
def paths(api: httpx.Client, new_user: NewUser) -> list[str]:
    """The paths of users, as many as clients."""
    users = [new_user() for _ in range(CLIENTS)]
    assert {api.post("/users", json=user).status_code for user in users} == {201}
    return [f"/users/{user['userId']}" for user in users]


@pytest.fixture(autouse=True)
def _consistent(tables: Tables) -> Iterator[None]:
    """After each race, each address belongs to the one user who has it."""
    yield
    tables.assert_consistent()


@pytest.mark.parametrize(
    ("what", "won", "lost"), [("create", 201, 409), ("move", 200, 409), ("delete", 200, 404)]
)
def test_one_wins(  # noqa: PLR0913, PLR0917 - columns
    api: httpx.Client, new_user: NewUser, paths: list[str], what: str, won: int, lost: int
) -> None:
    """When all create a user with one address, change theirs to it, or delete a user."""
    email = {"email": new_user()["email"]}
    calls: dict[str, list[Call]] = {
        "create": [partial(api.post, "/users", json=new_user() | email) for _ in paths],
        "move": [partial(api.patch, path, json=email) for path in paths],
        "delete": [partial(api.delete, paths[0])] * CLIENTS,
    }
    assert at_once(*calls[what])[1] == {won: 1, lost: CLIENTS - 1}


def test_one_wins_when_all_expect_the_same_version(api: httpx.Client, paths: list[str]) -> None:
    """The others get 412."""
    headers = {"If-Match": api.get(paths[0]).headers["etag"]}
    bodies = [{"name": str(number)} for number in range(CLIENTS)]
    responses, statuses = at_once(
        *(partial(api.patch, paths[0], json=body, headers=headers) for body in bodies)
    )
    assert statuses == {200: 1, 412: CLIENTS - 1}
    [winner] = [response.json()["user"] for response in responses if response.status_code == 200]
    assert (api.get(paths[0]).json(), winner["version"]) == (winner, 2)


def test_every_write_counts_when_none_expects_a_version(api: httpx.Client, paths: list[str]) -> None:
    """No version is skipped or repeated."""
    responses, _ = at_once(*[partial(api.patch, paths[0], json={"name": "same"})] * CLIENTS)
    versions = sorted(response.json()["user"]["version"] for response in responses)
    assert versions == list(range(2, CLIENTS + 2))


def test_at_most_one_gets_the_address_of_a_user_who_is_deleted(
    api: httpx.Client, existing_user: dict[str, str], new_user: NewUser
) -> None:
    """The address is taken before and free after the deletion."""
    claims = [new_user() | {"email": existing_user["email"]} for _ in range(CLIENTS - 1)]
    delete = partial(api.delete, f"/users/{existing_user['userId']}")
    _, statuses = at_once(delete, *(partial(api.post, "/users", json=body) for body in claims))
    assert (statuses[200], statuses[201] <= 1, set(statuses) <= {200, 201, 409}) == (1, True, True)


def test_no_address_is_lost_when_users_trade_places(api: httpx.Client, paths: list[str]) -> None:
    """Each of four requests the addresses of the others."""
    pairs = [(path, api.get(other).json()["email"]) for path, other in permutations(paths[:4], 2)]
    _, statuses = at_once(*(partial(api.patch, path, json={"email": email}) for path, email in pairs))
    assert set(statuses) <= {200, 409, 503}


def test_one_user_when_all_send_one_idempotency_key(api: httpx.Client, new_user: NewUser) -> None:
    """All get the same response, or a conflict."""
    body = {name: value for name, value in new_user().items() if name != "userId"}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    responses, statuses = at_once(*[partial(api.post, "/users", json=body, headers=headers)] * CLIENTS)
    assert set(statuses) <= {201, 409}
    created = [response for response in responses if response.status_code == 201]
    assert len({response.text for response in created}) == 1
    assert sum("Idempotency-Replayed" not in response.headers for response in created) == 1
    found = api.get("/users", params={"email": body["email"]}).json()["users"]
    assert found == [created[0].json()["user"]]
