"""Prints the processor architecture of a stage in samconfig.toml, which the build must match.

`sam deploy --guided` writes the parameters as a string; a list is also valid.
"""

import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parents[2] / "samconfig.toml"
DEFAULT = "arm64"  # as in template.yaml


def architecture(config: dict[str, Any], environment: str) -> str:
    """The parameter `Architecture` of a section."""
    parameters = config.get(environment, {}).get("deploy", {}).get("parameters", {})
    overrides: Any = parameters.get("parameter_overrides", [])
    words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    return str(dict(word.split("=", 1) for word in words).get("Architecture", DEFAULT))


if __name__ == "__main__":
    print(architecture(tomllib.loads(CONFIG.read_text("utf-8")), sys.argv[1]))
