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
def users(api: httpx.Client, new_user: NewUser) -> list[dict[str, str]]:
    """Users, as many as clients."""
    users = [new_user() for _ in range(CLIENTS)]
    assert {api.post("/users", json=user).status_code for user in users} == {201}
    return users


@pytest.fixture(autouse=True)
def _consistent(tables: Tables) -> Iterator[None]:
    """After each race, each address belongs to the one user who has it."""
    yield
    tables.assert_consistent()


class TestOneAddress:
    """Many clients request the same e-mail address."""

    def test_one_wins_when_all_create(self, api: httpx.Client, new_user: NewUser) -> None:
        email = new_user()["email"]
        bodies = [new_user() | {"email": email} for _ in range(CLIENTS)]
        _, statuses = at_once(*(partial(api.post, "/users", json=body) for body in bodies))
        assert statuses == {201: 1, 409: CLIENTS - 1}

    def test_one_wins_when_all_change_theirs(
        self, api: httpx.Client, new_user: NewUser, users: list[dict[str, str]]
    ) -> None:
        change = {"email": new_user()["email"]}
        _, statuses = at_once(
            *(partial(api.patch, f"/users/{user['userId']}", json=change) for user in users)
        )
        assert statuses == {200: 1, 409: CLIENTS - 1}

    def test_at_most_one_wins_while_the_owner_is_deleted(
        self, api: httpx.Client, existing_user: dict[str, str], new_user: NewUser
    ) -> None:
        claims = [new_user() | {"email": existing_user["email"]} for _ in range(CLIENTS - 1)]
        delete = partial(api.delete, f"/users/{existing_user['userId']}")
        _, statuses = at_once(delete, *(partial(api.post, "/users", json=body) for body in claims))
        assert statuses[200] == 1
        assert statuses[201] <= 1
        assert set(statuses) <= {200, 201, 409}

    def test_no_address_is_lost_when_users_trade_places(
        self, api: httpx.Client, users: list[dict[str, str]]
    ) -> None:
        _, statuses = at_once(
            *(
                partial(api.patch, f"/users/{user['userId']}", json={"email": other["email"]})
                for user, other in permutations(users[:4], 2)
            )
        )
        assert set(statuses) <= {200, 409, 503}


class TestOneUser:
    """Many clients write the same user."""

    def test_one_wins_when_all_expect_the_same_version(
        self, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        path = f"/users/{existing_user['userId']}"
        headers = {"If-Match": api.get(path).headers["etag"]}
        bodies = [{"name": str(number)} for number in range(CLIENTS)]
        responses, statuses = at_once(
            *(partial(api.patch, path, json=body, headers=headers) for body in bodies)
        )
        assert statuses == {200: 1, 412: CLIENTS - 1}
        [winner] = [response.json()["user"] for response in responses if response.status_code == 200]
        assert (api.get(path).json(), winner["version"]) == (winner, 2)

    def test_every_write_counts_when_none_expects_a_version(
        self, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        change = partial(api.patch, f"/users/{existing_user['userId']}", json={"name": "same"})
        responses, _ = at_once(*[change] * CLIENTS)
        versions = sorted(response.json()["user"]["version"] for response in responses)
        assert versions == list(range(2, CLIENTS + 2))

    def test_one_deletes_and_the_others_get_404(
        self, api: httpx.Client, existing_user: dict[str, str]
    ) -> None:
        _, statuses = at_once(*[partial(api.delete, f"/users/{existing_user['userId']}")] * CLIENTS)
        assert statuses == {200: 1, 404: CLIENTS - 1}


def test_one_user_when_all_send_one_idempotency_key(api: httpx.Client, new_user: NewUser) -> None:
    """All get the same response, or a conflict."""
    body = new_user()
    del body["userId"]
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    responses, statuses = at_once(*[partial(api.post, "/users", json=body, headers=headers)] * CLIENTS)
    assert set(statuses) <= {201, 409}
    created = [response for response in responses if response.status_code == 201]
    assert len({response.text for response in created}) == 1
    assert sum("Idempotency-Replayed" not in response.headers for response in created) == 1
    found = api.get("/users", params={"email": body["email"]}).json()["users"]
    assert found == [created[0].json()["user"]]
