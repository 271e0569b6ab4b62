"""Dependencies point one way: handlers -> domain <- adapters, and nothing in the layer knows of users."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
    for base in (ROOT / "src", ROOT / "layers/common", ROOT / "documents")
    for path in sorted(base.rglob("*.py"))
}
AWS = {"aws_lambda_powertools", "boto3", "botocore", "moto", "s3transfer"}
OF_OBSERVABILITY = {"aws_lambda_powertools", "amazon"}
KNOW_LAMBDA = {"lambda_common.settings", "lambda_common.start", "lambda_common.tracing"}


def imports(path: Path) -> set[str]:
    """The full names of all that a module imports, wherever in it. Imports for type checkers count, too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def within(module: str, *packages: str) -> bool:
    """Whether a module is in one of the packages."""
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def reads_environment(path: Path) -> bool:
    """Whether a module uses os.environ or os.getenv, by whatever name."""
    tree = ast.parse(path.read_text("utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    forbidden = {"environ", "environb", "getenv", "putenv"}
    return bool(attributes & forbidden) or any(
        within(name, *(f"os.{n}" for n in forbidden)) for name in imports(path)
    )


def test_the_sources_are_found() -> None:
    """The tests below look at something."""
    assert {
        "users.domain.user",
        "users.handlers.api",
        "users.adapters.dynamodb",
        "lambda_common.router",
        "api_docs.handler",
    } <= set(SOURCES)


@pytest.mark.parametrize("module", SOURCES)
class TestDependencies:
    """Each module imports only what its place allows."""

    def test_the_domain_knows_neither_aws_nor_lambda_nor_the_outside(self, module: str) -> None:
        if within(module, "users.domain"):
            for name in imports(SOURCES[module]):
                assert not within(name, *AWS)
                assert not within(
                    name, "users.handlers", "users.adapters", "users.bootstrap", "users.settings"
                )
                assert not within(name, "lambda_common.aws", "lambda_common.router", "lambda_common.requests")
                assert not within(name, "lambda_common.observability", "lambda_common.settings")

    def test_handlers_and_adapters_do_not_know_each_other(self, module: str) -> None:
        for name in imports(SOURCES[module]):
            if within(module, "users.handlers"):
                assert not within(name, "users.adapters")
            if within(module, "users.adapters"):
                assert not within(name, "users.handlers", "users.bootstrap", "users.settings")

    def test_only_the_layer_and_adapters_know_aws(self, module: str) -> None:
        if within(module, "users", "api_docs") and not within(module, "users.adapters"):
            assert not [name for name in imports(SOURCES[module]) if within(name, *AWS)]

    def test_only_bootstrap_knows_adapters(self, module: str) -> None:
        if not within(module, "users.adapters", "users.bootstrap"):
            assert not [name for name in imports(SOURCES[module]) if within(name, "users.adapters")]

    def test_the_layer_does_not_know_its_users(self, module: str) -> None:
        if within(module, "lambda_common"):
            above = ("users", "api_docs", "tests", "local", "generate")
            assert not [name for name in imports(SOURCES[module]) if within(name, *above)]

    def test_users_and_documents_do_not_know_each_other(self, module: str) -> None:
        others = {"users": ("api_docs", "generate"), "api_docs": ("users", "generate")}
        for package, unknown in others.items():
            if within(module, package):
                assert not [name for name in imports(SOURCES[module]) if within(name, *unknown)]

    def test_only_observability_knows_its_sdks(self, module: str) -> None:
        """All others know OpenTelemetry's API at most, whichever SDK is behind it."""
        if module not in {"lambda_common.observability", "lambda_common.tracing"}:
            assert not [name for name in imports(SOURCES[module]) if within(name, *OF_OBSERVABILITY)]

    def test_only_settings_and_what_talks_to_lambda_itself_read_the_environment(self, module: str) -> None:
        assert reads_environment(SOURCES[module]) == (module in KNOW_LAMBDA)
