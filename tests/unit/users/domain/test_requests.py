"""What clients send."""

from typing import Any

import pytest

from lambda_common.problems import InvalidRequestError
from lambda_common.validation import WireModel, validate
from users.domain.requests import (
    CreateUserRequest,
    ReplaceNamedUserRequest,
    ReplaceUserRequest,
    UpdateUserRequest,
)
from users.domain.user import UserChanges

JOHN = {"userId": "123", "name": " John ", "email": "JOHN@example.com"}


class TestRequests:
    """Values come out as they are kept."""

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest, ReplaceNamedUserRequest])
    def test_parsed_when_the_fields_are_allowed(
        self, model: type[CreateUserRequest | ReplaceUserRequest]
    ) -> None:
        body = validate(model, JOHN)
        assert (body.user_id, body.name, body.email) == ("123", "John", "john@example.com")

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest])
    def test_no_user_id_when_none_is_sent(self, model: type[CreateUserRequest | ReplaceUserRequest]) -> None:
        assert validate(model, {"name": "x", "email": "a@example.com"}).user_id is None

    def test_refused_when_nothing_says_whom_it_is_about(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            validate(ReplaceNamedUserRequest, {"name": "x", "email": "a@example.com"})
        assert [error.field for error in caught.value.problem.errors] == ["userId"]

    @pytest.mark.parametrize("model", [CreateUserRequest, ReplaceUserRequest, UpdateUserRequest])
    @pytest.mark.parametrize(
        "document", [{"name": None}, {"name": 1}, {"email": None}, {"user_id": "1"}, {"x": 1}]
    )
    def test_refused_when_a_field_is_not_allowed(
        self, model: type[WireModel], document: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            validate(model, {"name": "x", "email": "a@example.com"} | document)
        assert [error.field for error in caught.value.problem.errors] == list(document)

    def test_both_fields_change_when_a_user_is_replaced(self) -> None:
        assert validate(ReplaceUserRequest, JOHN).changes() == UserChanges(
            name="John", email="john@example.com"
        )

    @pytest.mark.parametrize("document", [{}, {"name": "New"}, {"email": "new@example.com"}])
    def test_only_what_is_sent_changes_when_a_user_is_patched(self, document: dict[str, str]) -> None:
        assert validate(UpdateUserRequest, document).changes() == UserChanges(**document)
