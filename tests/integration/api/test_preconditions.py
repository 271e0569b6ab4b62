"""If-Match on PUT, PATCH and DELETE."""

import pytest

from tests.answers import Answer, Api
from tests.integration.tables import Items, check_no_orphans

CHANGES = ["replace-user", "replace-user-in-body", "update-user", "delete-user", "delete-user-by-query"]


@pytest.fixture
def version_3(api: Api) -> Answer:
    """The user in version 3."""
    api("create-user")
    api("update-user", body={"name": "Second"})
    api("update-user", body={"name": "Third"})
    return api("get-user")


@pytest.mark.parametrize("name", CHANGES)
class TestIfMatch:
    """A change happens only if the user is in a version that the client knows."""

    @pytest.mark.parametrize(
        "tags",
        ['"3"', "*", " * ", '"1", "3"', '"x", W/"3","3"', ' "3" ', '"4","5" , "3"', '"3","3"', '"a,b","3"'],
    )
    def test_done_when_the_version_is_listed(
        self, api: Api, items: Items, version_3: Answer, name: str, tags: str
    ) -> None:
        assert version_3.headers["ETag"] == '"3"'
        assert api(name, headers={"If-Match": tags}).status == 200
        check_no_orphans(items)

    def test_done_when_there_is_no_condition(self, api: Api, version_3: Answer, name: str) -> None:
        assert version_3.status == 200
        assert api(name, headers={"If-Match": None}).status == 200

    @pytest.mark.parametrize(
        "tags",
        [
            '"2"',
            '"4"',
            '"\u0133"',
            '"33"',
            '"1","2"',
            'W/"3"',
            '"0"',
            '"-3"',
            '"03"',
            '"3.0"',
            '""',
            '"three"',
            '"*"',
            '"999999999999999999"',
            '"9999999999999999999999999999999999999999"',
        ],
    )
    def test_refused_when_the_version_is_not_listed(
        self, api: Api, items: Items, version_3: Answer, name: str, tags: str
    ) -> None:
        answer = api(name, headers={"If-Match": tags})
        assert (answer.status, answer.problem) == (412, "version-mismatch")
        assert api("get-user").json == version_3.json
        check_no_orphans(items)

    @pytest.mark.parametrize(
        "tags",
        ["3", "", " ", "'3'", '"3', '3"', '"3" "4"', '"3",', ',"3"', 'w/"3"', '"3", *', '"3 "'],
    )
    def test_refused_when_it_is_malformed(self, api: Api, version_3: Answer, name: str, tags: str) -> None:
        answer = api(name, headers={"If-Match": tags})
        assert (answer.status, answer.fields) == (400, {"If-Match"})
        assert api("get-user").json == version_3.json

    @pytest.mark.parametrize("tags", ['"1"', "*", 'W/"1"', '"x"'])
    def test_not_found_when_there_is_no_user(self, api: Api, name: str, tags: str) -> None:
        assert api(name, headers={"If-Match": tags}).status == 404

    @pytest.mark.parametrize("header", ["if-match", "IF-MATCH", "iF-mAtCh"])
    def test_counts_in_whatever_case_it_is_written(
        self, api: Api, version_3: Answer, name: str, header: str
    ) -> None:
        assert version_3.status == 200
        assert api(name, headers={"If-Match": None, header: '"2"'}).status == 412

    def test_one_list_when_the_header_is_repeated(self, api: Api, version_3: Answer, name: str) -> None:
        assert version_3.status == 200
        assert api(name, headers={"If-Match": ['"1"', '"2"']}).status == 412
        assert api(name, headers={"If-Match": ['"2"', '"3"']}).status == 200

    def test_not_an_internal_error_when_the_list_is_very_long(
        self, api: Api, version_3: Answer, name: str
    ) -> None:
        assert version_3.status == 200
        tags = ", ".join(f'"{version}"' for version in range(4, 1500))
        assert api(name, headers={"If-Match": tags}).status in {400, 412}


class TestOrder:
    """What is checked first."""

    def test_the_version_comes_first_when_the_address_is_taken_too(self, api: Api, items: Items) -> None:
        api("create-user")
        api("create-user", body={"userId": "2", "name": "Two", "email": "two@example.com"})
        body = {"email": "two@example.com"}
        assert api("update-user", body=body, headers={"If-Match": '"9"'}).status == 412
        assert api("update-user", body=body, headers={"If-Match": '"1"'}).status == 409
        check_no_orphans(items)

    @pytest.mark.parametrize(("tags", "status"), [('"1"', 200), ('"2"', 412), ('W/"1"', 412)])
    def test_an_empty_patch_has_preconditions_too(self, api: Api, tags: str, status: int) -> None:
        api("create-user")
        assert api("update-user", body={}, headers={"If-Match": tags}).status == status

    @pytest.mark.parametrize("name", CHANGES)
    def test_the_second_of_two_writers_loses(self, api: Api, name: str) -> None:
        api("create-user")
        assert api("update-user", body={"name": "First"}, headers={"If-Match": '"1"'}).status == 200
        assert api(name, headers={"If-Match": '"1"'}).status == 412
