"""Entity tags and the conditional requests that are made with them (RFC 9110, sections 8.8 and 13)."""

import re

from lambda_common.problems import FieldError, InvalidRequestError
from lambda_common.requests import Request

ANY = "*"
MAX_TAGS = 100  # as many as a condition of DynamoDB compares with
_SPACE = r"[ \t]*"
# Beyond ASCII a tag is bytes (RFC 9110's obs-text), which arrive as whatever they were decoded to.
_TAG = r'(?:W/)?"[^\x00-\x20\x22\x7f]*"'
TAG_LIST_PATTERN = rf"{_SPACE}{_TAG}(?:{_SPACE},{_SPACE}{_TAG}){{0,{MAX_TAGS - 1}}}{_SPACE}"
ANY_PATTERN = rf"{_SPACE}{re.escape(ANY)}{_SPACE}"
_TAG_LIST = re.compile(TAG_LIST_PATTERN)
_VERSION_TAG = re.compile(r'"([1-9][0-9]{0,17})"')


def entity_tag(version: int) -> str:
    """The strong entity tag of a version: `"3"`."""
    return f'"{version}"'


def expected_versions(request: Request) -> frozenset[int] | None:
    """The versions that `If-Match` admits; None when it admits any.

    Tags that are weak, or that this API never gave, match nothing: they are left out.
    """
    value = request.header("if-match")
    if value is None or _is_any(value):
        return None
    versions = (_VERSION_TAG.fullmatch(tag) for tag in _tags("If-Match", value))
    return frozenset(int(version[1]) for version in versions if version)


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` says that the client holds what has this tag already (weak comparison)."""
    return not {ANY, tag}.isdisjoint(_held(request))


def check_held_tags(request: Request) -> None:
    """Refuse a malformed `If-None-Match` where there is no tag to compare it with."""
    _held(request)


def _held(request: Request) -> list[str]:
    value = request.header("if-none-match")
    if value is None:
        return []
    if _is_any(value):
        return [ANY]
    return [tag.removeprefix("W/") for tag in _tags("If-None-Match", value)]


def _is_any(value: str) -> bool:
    return value.strip(" \t") == ANY


def _tags(header: str, value: str) -> list[str]:
    if not _TAG_LIST.fullmatch(value):
        message = f'Must be * or a list of 1 to {MAX_TAGS} entity tags such as "3".'
        raise InvalidRequestError([FieldError(header, message)])
    return re.findall(_TAG, value)
