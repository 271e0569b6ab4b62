"""Settings from environment variables, read once at start."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance


@dataclass(frozen=True, kw_only=True)
class FunctionSettings:
    """What every function has: names for its logs, metrics and traces."""

    powertools_service_name: str
    powertools_metrics_namespace: str


class MissingSettingError(Exception):
    """Environment variables that a function needs are not set; the message names them all."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Missing environment variables: {', '.join(names)}")


def load_settings[S: DataclassInstance](kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """A dataclass of string fields: `users_table_name` is read from USERS_TABLE_NAME."""
    source = os.environ if environ is None else environ
    variables = {field.name: field.name.upper() for field in fields(kind)}
    missing = [variable for variable in variables.values() if variable not in source]
    if missing:
        raise MissingSettingError(missing)
    return kind(**{name: source[variable] for name, variable in variables.items()})
