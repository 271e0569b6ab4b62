"""Events as they travel."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from tests.helpers.builders import a_user
from tests.helpers.consumers import user_event
from users.domain.events import UserEvent, UserSnapshot


class TestSnapshot:
    """A user at one moment."""

    def test_holds_the_user(self) -> None:
        snapshot = UserSnapshot.of(replace(a_user(), avatar_key="uploads/123/a"))
        assert (snapshot.user_id, snapshot.version, snapshot.avatar_key) == ("123", 1, "uploads/123/a")

    def test_has_no_avatar_when_the_user_has_none(self) -> None:
        assert UserSnapshot.of(a_user()).avatar_key is None


class TestUserEvent:
    """What is written is what is read."""

    @pytest.mark.parametrize("kind", ["user.created", "user.updated", "user.deleted"])
    def test_comes_back_as_it_went(self, kind: str) -> None:
        document = user_event(kind=kind)
        event = UserEvent.model_validate_json(json.dumps(document))
        assert json.loads(event.to_json()) == document
        assert UserEvent.model_validate_json(event.to_json()) == event

    def test_has_no_correlation_id_when_none_is_known(self) -> None:
        document = user_event()
        del document["correlationId"]
        assert UserEvent.model_validate_json(json.dumps(document)).correlation_id == ""

    @pytest.mark.parametrize(
        "changes", [{"type": "user.renamed"}, {"version": "1"}, {"time": "noon"}, {"id": None}, {"more": 1}]
    )
    def test_is_refused_when_it_is_none(self, changes: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            UserEvent.model_validate_json(json.dumps(user_event() | changes))
