"""Events about changes of users, for other parts of the system."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, PlainSerializer, model_validator
from pydantic.alias_generators import to_camel

from lambda_common.validation import StrictModel
from users.domain.user import User, format_time

type Time = Annotated[datetime, Field(strict=False), PlainSerializer(format_time, when_used="json")]


class UserSnapshot(StrictModel):
    """The state of a user at one point in time."""

    user_id: str
    name: str
    email: str
    created_at: Time
    updated_at: Time
    version: int
    avatar_key: str | None = None
    avatar_error: str | None = None

    @classmethod
    def of(cls, user: User) -> "UserSnapshot":
        """The snapshot of `user`."""
        return cls.model_validate(
            {
                to_camel(name): value
                for name, value in asdict(user).items()
                if name in cls.model_fields and value is not None
            }
        )


class UserEvent(StrictModel):
    """A change of a user. `data` is the user after it and `previous` the user before it, if any.

    `id` is the same in all deliveries of the event; `sequence` orders the events of one user, longer
    numbers after shorter ones; `correlation_id` is the id of the request that made the change, and `actor`
    the id of its client.
    """

    id: str
    type: Literal["user.created", "user.updated", "user.deleted"]
    time: Time
    sequence: str
    user_id: str
    version: int
    correlation_id: str = ""
    actor: str | None = None
    data: UserSnapshot | None = None
    previous: UserSnapshot | None = None

    @model_validator(mode="after")
    def _require_data(self) -> Self:
        """Refuse an event without its user, which would silently have no effect."""
        if self.data is None and self.type != "user.deleted":
            message = "Must have data."
            raise ValueError(message)
        return self

    def to_json(self) -> str:
        """For `UserEvent.model_validate_json`. In ASCII, because topics and queues refuse some characters."""
        return self.model_dump_json(by_alias=True, exclude_none=True, ensure_ascii=True)
