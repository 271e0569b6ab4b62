"""What follows when something happened to a user."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.consumers import user_event
from tests.port_fakes import InMemoryEffectLog, InMemoryImageStore, InMemoryMailer
from users.domain.errors import EffectInProgressError, ServiceUnavailableError
from users.domain.events import UserEvent
from users.domain.reactions import forget_images, welcome

CREATED = UserEvent.model_validate(user_event())
DELETED = UserEvent.model_validate(user_event(kind="user.deleted", userId="123")).model_copy(
    update={"time": NOON}
)


class TestWelcome:
    """One mail for each event."""

    def test_greets_once(self) -> None:
        mailer, effects = InMemoryMailer(), InMemoryEffectLog()
        outcomes = [welcome(CREATED, mailer=mailer, effects=effects) for _ in range(5)]
        assert outcomes == [True, *4 * [False]]
        assert CREATED.data
        assert mailer.sent == [(CREATED.data.email, CREATED.data.name)]

    def test_greets_later_when_mail_fails(self) -> None:
        mailer, effects = InMemoryMailer(), InMemoryEffectLog()
        mailer.faults.coming = [True]
        with pytest.raises(ServiceUnavailableError):
            welcome(CREATED, mailer=mailer, effects=effects)
        assert welcome(CREATED, mailer=mailer, effects=effects)
        assert len(mailer.sent) == 1

    def test_waits_for_another_that_is_at_it(self) -> None:
        mailer, effects = InMemoryMailer(), InMemoryEffectLog()
        effects.in_progress = {f"welcome#{CREATED.id}"}
        with pytest.raises(EffectInProgressError):
            welcome(CREATED, mailer=mailer, effects=effects)
        assert mailer.sent == []

    def test_greets_nobody_when_nobody_is_named(self) -> None:
        mailer = InMemoryMailer()
        event = CREATED.model_copy(update={"data": None})
        assert not welcome(event, mailer=mailer, effects=InMemoryEffectLog())
        assert mailer.sent == []


class TestForgetImages:
    """What a deleted user had uploaded goes, with its thumbnails."""

    def test_removes_thumbnails_before_uploads(self) -> None:
        keys = [f"{prefix}uploads/123/a" for prefix in ("", "thumbnails/small/", "thumbnails/large/")]
        images = InMemoryImageStore(*keys)
        forget_images(DELETED, images=images)
        assert images.keys == set()
        assert images.deletions[-1] == ["uploads/123/a"]

    def test_leaves_other_users_and_what_came_later(self) -> None:
        images = InMemoryImageStore("uploads/1234/a", "uploads/123/old")
        later = InMemoryImageStore("uploads/123/new", at=NOON + timedelta(seconds=1))
        images.objects |= later.objects
        forget_images(DELETED, images=images)
        assert images.keys == {"uploads/1234/a", "uploads/123/new"}

    def test_goes_through_all_pages(self) -> None:
        images = InMemoryImageStore(*(f"uploads/123/{number}" for number in range(5)), page_size=2)
        forget_images(DELETED, images=images)
        assert images.keys == set()
