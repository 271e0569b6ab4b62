"""The roles of the functions, from which tests remove permissions."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tools.local.stack import Stack

# The local AWS requires the second where AWS requires the first: see tools/local/post_deploy.py.
EQUIVALENTS = {"sns:Publish": "sns:PublishBatch"}
# Permissions that Lambda uses on behalf of a function: the local AWS does not require them.
SERVICE_POLICIES = {"logs-and-traces", "event-source", "dead-letters"}


class Role:
    """A role of the stack, by its name in the template."""

    def __init__(self, stack: Stack, logical_id: str) -> None:
        self._iam = stack.aws.client("iam")
        self._name = stack.resources("AWS::IAM::Role")[logical_id]

    def policies(self) -> set[str]:
        """Its policies, own and attached, without those that Lambda uses."""
        attached = self._iam.list_attached_role_policies(RoleName=self._name)["AttachedPolicies"]
        own = self._iam.list_role_policies(RoleName=self._name)["PolicyNames"]
        return {*own, *(policy["PolicyName"] for policy in attached)} - SERVICE_POLICIES

    def actions(self, policy: str) -> list[tuple[int, str]]:
        """Every action of a policy with the number of its statement: there is at least one."""
        actions = [
            (index, action)
            for index, statement in enumerate(self._policy(policy)["Statement"])
            for action in statement["Action"]
            if action not in EQUIVALENTS.values()
        ]
        assert actions
        return actions

    @contextmanager
    def without(self, policy: str, action: str, statement: int | None = None) -> Iterator[None]:
        """Remove an action during the block, from one statement or from all."""
        whole, gone = self._policy(policy), {action, EQUIVALENTS.get(action)}
        reduced = [
            each | {"Action": [one for one in each["Action"] if one not in gone]}
            if statement in {None, index}
            else each
            for index, each in enumerate(whole["Statement"])
        ]
        self._put(policy, whole | {"Statement": [each for each in reduced if each["Action"]]})
        try:
            yield
        finally:
            self._put(policy, whole)

    def assert_minimal(self, check: Callable[[], None], *policies: str) -> None:
        """The role has these policies, and `check` passes, but not without any of their actions."""
        assert self.policies() == set(policies)
        check()
        unused = []
        for policy in policies:
            for index, action in self.actions(policy):
                with self.without(policy, action, index), suppress(AssertionError):
                    check()
                    unused.append(f"{policy}: {action} in statement {index}")
        assert unused == []
        check()

    def _policy(self, name: str) -> dict[str, Any]:
        response = self._iam.get_role_policy(RoleName=self._name, PolicyName=name)
        document: dict[str, Any] = response["PolicyDocument"]
        return document

    def _put(self, name: str, policy: dict[str, Any]) -> None:
        self._iam.put_role_policy(RoleName=self._name, PolicyName=name, PolicyDocument=json.dumps(policy))
