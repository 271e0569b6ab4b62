"""What is generated is what is committed."""

from generate.artifacts import outdated


def test_everything_is_up_to_date() -> None:
    """After a change of the code: `make generate`."""
    assert outdated() == [], "run: make generate"
