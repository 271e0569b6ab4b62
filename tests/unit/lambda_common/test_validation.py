"""Strict models, and their errors as one problem."""

from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, ValidationError

from lambda_common.problems import InvalidRequestError
from lambda_common.validation import WireModel, validate


def _even(value: int) -> int:
    if value % 2:
        message = "Must be even."
        raise ValueError(message)
    return value


class Inner(WireModel):
    """A model in a model."""

    item_count: Annotated[int, AfterValidator(_even)]


class Outer(WireModel):
    """A model."""

    given_name: str
    inner: Inner | None = None


class TestValidate:
    """What is wrong is named as the client knows it."""

    def test_a_model_when_the_document_is_valid(self) -> None:
        model = validate(Outer, {"givenName": "x", "inner": {"itemCount": 2}})
        assert model == validate(Outer, {"inner": {"itemCount": 2}, "givenName": "x"})
        with pytest.raises(ValidationError):
            model.given_name = "y"  # type: ignore[misc]

    @pytest.mark.parametrize(
        ("document", "errors"),
        [
            ({}, {"givenName": "Field required."}),
            ({"givenName": None}, {"givenName": "Must not be null."}),
            ({"givenName": "x", "inner": None}, {"inner": "Must not be null."}),
            ({"givenName": "x", "inner": {"itemCount": 3}}, {"inner.itemCount": "Must be even."}),
            ({"givenName": "x", "y": 1}, {"y": "Unknown field."}),
            ({"given_name": "x"}, {"givenName": "Field required.", "given_name": "Unknown field."}),
        ],
    )
    def test_names_each_field_that_is_wrong(self, document: dict[str, Any], errors: dict[str, str]) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            validate(Outer, document)
        assert dict(caught.value.problem.errors) == errors

    @pytest.mark.parametrize("value", ["2", 2.0, True, [2]])
    def test_never_converts(self, value: object) -> None:
        with pytest.raises(InvalidRequestError):
            validate(Inner, {"itemCount": value})
