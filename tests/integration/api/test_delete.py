"""DELETE: by path and by query string."""

import pytest

from tests.helpers.events import changed_event
from tests.helpers.responses import Api
from tests.integration.tables import Items


@pytest.mark.parametrize("form", ["delete-user", "delete-user-by-query"])
def test_200_once_when_the_user_exists(api: Api, items: Items, form: str) -> None:
    """Id and address become available, and other users stay."""
    other = api("create-user", body={"userId": "2", "name": "Two", "email": "two@example.com"})
    api("create-user")
    api("replace-user-in-body")
    response, again = api(form), api(form)
    assert (response.status, response.json) == (200, {"message": "User deleted successfully"})
    assert "ETag" not in response.headers
    assert (again.status, again.problem) == (404, "user-not-found")
    assert api("get-user").status == 404
    assert len(items("UserEmailsTable")) == 1
    assert api("list-users").json["users"] == [other.json["user"]]
    created = api("create-user", body={"userId": "123", "name": "New", "email": "jane@example.com"})
    assert (created.status, created.json["user"]["version"]) == (201, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(({}, "userId"), ({"userId": ""}, "userId"), ({"userId": "a b"}, "userId")),
        ({"userId": ["1", "2"]}, "userId"),
        ({"userId": "123", "email": "john@example.com"}, "email"),
    ],
)
def test_refused_when_the_query_string_is_not_one_user_id(
    api: Api, query: dict[str, str | list[str]], field: str
) -> None:
    """It names one user, and nothing else."""
    response = api("delete-user-by-query", query=query)
    assert (response.status, response.problem, response.fields) == (400, "validation", {field})


def test_refused_when_there_is_no_query_string(api: Api) -> None:
    """As API Gateway sends it."""
    event = changed_event("delete-user-by-query")
    event["queryStringParameters"] = event["multiValueQueryStringParameters"] = None
    assert api.send(event).fields == {"userId"}
