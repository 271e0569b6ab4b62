"""The rule of `make new`."""

import pytest

from tests.helpers.markdown import PROJECT
from tools.new.__main__ import fault_of_directory, files
from tools.new.collisions import fault_of
from tools.new.renaming import Renaming, plural_of

ENTRY = Renaming("entry", "entries")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("userId user_id USER_ID UserId getUser", "entryId entry_id ENTRY_ID EntryId getEntry"),
        ("UserStream UsersTable USERS_TABLE_NAME", "EntryStream EntriesTable ENTRIES_TABLE_NAME"),
        ("/users/{userId} users/read users.api", "/entries/{entryId} entries/read entries.api"),
        ("A user, a\n    user, a_user, the users'", "An entry, an\n    entry, an_entry, the entries'"),
        ("a `userId`, A `user.created`", "an `entryId`, An `entry.created`"),
        ("data_user", "data_entry"),
        ("a user who is, users\n  who, a_user_who_is", "an entry that is, entries\n  that, an_entry_that_is"),
    ],
)
def test_a_user_becomes_an_entry(text: str, expected: str) -> None:
    """In every spelling and compound, with its article."""
    assert ENTRY.apply(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "UserPool UserPoolId a user pool --user-pool-id AllowedOAuthFlowsUserPoolClient",
        "User-Agent userAgent userArn userIdentity PreventUserExistenceErrors AdminCreateUserConfig",
        "curl --user PowerUserAccess expanduser getuser usercustomize username githubusercontent",
    ],
)
def test_names_of_others_stay(text: str) -> None:
    """Of Cognito, HTTP, IAM, Python and programs."""
    assert ENTRY.apply(text) == text


def test_columns_stay_aligned() -> None:
    """As long as there is room."""
    text = "src/users/     the code\n  api/         routes\nusers  narrow\n"
    expected = "src/entries/   the code\n  api/         routes\nentries  narrow\n"
    assert ENTRY.apply_to_columns(text) == expected


@pytest.mark.parametrize(
    ("name", "plural"), [("category", "categories"), ("day", "days"), ("box", "boxes"), ("order", "orders")]
)
def test_a_plural_has_a_default(name: str, plural: str) -> None:
    """As in English."""
    assert plural_of(name) == plural


@pytest.mark.parametrize(
    ("name", "plural", "reason"),
    [
        ("Order", "orders", "not a word in lower case"),
        ("", "", "not a word in lower case"),
        ("class", "classes", "a word of Python"),
        ("list", "lists", "a word of Python"),
        ("request", "requests", "requests is a Python module"),
        ("event", "events", "events is a Python module"),
        ("sheep", "sheep", "its own plural"),
        ("responsibility", "responsibilitiesxxxx", "more than 19 letters"),
        ("item", "items", "another meaning in"),
        ("avatar", "avatars", "another meaning in"),
        ("table", "tables", "another meaning in"),
        ("order", "orders", ""),
        ("category", "categories", ""),
    ],
)
def test_refused_when_a_word_cannot_take_the_place(name: str, plural: str, reason: str) -> None:
    """Or accepted, when there is no reason."""
    fault = fault_of(Renaming(name, plural), files())
    assert reason in fault
    assert bool(fault) == bool(reason)


def test_refused_when_something_is_in_the_directory() -> None:
    """Nothing is overwritten."""
    assert "exists already" in fault_of_directory(PROJECT.parent)
    assert "in this project" in fault_of_directory(PROJECT / "orders")
