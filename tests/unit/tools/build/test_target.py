"""A build is for the processor that samconfig.toml deploys to."""

import subprocess
from typing import Any

import pytest

from tests.helpers.template import load_template
from tools.build.target import CONFIG, DEFAULT, architecture


def config(overrides: Any) -> dict[str, Any]:
    """A section with these parameters."""
    return {"default": {"deploy": {"parameters": {"parameter_overrides": overrides}}}}


class TestArchitecture:
    """However the parameters are written."""

    @pytest.mark.parametrize(
        "overrides",
        [["Stage=dev", "Architecture=x86_64"], 'Stage="dev" Architecture="x86_64" SenderEmailAddress=""'],
    )
    def test_is_that_of_the_stage(self, overrides: Any) -> None:
        assert architecture(config(overrides), "default") == "x86_64"

    @pytest.mark.parametrize("overrides", [[], "", ["Stage=dev"]])
    def test_is_the_templates_when_it_is_not_set(self, overrides: Any) -> None:
        assert architecture(config(overrides), "default") == DEFAULT
        assert (
            architecture({}, "default") == DEFAULT == load_template()["Parameters"]["Architecture"]["Default"]
        )

    def test_deploy_refuses_another_than_was_built_for(self) -> None:
        command = ["make", "deploy", "ARCHITECTURE=x86_64"]
        done = subprocess.run(command, cwd=CONFIG.parent, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "samconfig.toml deploys to arm64" in done.stderr
