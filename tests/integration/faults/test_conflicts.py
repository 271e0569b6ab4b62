"""Transactions that DynamoDB cancels, and what each of its reasons means to a client."""

import itertools

import pytest

from tests.helpers.responses import Api
from tests.integration.faults.server import DynamoDBServer, Response, cancelled, refusal
from tests.integration.tables import Items

FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"
THROTTLED = "ThrottlingError"
NONE = "None"
IN_CONFLICT = refusal("TransactionConflictException")

type Codes = tuple[str, ...]

# The writes of a creation: the user, the address, the idempotency key.
REFUSED: list[tuple[Codes, str]] = [
    *(((FAILED, other), "user-exists") for other in (NONE, FAILED, CONFLICT)),
    *(((other, FAILED), "email-taken") for other in (NONE, CONFLICT)),
    *(((FAILED, NONE, NONE), "user-exists"), ((NONE, FAILED, NONE), "email-taken")),
    # Another transaction holds the key. Writes of a transaction become visible one by one: the first
    # request may have got as far as the user or the address.
    *(
        ((*codes, CONFLICT), "request-in-progress")
        for codes in [
            (NONE, NONE),
            (CONFLICT, CONFLICT),
            (CONFLICT, NONE),
            (FAILED, NONE),
            (FAILED, FAILED),
            (NONE, FAILED),
        ]
    ),
]
REPEATED: list[Codes] = [
    *((CONFLICT, NONE), (NONE, CONFLICT), (CONFLICT, CONFLICT), (THROTTLED, NONE), (NONE, THROTTLED)),
    *(("ProvisionedThroughputExceeded", NONE), (CONFLICT, NONE, NONE)),
    *((NONE, NONE, FAILED), (NONE, NONE, THROTTLED)),
]
# The writes of a change of the address: the user, the new address, the old address.
REPEATED_CHANGES = sorted(
    {
        *itertools.permutations((CONFLICT, NONE, NONE)),
        *itertools.permutations((THROTTLED, NONE, NONE)),
        *((FAILED, NONE, NONE), (NONE, NONE, FAILED), (FAILED, FAILED, NONE), (FAILED, FAILED, FAILED)),
        (CONFLICT, FAILED, NONE),
    }
)


def creation(codes: Codes) -> str:
    """The event with as many writes."""
    return "create-user" if len(codes) == 2 else "create-user-idempotent"


class TestCreate:
    """One transaction."""

    @pytest.mark.parametrize(("codes", "problem"), REFUSED)
    def test_conflict_when_id_address_or_key_is_taken(
        self, api: Api, server: DynamoDBServer, codes: Codes, problem: str
    ) -> None:
        server.faults = [cancelled(*codes)]
        response = api(creation(codes))
        assert (response.status, response.problem) == (409, problem)
        assert ("Retry-After" in response.headers) == (problem == "request-in-progress")
        assert "john" not in response.text

    @pytest.mark.parametrize("codes", REPEATED)
    def test_created_when_the_conflict_is_over(
        self, api: Api, slow_server: DynamoDBServer, codes: Codes
    ) -> None:
        reads = [None] * (len(codes) - 2)  # of the idempotency key
        slow_server.faults = [cancelled(*codes), *reads, cancelled(*codes)]
        assert api(creation(codes)).status == 201
        assert slow_server.operations.count("TransactWriteItems") == 3

    def test_internal_error_when_there_are_no_reasons(self, api: Api, server: DynamoDBServer) -> None:
        server.faults = [refusal("TransactionCanceledException")]
        assert api("create-user").problem == "internal-error"


class TestChange:
    """One update, and a transaction where the address changes or the user is deleted."""

    @pytest.mark.parametrize("codes", REPEATED_CHANGES)
    def test_changed_when_the_conflict_is_over(
        self, api: Api, slow_server: DynamoDBServer, codes: Codes
    ) -> None:
        api("create-user")
        slow_server.faults = [None, cancelled(*codes)]
        assert api("replace-user").status == 200

    @pytest.mark.parametrize("codes", [(FAILED, NONE), (NONE, FAILED), (CONFLICT, NONE), (NONE, CONFLICT)])
    def test_deleted_when_the_conflict_is_over(
        self, api: Api, slow_server: DynamoDBServer, codes: Codes
    ) -> None:
        tag = api("create-user").headers["ETag"]
        slow_server.faults = [None, cancelled(*codes)]
        assert api("delete-user", headers={"If-Match": tag}).status == 200
        assert slow_server.operations[1:] == 2 * ["UpdateItem", "TransactWriteItems"]

    def test_conflict_when_the_address_is_taken(self, api: Api, server: DynamoDBServer) -> None:
        api("create-user")
        server.faults = [None, cancelled(NONE, FAILED, NONE)]
        assert api("replace-user").problem == "email-taken"

    @pytest.mark.parametrize("name", ["update-user", "replace-user", "delete-user"])
    def test_done_when_a_conflict_of_the_update_is_over(
        self, api: Api, slow_server: DynamoDBServer, name: str
    ) -> None:
        api("create-user")
        slow_server.faults = [IN_CONFLICT, IN_CONFLICT]
        assert api(name).status == 200

    def test_done_when_the_address_became_the_wanted_one_meanwhile(
        self, api: Api, server: DynamoDBServer, items: Items
    ) -> None:
        api("create-user")
        moved = api("replace-user").json["user"]
        [item] = items("UsersTable")
        server.faults = [refusal("ConditionalCheckFailedException", Item=item)]
        response = api("update-user", body={"name": "New", "email": moved["email"]})
        assert (response.status, response.json["user"]["version"]) == (200, 3)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        *(("create-user", cancelled(code, NONE)) for code in (CONFLICT, THROTTLED)),
        *((name, IN_CONFLICT) for name in ("update-user", "delete-user")),
    ],
)
def test_unavailable_when_a_conflict_lasts(
    api: Api, server: DynamoDBServer, name: str, fault: Response
) -> None:
    """The client can retry later."""
    server.rule = lambda _operation, _params: fault
    response = api(name)
    assert (response.status, response.problem) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0
