"""The command behind `make generate`: writes each generated file anew."""

from generate.artifacts import PROJECT, artifacts


def main() -> None:
    """Write them all."""
    for path, text in artifacts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text(), "utf-8")
        print(f"  {path.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
