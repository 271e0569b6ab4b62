"""What JSON Schema says of a type, kept where the type is and read only when the API is described."""

from typing import Any


class JsonSchema:
    """Metadata for `Annotated`: keywords such as `pattern`, or the description of a field.

    pydantic finds the method by its name, so that a module need not load pydantic to use this.
    """

    __slots__ = ("_keywords",)

    def __init__(self, **keywords: Any) -> None:
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core_schema), **self._keywords}
