"""If-Match and If-None-Match on writes."""

import itertools
import re

import pytest

from tests.helpers.responses import Api, Response

CHANGES = ["replace-user", "replace-user-in-body", "update-user", "delete-user", "delete-user-by-query"]
# In all values, "1" to "3" stand for the tags of three versions of the user, of which the third is current.
LISTED = [
    *('"3"', "*", " * ", '"1", "3"', '"x", W/"3","3"', ' "3" ', '"4","5" , "3"', '"3","3"'),
    *('"a,b","3"', None),
]
NOT_LISTED = [
    *('"2"', '"4"', '"0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"', '"\u0133"', '"33"', '"1","2"', 'W/"3"', '"0"'),
    *('"-3"', '"03"', '"3.0"', '""', '"three"', '"*"', '"9999999999999999999999999999999999999999"'),
]
# Pairs of If-Match and If-None-Match.
HOLDING = [
    *((value, None) for value in LISTED),
    *itertools.product([None, "*", '"3"', '"1", "3"'], ['"1"', 'W/"2"', '"1", "2"', '"x"']),
]
FAILING = [
    *((value, None) for value in NOT_LISTED),
    *((None, "*"), ("*", " * "), ('"3"', "*"), (None, '"3"'), (None, 'W/"3"'), (None, '"1", "3"')),
    *(("*", '"3"'), ('"3"', '"3"'), ('"2", "3"', 'W/"3"'), ('"2"', '"1"')),
]
MALFORMED = ["3", "", " ", "'3'", '"3', '3"', '"3" "4"', '"3",', ',"3"', 'w/"3"', '"3", *', '"3 "']


class Tags:
    """The entity tags of three versions of a user."""

    def __init__(self, api: Api) -> None:
        """Create the three versions."""
        created, second = api("create-user"), api("update-user", body={"name": "Second"})
        third = api("update-user", body={"name": "Third"})
        self.tags = [response.headers["ETag"] for response in (created, second, third)]
        self.current: Response = api("get-user")

    def __call__(self, value: str | None) -> str | None:
        """The value of a header with these tags."""
        return value and re.sub(r'"([1-3])"', lambda match: self.tags[int(match[1]) - 1], value)


@pytest.fixture
def tags(api: Api) -> Tags:
    """A user in version 3."""
    return Tags(api)


@pytest.mark.parametrize("name", CHANGES)
class TestChange:
    """A change happens only in a state that the client knows (RFC 9110, sections 13.1.1 and 13.1.2)."""

    @pytest.mark.parametrize(("if_match", "if_none_match"), HOLDING)
    def test_done_when_the_preconditions_hold(
        self, api: Api, tags: Tags, name: str, if_match: str | None, if_none_match: str | None
    ) -> None:
        headers = {"If-Match": tags(if_match), "If-None-Match": tags(if_none_match)}
        assert api(name, headers=headers).status == 200

    @pytest.mark.parametrize(("if_match", "if_none_match"), FAILING)
    def test_refused_when_one_of_them_fails(
        self, api: Api, tags: Tags, name: str, if_match: str | None, if_none_match: str | None
    ) -> None:
        headers = {"If-Match": tags(if_match), "If-None-Match": tags(if_none_match)}
        response = api(name, headers=headers)
        assert (response.status, response.problem) == (412, "precondition-failed")
        read = api("get-user")
        assert (read.json, read.headers["ETag"]) == (tags.current.json, tags('"3"'))

    @pytest.mark.parametrize("value", MALFORMED)
    @pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
    def test_refused_when_a_header_is_malformed(
        self, api: Api, tags: Tags, name: str, value: str, header: str
    ) -> None:
        response = api(name, headers={"If-None-Match": "*", header: value})
        assert (response.status, response.fields) == (400, {header})
        assert api("get-user").json == tags.current.json

    @pytest.mark.parametrize("value", ['"1"', "*", 'W/"1"', '"x"'])
    @pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
    def test_not_found_when_there_is_no_user(self, api: Api, name: str, value: str, header: str) -> None:
        assert api(name, headers={header: value}).status == 404

    @pytest.mark.parametrize("header", ["if-match", "IF-MATCH", "iF-mAtCh"])
    def test_one_list_when_the_header_is_repeated_in_any_case(
        self, api: Api, tags: Tags, name: str, header: str
    ) -> None:
        first, second, third = tags.tags
        assert api(name, headers={"If-Match": None, header: [first, second]}).status == 412
        assert api(name, headers={"If-Match": None, header: [second, third]}).status == 200

    @pytest.mark.usefixtures("tags")
    def test_not_an_internal_error_when_the_list_is_very_long(self, api: Api, name: str) -> None:
        value = ", ".join(f'"{version}"' for version in range(4, 1500))
        assert api(name, headers={"If-Match": value}).status in {400, 412}


class TestCreate:
    """A create never overwrites, so `If-None-Match: *` changes nothing."""

    @pytest.mark.parametrize("value", ["*", '"1"'])
    def test_created_once(self, api: Api, value: str) -> None:
        headers = {"If-None-Match": value}
        created = api("create-user", headers=headers)
        assert [created.status, api("create-user", headers=headers).status] == [201, 409]
        assert api("get-user").json == created.json["user"]
        api("delete-user")
        assert api("create-user-idempotent", headers=headers).status == 201

    def test_refused_when_it_is_malformed(self, api: Api) -> None:
        response = api("create-user", headers={"If-None-Match": "1"})
        assert (response.status, response.fields) == (400, {"If-None-Match"})
        assert api("list-users").json == {"users": []}


class TestStaleTag:
    """A tag is never reused for another state, not even after a deletion."""

    @pytest.mark.parametrize("name", CHANGES)
    def test_the_new_user_stays_when_a_change_is_of_the_old(self, api: Api, name: str) -> None:
        old = api("create-user").headers["ETag"]
        api("delete-user")
        created = api("create-user", body={"userId": "123", "name": "Other", "email": "other@example.com"})
        assert created.json["user"]["version"] == 1
        assert created.headers["ETag"] != old
        for read in ("get-user", "get-user-by-query"):
            response = api(read, headers={"If-None-Match": old})
            assert (response.status, response.json["name"]) == (200, "Other")
        assert api(name, headers={"If-Match": old}).status == 412
        assert api("get-user").json == created.json["user"]

    @pytest.mark.parametrize("name", CHANGES)
    def test_the_second_of_two_writers_loses(self, api: Api, name: str) -> None:
        headers = {"If-Match": api("create-user").headers["ETag"]}
        assert api("update-user", body={"name": "First"}, headers=headers).status == 200
        assert api(name, headers=headers).status == 412


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        *(("If-Match", value, status) for value, status in (('"3"', 200), ('"2"', 412), ('W/"3"', 412))),
        *(("If-None-Match", '"2"', 200), ("If-None-Match", 'W/"3"', 412), ("If-None-Match", "*", 412)),
    ],
)
def test_precondition_is_checked_when_the_patch_is_empty(
    api: Api, tags: Tags, header: str, value: str, status: int
) -> None:
    """Although nothing changes."""
    assert api("update-user", body={}, headers={header: tags(value)}).status == status
