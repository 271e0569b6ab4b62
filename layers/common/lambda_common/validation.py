"""Base classes of pydantic models for data on the wire."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.alias_generators import to_camel


class WireModel(BaseModel):
    """camelCase on the wire, no type conversion, no unknown fields, immutable."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,  # a request uses one model and would wait for the build of all
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=False,
    )


class StrictModel(WireModel):
    """A model for requests, which refuses null."""

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_null(cls, value: Any) -> Any:
        """Refuse null, although the default of an optional field is None."""
        if value is None:
            message = "Must not be null."
            raise ValueError(message)
        return value
