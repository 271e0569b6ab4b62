"""Users in DynamoDB: one table of users, one that keeps email addresses unique, one of idempotency keys.

The address table has an item for each address in use. A write that changes an address updates both
tables in one transaction, so that they are always consistent.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lambda_common.observability import logger, metrics
from users.adapters.dynamodb.items import (
    Item,
    Origin,
    UnreadableItemError,
    created_earlier,
    idempotency_item,
    new_state,
    number,
    strings,
    user_from_item,
    user_item,
)
from users.adapters.dynamodb.transactions import (
    CONDITION_FAILED,
    CONFLICT,
    NO_REASON,
    Action,
    Condition,
    ContentionError,
    delete_action,
    is_state,
    meets,
    put_action,
    retry_on_contention,
    transact,
    update_action,
    update_item,
)
from users.adapters.errors import translated_errors
from users.domain import errors
from users.domain.use_cases import Creation, IdempotentRequest
from users.domain.user import (
    NO_PRECONDITION,
    Precondition,
    User,
    UserChanges,
    UserPage,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The SDK repeats a request whose response is lost.
_NOT_DONE = Condition("(attribute_not_exists(revision) OR revision <> :revision)")
_EMAIL_STAYS = Condition("email = :email")


class DynamoDBUserRepository:
    """A `UserRepository` over a low-level DynamoDB client."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        users_table: str,
        user_emails_table: str,
        idempotency_table: str,
        origin: Origin,
    ) -> None:
        self._client = client
        self._users = users_table
        self._emails = user_emails_table
        self._idempotency = idempotency_table
        self._origin = origin

    def create(self, user: User, idempotency: IdempotentRequest | None = None) -> Creation:
        """One transaction, which includes the idempotency key."""
        return retry_on_contention(lambda: self._try_create(user, idempotency))

    def get(self, user_id: str) -> User:
        """One strongly consistent read."""
        item = self._read(self._users, strings(userId=user_id))
        if item is None:
            raise errors.UserNotFoundError
        return _user(item)

    def find_by_email(self, email: str) -> User | None:
        """Two reads. None if the user gives up the address between them."""
        reservation = self._read(self._emails, strings(email=email))
        if reservation is None:
            return None
        item = self._read(self._users, {"userId": reservation["userId"]})
        user = _user(item) if item else None
        return user if user and user.email == email else None

    def list_page(self, limit: int, after: str | None = None) -> UserPage:
        """One Scan of `limit` items: the cost of a page does not depend on the size of the table."""
        start = {} if after is None else {"ExclusiveStartKey": strings(userId=after)}
        with translated_errors():
            page = self._client.scan(TableName=self._users, Limit=limit, **start)  # type: ignore[arg-type]
        last = page.get("LastEvaluatedKey")
        return UserPage(
            users=list(_readable_users(page["Items"])), last_user_id=last["userId"]["S"] if last else None
        )

    def update(
        self, user_id: str, changes: UserChanges, precondition: Precondition = NO_PRECONDITION
    ) -> User:
        """One UpdateItem, and a transaction only if the address changes."""
        self._refuse_unsatisfiable(user_id, precondition)
        new = changes.given() | new_state(self._origin)
        return retry_on_contention(lambda: self._try_update(user_id, new, precondition))

    def delete(self, user_id: str, precondition: Precondition = NO_PRECONDITION) -> None:
        """One update, which records the correlation id and returns the address, then one transaction.

        The stream contains only the old image of a deleted item: without the update, the event of the
        deletion would have the correlation id and the actor of the previous change.
        """
        self._refuse_unsatisfiable(user_id, precondition)
        retry_on_contention(lambda: self._try_delete(user_id, precondition))

    def _try_create(self, user: User, idempotency: IdempotentRequest | None) -> Creation:
        item = user_item(user) | strings(**self._origin())
        actions = [
            put_action(self._users, item, Condition("attribute_not_exists(userId)")),
            self._put_email(user.email, user.user_id),
        ]
        if idempotency:
            actions.append(self._put_idempotency(idempotency, user))
        reasons = transact(self._client, actions)
        if not reasons:
            return Creation(user, replayed=False)
        if idempotency and (earlier := self._replay(idempotency, user)):
            return earlier
        if reasons[2:] == [CONFLICT]:  # first: the first request may have caused the other reasons
            raise errors.IdempotencyInProgressError
        if reasons[0] == CONDITION_FAILED:
            raise errors.UserAlreadyExistsError
        if reasons[1] == CONDITION_FAILED:
            raise errors.EmailAlreadyTakenError
        raise ContentionError

    def _put_idempotency(self, idempotency: IdempotentRequest, user: User) -> Action:
        """TTL deletes items late, so an expired key counts as absent."""
        expired = Condition(
            "attribute_not_exists(idempotencyKey) OR expiresAt <= :now",
            {":now": number(int(user.created_at.timestamp()))},
        )
        return put_action(self._idempotency, idempotency_item(idempotency, user), expired)

    def _replay(self, idempotency: IdempotentRequest, user: User) -> Creation | None:
        record = self._read(self._idempotency, strings(idempotencyKey=idempotency.key))
        if record is None or int(record["expiresAt"]["N"]) <= int(user.created_at.timestamp()):
            return None
        if record["fingerprint"]["S"] != idempotency.fingerprint:
            raise errors.IdempotencyKeyReusedError
        return Creation(created_earlier(record, user), replayed=True)

    def _try_update(self, user_id: str, new: dict[str, str], precondition: Precondition) -> User:
        """Update on the condition that the address stays the same; otherwise, DynamoDB returns the user."""
        conditions = [*meets(precondition), _NOT_DONE, *([_EMAIL_STAYS] if "email" in new else [])]
        item, done = update_item(self._client, update_action(self._users, user_id, new, *conditions))
        user = _user(item)
        if done or user.revision == new["revision"]:
            return user
        precondition.check(user)
        return self._update_state(item, user, new)

    def _update_state(self, item: Item, user: User, new: dict[str, str]) -> User:
        """Update a user in the state that was read: for a new address, or if the item has no revision."""
        action = update_action(self._users, user.user_id, new, is_state(item))
        actions = [{"Update": action}]
        if (email := new.get("email", user.email)) != user.email:
            actions += [self._put_email(email, user.user_id), self._delete_email(user)]
        reasons = transact(self._client, actions)
        if not reasons:
            return _user({**item, **strings(**new), "version": number(user.version + 1)})
        if reasons[:2] == [NO_REASON, CONDITION_FAILED]:
            raise errors.EmailAlreadyTakenError
        raise ContentionError

    def _try_delete(self, user_id: str, precondition: Precondition) -> None:
        item, done = self._mark(user_id, *meets(precondition))
        user = _user(item)
        if not done:
            precondition.check(user)
            item, done = self._mark(user_id, is_state(item))
        delete = delete_action(self._users, strings(userId=user_id), is_state(item))
        if not done or transact(self._client, [delete, self._delete_email(user)]):
            raise ContentionError

    def _mark(self, user_id: str, *conditions: Condition) -> tuple[Item, bool]:
        action = update_action(self._users, user_id, self._origin(), *conditions)
        return update_item(self._client, action)

    def _put_email(self, email: str, user_id: str) -> Action:
        item = strings(email=email, userId=user_id)
        return put_action(self._emails, item, Condition("attribute_not_exists(email)"))

    def _delete_email(self, user: User) -> Action:
        owned = Condition("userId = :userId", strings(**{":userId": user.user_id}))
        return delete_action(self._emails, strings(email=user.email), owned)

    def _refuse_unsatisfiable(self, user_id: str, precondition: Precondition) -> None:
        if precondition.among is not None and not precondition.among:
            precondition.check(self.get(user_id))

    def _read(self, table: str, key: Item) -> Item | None:
        with translated_errors():
            response = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return response.get("Item")


def _user(item: Item) -> User:
    try:
        return user_from_item(item)
    except UnreadableItemError:
        logger.error("Unreadable item", user_id=item["userId"]["S"])
        metrics.add_metric(name="UnreadableItems", unit="Count", value=1)
        raise


def _readable_users(items: Iterable[Item]) -> Iterator[User]:
    """Skip items that are not users, so that they do not hide the rest of the page."""
    for item in items:
        try:
            yield _user(item)
        except UnreadableItemError:
            continue
