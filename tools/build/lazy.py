"""Makes packages import their modules on first use (PEP 562). Their `__init__` imports all at once."""

import ast
from pathlib import Path

PACKAGES = (
    "aws_lambda_powertools/event_handler",  # asyncio, and the resolvers of six other services
    "aws_lambda_powertools/utilities/data_classes",  # the events of 30 services
)

_INIT = """from importlib import import_module

_MODULES = {modules!r}
__all__ = list(_MODULES)


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return value
"""


def make_lazy(directory: Path) -> None:
    """Rewrite the `__init__` of these packages, which only import names from their modules."""
    for init in (directory / package / "__init__.py" for package in PACKAGES):
        if not init.exists():
            continue  # only the layer `common` contains packages
        modules = {
            alias.asname or alias.name: "." * node.level + (node.module or "")
            for node in ast.parse(init.read_text("utf-8")).body
            if isinstance(node, ast.ImportFrom) and node.module != "__future__"
            for alias in node.names
        }
        init.write_text(_INIT.format(modules=modules), "utf-8")
