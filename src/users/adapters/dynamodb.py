"""Users in DynamoDB: one table of users, one that keeps e-mail addresses unique, one of idempotency keys.

The address table holds an item for each address in use. A write that touches an address changes both
tables in one transaction, so that an address is never free and taken at once, nor left over.
"""

import uuid
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from users.adapters.errors import translated_errors
from users.adapters.items import (
    Item,
    UserUpdate,
    deletion_mark,
    email_item,
    email_key,
    epoch_seconds,
    idempotency_item,
    idempotency_key,
    user_from_item,
    user_item,
    user_key,
)
from users.adapters.transactions import (
    CONDITION_FAILED,
    CONFLICT,
    NO_REASON,
    Action,
    ContentionError,
    delete_action,
    put_action,
    transact,
    until_settled,
    update_item,
)
from users.domain.errors import (
    EmailAlreadyTakenError,
    IdempotencyInProgressError,
    IdempotencyKeyReusedError,
    UserAlreadyExistsError,
    UserNotFoundError,
    VersionMismatchError,
)
from users.domain.idempotency import IdempotentRequest
from users.domain.repository import Creation
from users.domain.user import User, UserChanges, UserPage, check_version, now

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBUserRepository:
    """A `UserRepository` over a low-level DynamoDB client."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        users_table: str,
        user_emails_table: str,
        idempotency_table: str,
        correlation_id: Callable[[], str],
    ) -> None:
        self._client = client
        self._users = users_table
        self._emails = user_emails_table
        self._idempotency = idempotency_table
        self._correlation_id = correlation_id

    def create(self, user: User, idempotency: IdempotentRequest | None = None) -> Creation:
        """One transaction, of which the idempotency key is a part: never one without the other."""
        return until_settled(lambda: self._try_create(user, idempotency))

    def get(self, user_id: str) -> User:
        """One strongly consistent read."""
        item = self._read(self._users, user_key(user_id))
        if item is None:
            raise UserNotFoundError
        return user_from_item(item)

    def find_by_email(self, email: str) -> User | None:
        """Two reads. Between them the user may have moved on: then nobody has the address."""
        reservation = self._read(self._emails, email_key(email))
        if reservation is None:
            return None
        item = self._read(self._users, user_key(reservation["userId"]["S"]))
        return user_from_item(item) if item and item["email"]["S"] == email else None

    def list_page(self, limit: int, after: str | None = None) -> UserPage:
        """One Scan of `limit` items and no more: the cost of a page does not depend on the table."""
        start = {} if after is None else {"ExclusiveStartKey": user_key(after)}
        with translated_errors():
            page = self._client.scan(TableName=self._users, Limit=limit, **start)  # type: ignore[arg-type]
        last = page.get("LastEvaluatedKey")
        return UserPage(
            users=[user_from_item(item) for item in page["Items"]],
            last_user_id=last["userId"]["S"] if last else None,
        )

    def update(
        self, user_id: str, changes: UserChanges, expected_versions: AbstractSet[int] | None = None
    ) -> User:
        """One UpdateItem; a transaction after it only where the address changes."""
        self._refuse_if_no_version_matches(user_id, expected_versions)
        update = UserUpdate(
            user_id=user_id,
            changes=changes,
            expected_versions=expected_versions,
            updated_at=now(),
            write_id=uuid.uuid4().hex,
            correlation_id=self._correlation_id(),
        )
        return until_settled(lambda: self._try_update(update))

    def delete(self, user_id: str, expected_versions: AbstractSet[int] | None = None) -> None:
        """One update, which marks who deletes and shows the address, and one transaction after it.

        A deleted item leaves only its old image in the stream: without the mark the event of the deletion
        would carry the correlation id of the change before.
        """
        self._refuse_if_no_version_matches(user_id, expected_versions)
        until_settled(lambda: self._try_delete(user_id, expected_versions))

    def _try_create(self, user: User, idempotency: IdempotentRequest | None) -> Creation:
        actions = [
            put_action(
                self._users,
                user_item(user) | {"correlationId": {"S": self._correlation_id()}},
                "attribute_not_exists(userId)",
            ),
            self._put_email(user.email, user.user_id),
        ]
        if idempotency:
            actions.append(self._put_idempotency(idempotency, user))
        reasons = transact(self._client, actions)
        if not reasons:
            return Creation(user, replayed=False)
        if idempotency and (earlier := self._replay(idempotency, user)):
            return earlier
        if reasons[2:] == [CONFLICT]:  # first: what else is taken may be the first request's own doing
            raise IdempotencyInProgressError
        if reasons[0] == CONDITION_FAILED:
            raise UserAlreadyExistsError
        if reasons[1] == CONDITION_FAILED:
            raise EmailAlreadyTakenError
        raise ContentionError

    def _put_idempotency(self, idempotency: IdempotentRequest, user: User) -> Action:
        """Time to live deletes late, so an expired key counts as absent."""
        return put_action(
            self._idempotency,
            idempotency_item(idempotency, user),
            "attribute_not_exists(idempotencyKey) OR expiresAt <= :now",
            {":now": {"N": epoch_seconds(user.created_at)}},
        )

    def _replay(self, idempotency: IdempotentRequest, user: User) -> Creation | None:
        record = self._read(self._idempotency, idempotency_key(idempotency.key))
        if record is None or int(record["expiresAt"]["N"]) <= int(user.created_at.timestamp()):
            return None
        if record["fingerprint"]["S"] != idempotency.fingerprint:
            raise IdempotencyKeyReusedError
        return Creation(user_from_item(record["user"]["M"]), replayed=True)

    def _try_update(self, update: UserUpdate) -> User:
        """Assume that the address stays as it is; where it does not, the refusal shows the user."""
        item, done = update_item(self._client, self._users, update.unless_email_changes())
        return user_from_item(item) if done else self._update_refused(update, item)

    def _update_refused(self, update: UserUpdate, item: Item) -> User:
        user = user_from_item(item)
        if item.get("writeId") == {"S": update.write_id}:
            return user
        check_version(user, update.expected_versions)
        if update.changes.email in {None, user.email}:
            raise ContentionError
        return self._change_email(update, user)

    def _change_email(self, update: UserUpdate, user: User) -> User:
        reasons = transact(
            self._client,
            [
                {"Update": {"TableName": self._users, **update.from_state(user)}},
                self._put_email(update.changes.email or user.email, user.user_id),
                self._delete_email(user),
            ],
        )
        if not reasons:
            return update.applied_to(user)
        if reasons[0] == NO_REASON and reasons[1] == CONDITION_FAILED:
            raise EmailAlreadyTakenError
        raise ContentionError

    def _try_delete(self, user_id: str, expected_versions: AbstractSet[int] | None) -> None:
        mark = deletion_mark(user_id, expected_versions, correlation_id=self._correlation_id())
        item, done = update_item(self._client, self._users, mark)
        if not done:
            raise VersionMismatchError
        user = user_from_item(item)
        delete = delete_action(
            self._users,
            user_key(user_id),
            "version = :version AND email = :email",
            {":version": {"N": str(user.version)}, ":email": {"S": user.email}},
        )
        if transact(self._client, [delete, self._delete_email(user)]):
            raise ContentionError

    def _put_email(self, email: str, user_id: str) -> Action:
        return put_action(self._emails, email_item(email, user_id), "attribute_not_exists(email)")

    def _delete_email(self, user: User) -> Action:
        condition, values = "userId = :userId", {":userId": {"S": user.user_id}}
        return delete_action(self._emails, email_key(user.email), condition, values)

    def _refuse_if_no_version_matches(self, user_id: str, versions: AbstractSet[int] | None) -> None:
        if versions is not None and not versions:
            self.get(user_id)
            raise VersionMismatchError

    def _read(self, table: str, key: Item) -> Item | None:
        with translated_errors():
            answer = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return answer.get("Item")
