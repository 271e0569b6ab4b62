"""Schemas of bodies and parameters, made by pydantic from the models of requests and the types of answers."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

type Schema = dict[str, Any]


class _GenerateSchema(GenerateJsonSchema):
    """Without titles of fields, and without the null that stands for an absent field and is refused."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schema_of(kind: Any) -> Schema:
    """The schema of a type, in which types with names are references to components."""
    [schema], _ = _schemas([kind])
    return schema


def components(kinds: Iterable[Any]) -> dict[str, Schema]:
    """The schemas of all types with names that these consist of."""
    _, named = _schemas(kinds)
    return dict(sorted(named.items()))


def _schemas(kinds: Iterable[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    inputs: Any = [(index, "validation", TypeAdapter(kind)) for index, kind in enumerate(kinds)]
    schemas, document = TypeAdapter.json_schemas(
        inputs, ref_template="#/components/schemas/{model}", schema_generator=_GenerateSchema
    )
    return list(schemas.values()), document.get("$defs", {})
