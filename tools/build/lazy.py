"""Makes packages whose `__init__` imports all their modules import each on first use (PEP 562)."""

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


def make_lazy(package: Path) -> None:
    """Rewrite the `__init__` of a package that only imports names from its modules."""
    init = package / "__init__.py"
    statements = ast.parse(init.read_text("utf-8")).body
    imports = [
        node for node in statements if isinstance(node, ast.ImportFrom) and node.module != "__future__"
    ]
    modules = {
        alias.asname or alias.name: "." * node.level + (node.module or "")
        for node in imports
        for alias in node.names
    }
    init.write_text(_INIT.format(modules=modules), "utf-8")
