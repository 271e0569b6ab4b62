"""Compares the output of a command with the page. `...` matches anything; times and ids match any others."""

import json
import re
from typing import Any

ANYTHING = "..."
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VARYING = (_TIME, _UUID)


def matches(expected: Any, actual: Any) -> bool:
    """Whether a JSON value matches the expected one."""
    if expected in (ANYTHING, [ANYTHING]):
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            matches(expected[key], actual[key]) for key in expected
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(matches, expected, actual))
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or any(
            one.fullmatch(expected) and one.fullmatch(actual) for one in _VARYING
        )
    return bool(expected == actual)


def matches_json(expected: str, output: str) -> bool:
    """Whether the output is the expected JSON."""
    return matches(json.loads(expected), json.loads(output))


def matches_http(expected: str, output: str) -> bool:
    """Whether the output has the expected lines in this order, and the expected body at its end."""
    head, _, body = expected.partition("\n\n")
    lines = iter(line.strip() for line in output.splitlines())
    for line in head.splitlines():  # each search continues where the one before ended
        pattern = re.compile(re.escape(line).replace(re.escape(ANYTHING), ".*"))
        if not any(pattern.fullmatch(candidate) for candidate in lines):
            return False
    return not body or matches_json(body, output.strip().splitlines()[-1])


def matches_text(expected: str, output: str) -> bool:
    """Whether the output has the expected lines in this order."""
    lines = iter(output.splitlines())
    return all(line in lines for line in expected.splitlines())


MATCHERS = {"json": matches_json, "http": matches_http, "text": matches_text}
