"""The function's role holds what it uses and nothing else: shown by taking each action away."""

import json
import uuid
from typing import Any

import httpx
import pytest

from local.stack import Stack

TABLES_POLICY = "users-tables"
SERVICE_POLICY = "logs-and-traces"  # used by Lambda itself: a local AWS does not ask for these

type Policy = dict[str, Any]


def failures(api: httpx.Client) -> list[str]:
    """What goes wrong on a way through all that the API does with its tables."""
    user_id, moved = f"u-{uuid.uuid4().hex}", f"{uuid.uuid4().hex}@example.com"
    body = {"userId": user_id, "name": "John Doe", "email": f"{user_id}@example.com"}
    keyed = {"Idempotency-Key": user_id}
    way = [
        ("create", api.post("/users", json=body, headers=keyed), 201),
        ("replay", api.post("/users", json=body, headers=keyed), 201),
        ("read", api.get(f"/users/{user_id}"), 200),
        ("find", api.get("/users", params={"email": body["email"]}), 200),
        ("list", api.get("/users", params={"limit": 1}), 200),
        ("rename", api.patch(f"/users/{user_id}", json={"name": "Jane Doe"}), 200),
        ("move", api.patch(f"/users/{user_id}", json={"email": moved}), 200),
        ("delete", api.delete(f"/users/{user_id}"), 200),
    ]
    return [step for step, answer, expected in way if answer.status_code != expected]


class Role:
    """The role of UsersApiFunction in the local AWS."""

    def __init__(self, stack: Stack) -> None:
        self._iam = stack.aws.client("iam")
        self._name = stack.outputs()["UsersApiRoleName"]

    def policy_names(self) -> set[str]:
        """Every policy of the role, its own and attached ones."""
        attached = self._iam.list_attached_role_policies(RoleName=self._name)["AttachedPolicies"]
        own = self._iam.list_role_policies(RoleName=self._name)["PolicyNames"]
        return {*own, *(policy["PolicyName"] for policy in attached)}

    def policy(self, name: str) -> Policy:
        """One of the role's own policies."""
        document = self._iam.get_role_policy(RoleName=self._name, PolicyName=name)["PolicyDocument"]
        policy: Policy = json.loads(document) if isinstance(document, str) else document
        return policy

    def put(self, policy: Policy) -> None:
        """Replace what the role may do with the tables."""
        self._iam.put_role_policy(
            RoleName=self._name, PolicyName=TABLES_POLICY, PolicyDocument=json.dumps(policy)
        )


@pytest.fixture
def role(stack: Stack) -> Role:
    """The role, which is as it was when the test ends."""
    return Role(stack)


def without(policy: Policy, statement: int, action: str) -> Policy:
    """`policy` less one action of one statement."""
    copy: Policy = json.loads(json.dumps(policy))
    actions = copy["Statement"][statement]["Action"]
    actions.remove(action)
    if not actions:
        del copy["Statement"][statement]
    return copy


class TestUsersApiRole:
    """The role of UsersApiFunction."""

    def test_is_enough(self, api: httpx.Client) -> None:
        assert failures(api) == []

    def test_holds_nothing_that_is_not_used(self, api: httpx.Client, role: Role) -> None:
        policy = role.policy(TABLES_POLICY)
        actions = [
            (index, action)
            for index, statement in enumerate(policy["Statement"])
            for action in statement["Action"]
        ]
        unused = []
        try:
            for index, action in actions:
                role.put(without(policy, index, action))
                if not failures(api):
                    unused.append((action, policy["Statement"][index]["Resource"]))
        finally:
            role.put(policy)

        assert len(actions) == 10
        assert unused == []
        assert failures(api) == []

    def test_names_tables_and_no_wildcards(self, role: Role) -> None:
        for statement in role.policy(TABLES_POLICY)["Statement"]:
            assert "*" not in json.dumps(statement)
            assert ":table/" in statement["Resource"]

    def test_has_besides_only_what_lambda_needs_for_logs_and_traces(self, role: Role) -> None:
        assert role.policy_names() == {TABLES_POLICY, SERVICE_POLICY}
        actions = {a for s in role.policy(SERVICE_POLICY)["Statement"] for a in s["Action"]}
        assert actions == {
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        }
