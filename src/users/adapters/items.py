"""DynamoDB items and the expressions over them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from users.domain.idempotency import IdempotentRequest
from users.domain.user import User, UserChanges, format_time, parse_time

type Item = Mapping[str, Any]
"""Attribute names to DynamoDB's typed values: `{"version": {"N": "3"}}`."""


def user_key(user_id: str) -> dict[str, Any]:
    """The key in the users table."""
    return {"userId": {"S": user_id}}


def email_key(email: str) -> dict[str, Any]:
    """The key in the table of e-mail addresses."""
    return {"email": {"S": email}}


def email_item(email: str, user_id: str) -> dict[str, Any]:
    """The reservation of an address by a user."""
    return email_key(email) | user_key(user_id)


def user_item(user: User) -> dict[str, Any]:
    """A user as an item of the users table."""
    return user_key(user.user_id) | {
        "name": {"S": user.name},
        "email": {"S": user.email},
        "createdAt": {"S": format_time(user.created_at)},
        "updatedAt": {"S": format_time(user.updated_at)},
        "version": {"N": str(user.version)},
    }


def user_from_item(item: Item) -> User:
    """The inverse of `user_item`."""
    return User(
        user_id=item["userId"]["S"],
        name=item["name"]["S"],
        email=item["email"]["S"],
        created_at=parse_time(item["createdAt"]["S"]),
        updated_at=parse_time(item["updatedAt"]["S"]),
        version=int(item["version"]["N"]),
        avatar_key=item["avatarKey"]["S"] if "avatarKey" in item else None,
    )


def idempotency_key(key: str) -> dict[str, Any]:
    """The key in the table of idempotency keys."""
    return {"idempotencyKey": {"S": key}}


def idempotency_item(request: IdempotentRequest, user: User) -> dict[str, Any]:
    """What is kept of a create: what was asked, and the user that was answered."""
    return idempotency_key(request.key) | {
        "fingerprint": {"S": request.fingerprint},
        "user": {"M": user_item(user)},
        "expiresAt": {"N": epoch_seconds(request.expires_at)},
    }


def epoch_seconds(time: datetime) -> str:
    """A time as DynamoDB's time to live reads it."""
    return str(int(time.timestamp()))


@dataclass(frozen=True, kw_only=True)
class UserUpdate:
    """One change of one user, the same through every attempt. `write_id` marks what it wrote."""

    user_id: str
    changes: UserChanges
    expected_versions: AbstractSet[int] | None
    updated_at: datetime
    write_id: str
    correlation_id: str

    def request(self, conditions: list[str], values: Item) -> dict[str, Any]:
        """The parameters of an Update that holds only under `conditions`, whose values are `values`."""
        new = {
            "updatedAt": format_time(self.updated_at),
            "writeId": self.write_id,
            "correlationId": self.correlation_id,
            **self.changes.given(),
        }
        assignments = [f"#{name} = :{name}" for name in new]
        return {
            "Key": user_key(self.user_id),
            "UpdateExpression": f"SET #version = #version + :one, {', '.join(assignments)}",
            "ConditionExpression": " AND ".join(["attribute_exists(userId)", *conditions]),
            "ExpressionAttributeNames": {f"#{name}": name for name in ["version", *new]},
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                **{f":{name}": {"S": value} for name, value in new.items()},
                **values,
            },
        }

    def unless_email_changes(self) -> dict[str, Any]:
        """The update on the assumption that the address stays as it is.

        An attempt of the SDK whose answer was lost must not count twice: hence the write id.
        """
        conditions = ["(attribute_not_exists(writeId) OR writeId <> :writeId)"]
        if self.changes.email is not None:
            conditions.append("email = :email")
        versions, values = _version_condition(self.expected_versions)
        return self.request([*conditions, *versions], values)

    def from_state(self, user: User) -> dict[str, Any]:
        """The update of a user who is still exactly as read."""
        return self.request(
            ["#version = :current", "#email = :previousEmail"],
            {":current": {"N": str(user.version)}, ":previousEmail": {"S": user.email}},
        )

    def applied_to(self, user: User) -> User:
        """The user as the update leaves it."""
        return replace(user, **self.changes.given(), updated_at=self.updated_at, version=user.version + 1)


def deletion_mark(
    user_id: str, expected_versions: AbstractSet[int] | None, *, correlation_id: str
) -> dict[str, Any]:
    """An update that changes nothing of the user, but says who is going to delete it."""
    versions, values = _version_condition(expected_versions)
    return {
        "Key": user_key(user_id),
        "UpdateExpression": "SET correlationId = :correlationId",
        "ConditionExpression": " AND ".join(["attribute_exists(userId)", *versions]),
        "ExpressionAttributeValues": {":correlationId": {"S": correlation_id}, **values},
        **({"ExpressionAttributeNames": {"#version": "version"}} if versions else {}),
    }


def _version_condition(versions: AbstractSet[int] | None) -> tuple[list[str], dict[str, Any]]:
    """A condition that the version is one of `versions`, with its values; none for None."""
    if versions is None:
        return [], {}
    values = {f":v{i}": {"N": str(version)} for i, version in enumerate(sorted(versions))}
    return [f"#version IN ({', '.join(values)})"], values
