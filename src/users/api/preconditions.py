"""Entity tags and conditional requests (RFC 9110, sections 8.8 and 13)."""

import re
from collections.abc import Iterable, Mapping

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from users.api.requests import header, invalid
from users.domain.user import Precondition

ANY = "*"
MAX_TAGS = 100  # the maximum of IN in a condition of DynamoDB
_SPACE = r"[ \t]*"
# Non-ASCII characters of a tag are bytes (RFC 9110's obs-text), which arrive in an unspecified decoding.
_TAG = r'(?:W/)?"[^\x00-\x20\x22\x7f]*"'
TAG_LIST_PATTERN = rf"{_SPACE}{_TAG}(?:{_SPACE},{_SPACE}{_TAG}){{0,{MAX_TAGS - 1}}}{_SPACE}"
ANY_PATTERN = rf"{_SPACE}{re.escape(ANY)}{_SPACE}"
ENTITY_TAGS_PATTERN = f"^(?:{ANY_PATTERN}|{TAG_LIST_PATTERN})$"
_TAG_LIST = re.compile(TAG_LIST_PATTERN)
_REVISION_TAG = re.compile(r'"([0-9a-f]{1,128})"')


class NotModifiedError(Exception):
    """The client already has this state; `headers` are those of the response."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.headers = headers


def entity_tag(revision: str) -> str:
    """The strong entity tag of a revision: `"5f0c"`."""
    return f'"{revision}"'


def precondition(event: APIGatewayProxyEvent) -> Precondition:
    """The states that `If-Match` and `If-None-Match` allow a write to change."""
    among, held = _matching(event), _held(event)
    if ANY in held:
        return Precondition(among=frozenset())
    not_among = _revisions(held)
    return Precondition(not_among=not_among) if among is None else Precondition(among=among - not_among)


def _matching(event: APIGatewayProxyEvent) -> frozenset[str] | None:
    """The revisions that `If-Match` lists; None if it allows any."""
    value = header(event, "if-match")
    if value is None or _is_any(value):
        return None
    return _revisions(_tags("If-Match", value))


def _revisions(tags: Iterable[str]) -> frozenset[str]:
    """The revisions in tags. Weak tags, and tags in another format, match nothing."""
    return frozenset(match[1] for match in map(_REVISION_TAG.fullmatch, tags) if match)


def check_not_held(event: APIGatewayProxyEvent, headers: Mapping[str, str]) -> None:
    """Raise NotModifiedError if `If-None-Match` lists the ETag in the headers of a response (weakly)."""
    if not {ANY, headers["ETag"]}.isdisjoint(_held(event)):
        raise NotModifiedError(headers)


def check_if_none_match(event: APIGatewayProxyEvent) -> None:
    """Refuse a malformed `If-None-Match` where there is no tag to compare it with."""
    _held(event)


def _held(event: APIGatewayProxyEvent) -> list[str]:
    value = header(event, "if-none-match")
    if value is None:
        return []
    if _is_any(value):
        return [ANY]
    return [tag.removeprefix("W/") for tag in _tags("If-None-Match", value)]


def _is_any(value: str) -> bool:
    return value.strip(" \t") == ANY


def _tags(name: str, value: str) -> list[str]:
    if not _TAG_LIST.fullmatch(value):
        message = f'Must be * or a list of 1 to {MAX_TAGS} entity tags such as "5f0c".'
        raise invalid(name, message)
    return re.findall(_TAG, value)
