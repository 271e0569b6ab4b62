"""Strict pydantic models for what comes over the wire, and their errors as one problem."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from lambda_common.problems import FieldError, InvalidRequestError


class WireModel(BaseModel):
    """camelCase on the wire, no conversions between types, no unknown fields, no null, immutable."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,  # a request needs one model, and pays for those of others otherwise
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=False,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_null(cls, value: Any) -> Any:
        """A field that may be left out has None as its default, but None cannot be sent."""
        if value is None:
            message = "Must not be null."
            raise ValueError(message)
        return value


def validate[M: WireModel](model: type[M], document: Mapping[str, Any]) -> M:
    """`document` as a `model`; every field that is wrong is named in the InvalidRequestError."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise InvalidRequestError(
            FieldError(".".join(map(str, detail["loc"])) or "body", _message(detail)) for detail in errors
        ) from error


def _message(detail: Any) -> str:
    if detail["type"] == "extra_forbidden":
        return "Unknown field."
    if detail["type"] == "value_error":  # one of our own checks: its text without pydantic's prefix
        return str(detail["ctx"]["error"])
    return f"{detail['msg']}."
