"""Transactions that DynamoDB cancels, and what each of its reasons means to a client."""

import itertools

import pytest

from tests.helpers.answers import Api
from tests.integration.faults.server import Answer, DynamoDBServer, refusal
from tests.integration.tables import Items, check_no_orphans

FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"
NONE = "None"


def cancelled(*codes: str) -> Answer:
    """A cancelled transaction, with a reason for each of its writes."""
    reasons = [{"Code": code, "Message": "About john@example.com"} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


def distinct_orders(codes: list[str]) -> list[tuple[str, ...]]:
    """The codes in every order that makes a difference."""
    return sorted(set(itertools.permutations(codes)))


class TestCreate:
    """Writes: the user, the address, the idempotency key."""

    @pytest.mark.parametrize(
        ("codes", "problem"),
        [
            ([FAILED, NONE], "user-exists"),
            ([NONE, FAILED], "email-taken"),
            ([FAILED, FAILED], "user-exists"),
            ([FAILED, CONFLICT], "user-exists"),
            ([CONFLICT, FAILED], "email-taken"),
        ],
    )
    def test_conflict_when_id_or_address_is_taken(
        self, api: Api, server: DynamoDBServer, codes: list[str], problem: str
    ) -> None:
        server.faults = [cancelled(*codes)]
        answer = api("create-user")
        assert (answer.status, answer.problem) == (409, problem)
        assert "john" not in answer.text

    @pytest.mark.parametrize(
        "codes",
        [
            [NONE, NONE, CONFLICT],
            [CONFLICT, CONFLICT, CONFLICT],
            [CONFLICT, NONE, CONFLICT],
            # Writes of a transaction become visible one by one: the first request may have got this far.
            [FAILED, NONE, CONFLICT],
            [FAILED, FAILED, CONFLICT],
            [NONE, FAILED, CONFLICT],
        ],
    )
    def test_in_progress_when_another_transaction_holds_the_key(
        self, api: Api, server: DynamoDBServer, codes: list[str]
    ) -> None:
        server.faults = [cancelled(*codes)]
        answer = api("create-user-idempotent")
        assert (answer.status, answer.problem) == (409, "request-in-progress")
        assert int(answer.headers["Retry-After"]) > 0

    @pytest.mark.parametrize("codes", [[FAILED, NONE, NONE], [NONE, FAILED, NONE]])
    def test_conflict_when_the_key_is_free_and_the_user_is_not(
        self, api: Api, server: DynamoDBServer, codes: list[str]
    ) -> None:
        server.faults = [cancelled(*codes)]
        assert api("create-user-idempotent").problem == (
            "user-exists" if codes[0] == FAILED else "email-taken"
        )

    @pytest.mark.parametrize(
        "codes",
        [
            [CONFLICT, NONE],
            [NONE, CONFLICT],
            [CONFLICT, CONFLICT],
            ["ThrottlingError", NONE],
            [NONE, "ThrottlingError"],
            ["ProvisionedThroughputExceeded", NONE],
        ],
    )
    def test_created_when_what_was_in_the_way_has_gone(
        self, api: Api, server: DynamoDBServer, items: Items, codes: list[str]
    ) -> None:
        server.faults = [cancelled(*codes), cancelled(*codes)]
        assert api("create-user").status == 201
        assert len(server.requests) == 3
        check_no_orphans(items)

    @pytest.mark.parametrize(
        "codes", [[CONFLICT, NONE, NONE], [NONE, NONE, FAILED], [NONE, NONE, "ThrottlingError"]]
    )
    def test_created_under_a_key_when_what_was_in_the_way_has_gone(
        self, api: Api, server: DynamoDBServer, items: Items, codes: list[str]
    ) -> None:
        server.faults = [cancelled(*codes)]
        assert api("create-user-idempotent").status == 201
        check_no_orphans(items)

    @pytest.mark.parametrize("code", [CONFLICT, "ThrottlingError"])
    def test_unavailable_when_it_stays_in_the_way(self, api: Api, server: DynamoDBServer, code: str) -> None:
        server.rule = lambda _operation, _params: cancelled(code, NONE)
        answer = api("create-user")
        assert (answer.status, answer.problem) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0

    def test_an_internal_error_when_there_are_no_reasons(self, api: Api, server: DynamoDBServer) -> None:
        server.faults = [refusal("TransactionCanceledException")]
        assert api("create-user").problem == "internal-error"


class TestChangeOfAddress:
    """Writes: the user, the new address, the old address."""

    @pytest.mark.parametrize(
        "codes",
        [
            *distinct_orders([CONFLICT, NONE, NONE]),
            *distinct_orders(["ThrottlingError", NONE, NONE]),
            (FAILED, NONE, NONE),
            (NONE, NONE, FAILED),
            (FAILED, FAILED, NONE),
            (FAILED, FAILED, FAILED),
            (CONFLICT, FAILED, NONE),
        ],
    )
    def test_looks_again_when_others_were_in_the_way(
        self, api: Api, server: DynamoDBServer, items: Items, codes: list[str]
    ) -> None:
        api("create-user")
        server.faults = [None, cancelled(*codes)]
        assert api("replace-user").status == 200
        check_no_orphans(items)

    def test_conflict_when_the_address_is_taken(self, api: Api, server: DynamoDBServer) -> None:
        api("create-user")
        server.faults = [None, cancelled(NONE, FAILED, NONE)]
        assert api("replace-user").problem == "email-taken"


class TestUpdateAndDelete:
    """Single writes meet transactions, too."""

    @pytest.mark.parametrize("name", ["update-user", "replace-user", "delete-user"])
    def test_done_when_a_transaction_was_in_the_way(
        self, api: Api, server: DynamoDBServer, name: str
    ) -> None:
        api("create-user")
        server.faults = [refusal("TransactionConflictException"), refusal("TransactionConflictException")]
        assert api(name).status == 200

    def test_done_when_the_address_became_the_wanted_one_meanwhile(
        self, api: Api, server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        moved = api("replace-user").json["user"]
        [item] = items("UsersTable")
        server.faults = [refusal("ConditionalCheckFailedException", Item=item)]
        answer = api("update-user", body={"name": "New", "email": moved["email"]})
        assert (answer.status, answer.json["user"]["version"]) == (200, 3)
        check_no_orphans(items)

    @pytest.mark.parametrize("name", ["update-user", "delete-user"])
    def test_unavailable_when_a_transaction_stays_in_the_way(
        self, api: Api, server: DynamoDBServer, name: str
    ) -> None:
        server.rule = lambda _operation, _params: refusal("TransactionConflictException")
        assert api(name).problem == "unavailable"

    @pytest.mark.parametrize("codes", [[FAILED, NONE], [NONE, FAILED], [CONFLICT, NONE], [NONE, CONFLICT]])
    def test_deleted_when_what_was_in_the_way_has_gone(
        self, api: Api, server: DynamoDBServer, items: Items, codes: list[str]
    ) -> None:
        tag = api("create-user").headers["ETag"]
        server.faults = [None, cancelled(*codes)]
        assert api("delete-user", headers={"If-Match": tag}).status == 200
        assert server.operations[1:] == 2 * ["UpdateItem", "TransactWriteItems"]
        check_no_orphans(items)
