"""The roles of the functions, from which tests remove permissions."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tools.local.stack import Stack

type Policy = dict[str, Any]
type Failures = Callable[[], list[str]]
"""Runs all operations of a function and returns the names of those that failed."""

# The local AWS requires the second where AWS requires the first: see tools/local/post_deploy.py.
EQUIVALENTS = {"sns:Publish": "sns:PublishBatch"}


class Role:
    """A role of the stack, by its name in the template."""

    def __init__(self, stack: Stack, logical_id: str) -> None:
        self._iam = stack.aws.client("iam")
        self._name = stack.resources("AWS::IAM::Role")[logical_id]

    def policy_names(self) -> set[str]:
        """Every policy of the role, its own and attached ones."""
        attached = self._iam.list_attached_role_policies(RoleName=self._name)["AttachedPolicies"]
        own = self._iam.list_role_policies(RoleName=self._name)["PolicyNames"]
        return {*own, *(policy["PolicyName"] for policy in attached)}

    def policy(self, name: str) -> Policy:
        """One of the role's own policies."""
        document: Policy = self._iam.get_role_policy(RoleName=self._name, PolicyName=name)["PolicyDocument"]
        return document

    def put(self, name: str, policy: Policy) -> None:
        """Replace a policy."""
        self._iam.put_role_policy(RoleName=self._name, PolicyName=name, PolicyDocument=json.dumps(policy))

    @contextmanager
    def without(self, name: str, statement: int, action: str) -> Iterator[None]:
        """Remove one action of one statement during the block."""
        whole = self.policy(name)
        reduced: Policy = json.loads(json.dumps(whole))
        actions = reduced["Statement"][statement]["Action"]
        gone = {action, EQUIVALENTS.get(action)}
        reduced["Statement"][statement]["Action"] = [one for one in actions if one not in gone]
        if not reduced["Statement"][statement]["Action"]:
            del reduced["Statement"][statement]
        self.put(name, reduced)
        try:
            yield
        finally:
            self.put(name, whole)

    @contextmanager
    def without_any(self, name: str, action: str) -> Iterator[None]:
        """Remove an action from all statements that allow it during the block."""
        with ExitStack() as stack:
            for index, allowed in reversed(self.actions(name)):
                if allowed == action:
                    stack.enter_context(self.without(name, index, action))
            yield

    def actions(self, name: str) -> list[tuple[int, str]]:
        """Every action of a policy with the number of its statement."""
        return [
            (index, action)
            for index, statement in enumerate(self.policy(name)["Statement"])
            for action in statement["Action"]
            if action not in EQUIVALENTS.values()
        ]


def unused_actions(role: Role, policies: list[str], failures: Failures) -> list[str]:
    """The actions without which everything still works."""
    assert failures() == [], "before anything is taken away"
    unused = []
    for name in policies:
        for index, action in role.actions(name):
            with role.without(name, index, action):
                if not failures():
                    unused.append(f"{name}: {action} in statement {index}")
    assert failures() == []
    return unused
