"""Writes every generated file: what `make generate` runs."""

from pathlib import Path

from generate.diagram import architecture_svg

PROJECT = Path(__file__).parents[1]
ARCHITECTURE = PROJECT / "docs" / "images" / "architecture.svg"


def main() -> None:
    """Write the files that differ from what they are made of."""
    ARCHITECTURE.write_text(architecture_svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
