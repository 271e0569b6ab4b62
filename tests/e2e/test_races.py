"""Many clients at once over HTTP: exactly one effect, and nothing left over in any table."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from tests.e2e.conftest import Tables

CLIENTS = 10

type NewUser = Callable[[], dict[str, str]]
type Call = Callable[[], httpx.Response]


def at_once(calls: list[Call]) -> list[httpx.Response]:
    """The answers to all of `calls`, made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lambda call: call(), calls))


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status_code for answer in answers)


class TestOneAddress:
    """Many clients want the same e-mail address."""

    def test_one_wins_when_all_create(self, api: httpx.Client, new_user: NewUser, tables: Tables) -> None:
        email = new_user()["email"]
        bodies = [new_user() | {"email": email} for _ in range(CLIENTS)]

        answers = at_once([partial(api.post, "/users", json=body) for body in bodies])

        assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
        tables.assert_consistent()

    def test_one_wins_when_all_change_theirs(
        self, api: httpx.Client, new_user: NewUser, tables: Tables
    ) -> None:
        email, users = new_user()["email"], [new_user() for _ in range(CLIENTS)]
        for user in users:
            assert api.post("/users", json=user).status_code == 201

        answers = at_once(
            [partial(api.patch, f"/users/{user['userId']}", json={"email": email}) for user in users]
        )

        assert statuses(answers) == {200: 1, 409: CLIENTS - 1}
        tables.assert_consistent()

    def test_at_most_one_wins_while_the_owner_is_deleted(
        self, api: httpx.Client, new_user: NewUser, tables: Tables
    ) -> None:
        owner = new_user()
        assert api.post("/users", json=owner).status_code == 201
        claims = [new_user() | {"email": owner["email"]} for _ in range(CLIENTS - 1)]

        deleted, *claimed = at_once(
            [
                lambda: api.delete(f"/users/{owner['userId']}"),
                *(partial(api.post, "/users", json=body) for body in claims),
            ]
        )

        assert deleted.status_code == 200
        assert statuses(claimed)[201] <= 1
        assert set(statuses(claimed)) <= {201, 409}
        tables.assert_consistent()

    def test_no_address_is_lost_when_two_users_trade_places(
        self, api: httpx.Client, new_user: NewUser, tables: Tables
    ) -> None:
        users = [new_user() for _ in range(4)]
        for user in users:
            assert api.post("/users", json=user).status_code == 201

        answers = at_once(
            [
                partial(api.patch, f"/users/{user['userId']}", json={"email": other["email"]})
                for user in users
                for other in users
                if user is not other
            ]
        )

        assert set(statuses(answers)) <= {200, 409, 503}
        tables.assert_consistent()


class TestOneUser:
    """Many clients write the same user."""

    def test_one_wins_when_all_expect_the_same_version(
        self, api: httpx.Client, existing_user: dict[str, str], tables: Tables
    ) -> None:
        path = f"/users/{existing_user['userId']}"
        headers = {"If-Match": api.get(path).headers["etag"]}

        answers = at_once(
            [
                partial(api.patch, path, json={"name": name}, headers=headers)
                for name in map(str, range(CLIENTS))
            ]
        )

        assert statuses(answers) == {200: 1, 412: CLIENTS - 1}
        winner = next(answer for answer in answers if answer.status_code == 200)
        assert api.get(path).json() == winner.json()["user"]
        assert winner.json()["user"]["version"] == 2
        tables.assert_consistent()

    def test_every_write_counts_when_none_expects_a_version(
        self, api: httpx.Client, existing_user: dict[str, str], tables: Tables
    ) -> None:
        path = f"/users/{existing_user['userId']}"

        answers = at_once([lambda: api.patch(path, json={"name": "same"}) for _ in range(CLIENTS)])

        versions = sorted(answer.json()["user"]["version"] for answer in answers)
        assert versions == list(range(2, CLIENTS + 2))
        tables.assert_consistent()

    def test_one_deletes_and_the_rest_find_nobody(
        self, api: httpx.Client, existing_user: dict[str, str], tables: Tables
    ) -> None:
        path = f"/users/{existing_user['userId']}"

        answers = at_once([lambda: api.delete(path) for _ in range(CLIENTS)])

        assert statuses(answers) == {200: 1, 404: CLIENTS - 1}
        tables.assert_consistent()


class TestOneIdempotencyKey:
    """Many clients send one request under one key."""

    def test_one_user_comes_of_it(self, api: httpx.Client, new_user: NewUser, tables: Tables) -> None:
        body = new_user()
        del body["userId"]
        headers = {"Idempotency-Key": uuid.uuid4().hex}

        answers = at_once([lambda: api.post("/users", json=body, headers=headers) for _ in range(CLIENTS)])

        assert set(statuses(answers)) <= {201, 409}
        created = [answer for answer in answers if answer.status_code == 201]
        assert len({answer.text for answer in created}) == 1
        assert sum("Idempotency-Replayed" not in answer.headers for answer in created) == 1
        found = api.get("/users", params={"email": body["email"]}).json()["users"]
        assert found == [created[0].json()["user"]]
        tables.assert_consistent()
