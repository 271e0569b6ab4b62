"""What the requests of the collection do before they are sent and once they are answered, in JavaScript."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

ATTEMPTS = 60
"""How often the thumbnail is asked for, half a second apart."""

NEW_USER = """\
const id = pm.variables.replaceIn("{{$guid}}");
pm.collectionVariables.set("userId", id);
pm.collectionVariables.set("email", `${id}@example.com`);
pm.collectionVariables.set("idempotencyKey", id);"""

AUTHORIZE = """\
pm.test("200: A token", () => pm.response.to.have.status(200));
pm.environment.set("token", pm.response.json().access_token);"""

FILL_IN_FORM = """\
for (const [key, value] of Object.entries(JSON.parse(pm.collectionVariables.get("form")).fields)) {
  pm.request.body.formdata.insert({ key, value, type: "text" }, "file"); // S3 wants the file last
}"""

FIRST_ATTEMPT = 'pm.collectionVariables.set("attempts", 1);'

BEFORE_ATTEMPT = """\
if (pm.collectionVariables.get("attempts") > 1) {
  setTimeout(() => {}, 500); // the request waits for it
}"""

ASK_AGAIN = f"""\
const attempts = pm.collectionVariables.get("attempts");
if (pm.response.code === 404 && attempts < {ATTEMPTS}) {{ // the thumbnail is still being made
  pm.collectionVariables.set("attempts", attempts + 1);
  pm.execution.setNextRequest(pm.info.requestName);
  return;
}}"""


def expect(path: str, value: str | int) -> str:
    """A member of the body is `value`, in which there may be variables."""
    wanted = str(value) if isinstance(value, int) else f"pm.variables.replaceIn({_text(value)})"
    return _test(f"{path} is {value}", f"pm.expect(pm.response.json().{path}).to.eql({wanted})")


def expect_header(name: str, value: str) -> str:
    """A header is `value`."""
    return _test(f"{name} is {value}", f"pm.response.to.have.header({_text(name)}, {_text(value)})")


def keep(variable: str, path: str) -> str:
    """Keep a member of the body for the requests that follow."""
    return f"pm.collectionVariables.set({_text(variable)}, pm.response.json().{path});"


def keep_body(variable: str) -> str:
    """Keep the whole body."""
    return f"pm.collectionVariables.set({_text(variable)}, pm.response.text());"


def keep_header(variable: str, name: str) -> str:
    """Keep a header for the requests that follow."""
    return f"pm.collectionVariables.set({_text(variable)}, pm.response.headers.get({_text(name)}));"


def expect_status(status: int, description: str) -> str:
    """The status, and what it means."""
    return _test(f"{status}: {description}", f"pm.response.to.have.status({status})")


def expect_headers(names: Sequence[str]) -> str:
    """All these headers are there."""
    check = f"{json.dumps(names)}.forEach((name) => pm.response.to.have.header(name))"
    return _test(f"carries {', '.join(names)}", check)


def expect_media_type(kind: str) -> str:
    """The body is of this type."""
    return _test(
        f"is {kind}", f'pm.expect(pm.response.headers.get("Content-Type")).to.include({_text(kind)})'
    )


def expect_members(names: Sequence[str]) -> str:
    """The body has all these members."""
    check = f"pm.expect(pm.response.json()).to.include.all.keys({json.dumps(names)})"
    return _test(f"has {', '.join(names)}", check)


def expect_problem(example: Mapping[str, Any]) -> str:
    """The body is a problem of the kind of the example, and names the request."""
    fixed = {name: example[name] for name in ("type", "title", "status") if name in example}
    problem = f'{{ ...{json.dumps(fixed)}, requestId: pm.response.headers.get("X-Request-Id") }}'
    return _test(f"is {example['type']}", f"pm.expect(pm.response.json()).to.include({problem})")


def _test(name: str, check: str) -> str:
    return f"pm.test({_text(name)}, () => {check});"


def _text(value: str) -> str:
    return json.dumps(value)
