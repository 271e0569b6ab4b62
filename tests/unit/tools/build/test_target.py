"""A build is for the processor that samconfig.toml deploys to."""

import subprocess
from typing import Any

import pytest

from tests.helpers.template import load_template
from tools.build.target import DEFAULT, architecture
from tools.local.workspace import PROJECT


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (["Stage=dev", "Architecture=x86_64"], "x86_64"),
        ('Stage="dev" Architecture="x86_64" SenderEmailAddress=""', "x86_64"),
        (["Stage=dev"], DEFAULT),
        ("", DEFAULT),
    ],
)
def test_architecture_is_that_of_the_stage(overrides: Any, expected: str) -> None:
    """Or the default of the template."""
    config = {"dev": {"deploy": {"parameters": {"parameter_overrides": overrides}}}}
    assert architecture(config, "dev") == expected
    assert architecture({}, "dev") == load_template()["Parameters"]["Architecture"]["Default"]


def test_deploy_fails_when_the_build_is_for_another_processor() -> None:
    """It says where to set it."""
    command = ["make", "deploy", "ARCHITECTURE=x86_64"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "samconfig.toml deploys to arm64" in done.stderr
