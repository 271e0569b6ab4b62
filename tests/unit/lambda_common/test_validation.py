"""Strict models."""

from typing import Any

import pytest
from pydantic import Field, ValidationError

from lambda_common.validation import StrictModel


class Inner(StrictModel):
    """A model in a model."""

    item_count: int


class Outer(StrictModel):
    """A model."""

    given_name: str
    inner: Inner | None = Field(default=None)


class TestStrictModel:
    """Nothing is accepted but what the model says, under the names of JSON."""

    def test_a_model_when_the_document_is_valid(self) -> None:
        model = Outer.model_validate({"givenName": "x", "inner": {"itemCount": 2}})
        assert (model.given_name, model.inner) == ("x", Inner.model_validate({"itemCount": 2}))
        assert model.model_dump(by_alias=True) == {"givenName": "x", "inner": {"itemCount": 2}}
        with pytest.raises(ValidationError):
            model.given_name = "y"  # type: ignore[misc]

    @pytest.mark.parametrize(
        ("document", "places"),
        [
            ({}, [("givenName",)]),
            ({"givenName": None}, [("givenName",)]),
            ({"givenName": "x", "inner": None}, [("inner",)]),
            ({"givenName": "x", "inner": {"itemCount": None}}, [("inner", "itemCount")]),
            ({"givenName": "x", "y": 1}, [("y",)]),
            ({"given_name": "x"}, [("givenName",), ("given_name",)]),
        ],
    )
    def test_names_each_field_that_is_wrong(
        self, document: dict[str, Any], places: list[tuple[str, ...]]
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            Outer.model_validate(document)
        assert [error["loc"] for error in caught.value.errors()] == places

    @pytest.mark.parametrize("value", ["2", 2.0, True, [2]])
    def test_never_converts(self, value: object) -> None:
        with pytest.raises(ValidationError):
            Inner.model_validate({"itemCount": value})
