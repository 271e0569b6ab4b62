"""Typed settings from environment variables, read once when a function starts."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _typeshed import DataclassInstance


class SettingsError(Exception):
    """Environment variables are missing or malformed. The message names all of them, without their values."""


def load_settings[S: DataclassInstance](kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """A dataclass from the environment: `users_table_name` is read from USERS_TABLE_NAME and converted.

    A standard dataclass and not a pydantic model, because reads start without pydantic.

    Raises:
        SettingsError: a variable is missing or is not of its field's type.

    """
    source = os.environ if environ is None else environ
    types = get_type_hints(kind)
    values: dict[str, Any] = {}
    errors: list[str] = []
    for field in fields(kind):
        variable, convert = field.name.upper(), _CONVERTERS[types[field.name]]
        if variable not in source:
            errors.append(f"{variable} is not set")
            continue
        try:
            values[field.name] = convert(source[variable])
        except ValueError:
            errors.append(f"{variable} is malformed")
    if errors:
        raise SettingsError("; ".join(errors))
    return kind(**values)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError
    return text == "true"


def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


_CONVERTERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    bool: _boolean,
    tuple[str, ...]: _list,
}
