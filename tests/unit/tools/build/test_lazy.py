"""Lazy packages export the same names, and import nothing until one is used."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import aws_lambda_powertools
import pytest

from tools.build.lazy import PACKAGES, make_lazy

POWERTOOLS = Path(aws_lambda_powertools.__file__).parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Powertools, as the build changes it."""
    target = tmp_path_factory.mktemp("built")
    shutil.copytree(POWERTOOLS, target / POWERTOOLS.name)
    make_lazy(target)
    return target


def run(built: Path, program: str) -> str:
    """The output of a program that imports Powertools from there."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(built)!r})\n{program}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_names_are_those_of_the_original(built: Path, package: str) -> None:
    """Each name refers to the same object; others do not exist."""
    module = package.replace("/", ".")
    original = importlib.import_module(module)
    names = list(original.__all__)
    program = f"import {module} as p; print(*(getattr(p, name).__name__ for name in {names!r}))"
    assert run(built, program).split() == [getattr(original, name).__name__ for name in names]
    assert run(built, f"import {module} as p; print(hasattr(p, 'no_such_name'))").strip() == "False"


def test_the_resolver_does_not_import_others(built: Path) -> None:
    """Neither asyncio nor the resolvers of other services."""
    program = "from aws_lambda_powertools.event_handler import APIGatewayRestResolver\nprint(*sys.modules)"
    loaded = set(run(built, program).split())
    assert "aws_lambda_powertools.event_handler.api_gateway" in loaded
    assert not {"asyncio", "aws_lambda_powertools.event_handler.appsync"} & loaded
    assert "aws_lambda_powertools.utilities.data_classes.kafka_event" not in loaded
