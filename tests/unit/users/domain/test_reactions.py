"""What follows when something happened to a user."""

from datetime import timedelta

import pytest

from tests.helpers.builders import NOON
from tests.helpers.consumers import user_event
from tests.helpers.port_fakes import InMemoryIdempotency, InMemoryImageStore, InMemoryMailer
from users.domain.errors import EffectInProgressError, ServiceUnavailableError
from users.domain.events import UserEvent
from users.domain.reactions import Reactions

CREATED = UserEvent.model_validate(user_event())
DELETED = UserEvent.model_validate(user_event(kind="user.deleted", userId="123")).model_copy(
    update={"time": NOON}
)


class World:
    """The reactions and what is around them."""

    def __init__(self) -> None:
        self.mailer = InMemoryMailer()
        self.idempotency = InMemoryIdempotency()
        self.images = InMemoryImageStore()

    def react(self, event: UserEvent, *, sender: bool = True) -> str:
        """The outcome of an event."""
        mailer = self.mailer if sender else None
        return Reactions(
            mailer=mailer,
            idempotency=self.idempotency,
            images=self.images,
        ).react(event)


class TestCreated:
    """One mail for each event."""

    def test_greets_once(self) -> None:
        world = World()
        assert [world.react(CREATED) for _ in range(5)] == ["success", *4 * ["repeated"]]
        assert CREATED.data
        assert world.mailer.sent == [(CREATED.data.email, CREATED.data.name)]

    def test_greets_later_when_mail_fails(self) -> None:
        world = World()
        world.mailer.faults.coming = [True]
        with pytest.raises(ServiceUnavailableError):
            world.react(CREATED)
        assert world.react(CREATED) == "success"
        assert len(world.mailer.sent) == 1

    def test_waits_for_another_delivery(self) -> None:
        world = World()
        world.idempotency.in_progress = {f"welcome#{CREATED.id}"}
        with pytest.raises(EffectInProgressError):
            world.react(CREATED)
        assert world.mailer.sent == []

    def test_greets_nobody_without_a_sender(self) -> None:
        world = World()
        assert world.react(CREATED, sender=False) == "no_sender_configured"
        assert world.idempotency.done == set()

    def test_greets_nobody_when_nobody_is_named(self) -> None:
        world = World()
        assert world.react(CREATED.model_copy(update={"data": None})) == "ignored"
        assert world.mailer.sent == []


class TestUpdated:
    """Nothing follows."""

    def test_is_ignored(self) -> None:
        world = World()
        world.images = InMemoryImageStore("uploads/user-0/a")
        assert world.react(UserEvent.model_validate(user_event(kind="user.updated"))) == "ignored"
        assert world.mailer.sent == []
        assert world.images.keys == {"uploads/user-0/a"}


class TestDeleted:
    """A deleted user's uploads go, with their thumbnails."""

    def test_removes_thumbnails_before_uploads(self) -> None:
        world, places = World(), ("", "thumbnails/small/", "thumbnails/large/")
        world.images = InMemoryImageStore(*(f"{place}uploads/123/a" for place in places))
        assert world.react(DELETED) == "success"
        assert world.images.keys == set()
        assert world.images.deletions[-1] == ["uploads/123/a"]

    def test_leaves_other_users_and_what_came_later(self) -> None:
        world = World()
        world.images = InMemoryImageStore("uploads/1234/a", "uploads/123/old")
        later = InMemoryImageStore("uploads/123/new", at=NOON + timedelta(seconds=1))
        world.images.objects |= later.objects
        world.react(DELETED)
        assert world.images.keys == {"uploads/1234/a", "uploads/123/new"}

    def test_goes_through_all_pages(self) -> None:
        world = World()
        world.images = InMemoryImageStore(*(f"uploads/123/{number}" for number in range(5)), page_size=2)
        world.react(DELETED)
        assert world.images.keys == set()
