"""Entity tags in conditional requests."""

import re

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from lambda_common.problems import ProblemError
from users.api.preconditions import ENTITY_TAGS_PATTERN, MAX_TAGS, entity_tag, precondition
from users.domain.user import Precondition, new_revision


def if_match(value: str) -> Precondition:
    """The precondition in a request with this header."""
    headers = {"if-match": value}
    return precondition(APIGatewayProxyEvent({"httpMethod": "PUT", "resource": "/", "headers": headers}))


@pytest.mark.parametrize(
    ("value", "revisions"),
    [
        *(('"1","2a" , "3f4"', {"1", "2a", "3f4"}), ('W/"1", "2"', {"2"}), ('"\u4e00", "1"', {"1"})),
        *(('"A", "-1", "0x1", "1.0", "g", ""', set()), (f'"{"a" * 129}"', set()), ('"\xe9"', set())),
    ],
)
def test_revisions_are_those_whose_tags_are_listed(value: str, revisions: set[str]) -> None:
    """Other tags are valid, and match nothing."""
    assert re.search(ENTITY_TAGS_PATTERN, value)
    assert if_match(value) == Precondition(among=revisions)


@pytest.mark.parametrize(
    "value", ["", "1", '"1""2"', '"1",', '*, "1"', '"1", *', '"a b"', 'w/"1"', '"1"\xa0']
)
def test_refused_when_it_is_malformed(value: str) -> None:
    """As the documented pattern says."""
    assert not re.search(ENTITY_TAGS_PATTERN, value)
    with pytest.raises(ProblemError):
        if_match(value)


def test_accepts_100_tags_at_most() -> None:
    """DynamoDB compares with no more."""
    tags = [entity_tag(new_revision()) for _ in range(MAX_TAGS + 1)]
    assert len(if_match(",".join(tags[:-1])).among or ()) == MAX_TAGS == 100
    with pytest.raises(ProblemError):
        if_match(",".join(tags))
