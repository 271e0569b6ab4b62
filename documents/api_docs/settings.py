"""The environment variables of DocumentsFunction, as template.yaml sets them."""

from dataclasses import dataclass

from lambda_common.settings import FunctionSettings


@dataclass(frozen=True, kw_only=True)
class DocumentsSettings(FunctionSettings):
    """`cors_allowed_origins` is a comma-separated list."""

    cors_allowed_origins: str
