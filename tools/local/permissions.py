"""Where MiniStack asks for another permission than AWS: roles that have AWS's are given MiniStack's.

For PublishBatch AWS asks for `sns:Publish`, MiniStack for `sns:PublishBatch`, which IAM does not know.
For SendEmail AWS asks for the identity that sends, MiniStack for every resource.
"""

import json
from collections.abc import Iterable
from typing import Any

from tools.local.aws import LocalAws


def add_equivalents(aws: LocalAws, roles: Iterable[str]) -> None:
    """Go through the roles of the stack."""
    iam = aws.client("iam")
    for role in roles:
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            wider = with_equivalents(policy)
            if wider != policy:
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(wider))


def with_equivalents(policy: Any) -> Any:
    """`policy` with what MiniStack asks for besides."""
    statements = [_with_equivalents(statement) for statement in policy["Statement"]]
    return {**policy, "Statement": statements}


def _with_equivalents(statement: Any) -> Any:
    actions = statement["Action"]
    if "sns:Publish" in actions and "sns:PublishBatch" not in actions:
        return {**statement, "Action": [*actions, "sns:PublishBatch"]}
    if "ses:SendEmail" in actions:
        return {**statement, "Resource": "*"}
    return statement
