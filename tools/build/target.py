"""Prints the processor architecture of a stage in samconfig.toml, for which the build must be.

`sam deploy --guided` writes the parameters as a string, people write them as a list. Both are supported.
"""

import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parents[2] / "samconfig.toml"
DEFAULT = "arm64"
"""The default in template.yaml."""


def architecture(config: dict[str, Any], environment: str) -> str:
    """The parameter `Architecture` of a section; `arm64` when it is not set."""
    commands = config.get(environment, {})
    overrides: Any = commands.get("deploy", {}).get("parameters", {}).get("parameter_overrides", [])
    words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    values = dict(word.split("=", 1) for word in words)
    return str(values.get("Architecture", DEFAULT))


if __name__ == "__main__":
    print(architecture(tomllib.loads(CONFIG.read_text("utf-8")), sys.argv[1]))
