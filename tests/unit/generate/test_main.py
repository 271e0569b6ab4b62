"""The committed OpenAPI document is the generated one."""

from generate.__main__ import PATH, openapi_json


def test_the_document_is_up_to_date() -> None:
    """After a change of the code: `make generate`."""
    assert PATH.read_text("utf-8") == openapi_json(), "run: make generate"
