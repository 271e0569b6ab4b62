"""A user as clients see it."""

from dataclasses import replace

from tests.answers import check_user
from tests.builders import a_user
from users.handlers.representation import representation


class TestRepresentation:
    """The fields of the contract, and of the avatar nothing but paths."""

    def test_no_avatar_when_there_is_none(self) -> None:
        user = representation(a_user())
        check_user(user)
        assert "avatar" not in user

    def test_three_paths_when_there_is_one(self) -> None:
        user = representation(replace(a_user("a.b_c-1"), avatar_key="uploads/a.b_c-1/secret"))
        check_user(user)
        assert user["avatar"] == {
            "small": "/users/a.b_c-1/avatar/small",
            "medium": "/users/a.b_c-1/avatar/medium",
            "large": "/users/a.b_c-1/avatar/large",
        }
        assert "secret" not in str(user)
