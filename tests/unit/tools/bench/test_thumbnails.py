"""What both sides of the comparison with sharp are asked to do."""

from pathlib import Path

import pytest

from tools.bench.builds import PEERS
from tools.bench.thumbnails import install_sharp, photo
from tools.local.console import LocalRunError
from users.adapters.images import THUMBNAIL_SIZES


class TestComparison:
    """Fair, and the same each time."""

    def test_sharp_makes_the_same_sizes(self) -> None:
        sizes = ", ".join(f"{name}: {size}" for name, size in THUMBNAIL_SIZES.items())
        assert f"const SIZES = {{ {sizes} }};" in (PEERS / "sharp" / "thumbnails.mjs").read_text()

    def test_photos_are_the_same_each_time(self) -> None:
        assert photo((204, 153)).tobytes() == photo((204, 153)).tobytes()

    def test_a_missing_npm_is_named(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(LocalRunError, match="npm is missing"):
            install_sharp(tmp_path)
