"""Compares the output of a command with the page. `...` matches anything; times and ids match any others."""

import json
import re
from typing import Any

ANYTHING = "..."
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VARYING = (_TIME, _UUID)


def agrees(expected: Any, actual: Any) -> bool:
    """Whether a JSON value matches the expected one."""
    if expected in (ANYTHING, [ANYTHING]):
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            agrees(expected[key], actual[key]) for key in expected
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or any(
            one.fullmatch(expected) and one.fullmatch(actual) for one in _VARYING
        )
    return bool(expected == actual)


def answers_json(expected: str, output: str) -> bool:
    """Whether the output is the expected JSON."""
    return agrees(json.loads(expected), json.loads(output))


def answers_http(expected: str, output: str) -> bool:
    """Whether the output has the expected lines in this order, and the expected body at its end."""
    head, _, body = expected.partition("\n\n")
    lines = iter(line.strip() for line in output.splitlines())
    for line in head.splitlines():  # each search continues where the one before ended
        pattern = re.compile(re.escape(line).replace(re.escape(ANYTHING), ".*"))
        if not any(pattern.fullmatch(candidate) for candidate in lines):
            return False
    return not body or answers_json(body, output.strip().splitlines()[-1])


def answers_text(expected: str, output: str) -> bool:
    """Whether the output has the expected lines in this order."""
    lines = iter(output.splitlines())
    return all(line in lines for line in expected.splitlines())


ANSWERS = {"json": answers_json, "http": answers_http, "text": answers_text}
