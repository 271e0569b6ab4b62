"""Prints the processor that samconfig.toml deploys a stage to: what the build must be made for.

`sam deploy --guided` writes the parameters as one text, people write them as a list: both are read.
"""

import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).parent.parent / "samconfig.toml"
DEFAULT = "arm64"
"""What template.yaml says when nothing else is said."""


def architecture(config: dict[str, Any], environment: str) -> str:
    """The parameter `Architecture` of a section; `arm64` when it is not set."""
    commands = config.get(environment, {})
    overrides: Any = commands.get("deploy", {}).get("parameters", {}).get("parameter_overrides", [])
    words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    values = dict(word.split("=", 1) for word in words)
    return str(values.get("Architecture", DEFAULT))


if __name__ == "__main__":
    print(architecture(tomllib.loads(CONFIG.read_text("utf-8")), sys.argv[1]))  # noqa: T201 - for make
