"""Entity tags and the conditional requests that are made with them (RFC 9110, sections 8.8 and 13)."""

import re

from lambda_common.problems import FieldError, InvalidRequestError
from lambda_common.requests import Request

ANY = "*"
MAX_TAGS = 100  # as many as a condition of DynamoDB compares with
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
TAG_LIST_PATTERN = rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*"
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
    if value is None or value.strip() == ANY:
        return None
    versions = (_VERSION_TAG.fullmatch(tag) for tag in _tags("If-Match", value))
    return frozenset(int(version[1]) for version in versions if version)


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` says that the client holds what has this tag already (weak comparison)."""
    value = request.header("if-none-match")
    if value is None:
        return False
    if value.strip() == ANY:
        return True
    return tag in (held.removeprefix("W/") for held in _tags("If-None-Match", value))


def _tags(header: str, value: str) -> list[str]:
    if not _TAG_LIST.fullmatch(value):
        raise InvalidRequestError([FieldError(header, 'Must be * or a list of entity tags such as "3".')])
    tags: list[str] = re.findall(_TAG, value)
    if len(tags) > MAX_TAGS:
        raise InvalidRequestError([FieldError(header, f"Must hold at most {MAX_TAGS} entity tags.")])
    return tags
