"""What is made of the figures of both sides. No clock is read here."""

import math
from pathlib import Path

import pytest
from PIL import Image

from bench import photos, thumbnails
from bench.likeness import SIZES, ThumbnailsBenchError, check_likeness, likeness, psnr
from bench.thumbnails import Sample, install_sharp, summary
from tests import pictures
from users.adapters.images import THUMBNAIL_SIZES, make_thumbnails

OURS = [
    Sample({"jpeg": [30.0, 50.0, 40.0], "png": [90.0] * 3}, 40.0),
    Sample({"jpeg": [40.0] * 3, "png": [90.0] * 3}, 60.0),
]
SHARP = [Sample({"jpeg": [80.0] * 3, "png": [100.0, 300.0, 150.0]}, 200.0)]
TOGETHER = Sample({"jpeg": [60.0] * 3, "png": [70.0, 70.0, 700.0]}, math.nan)
DECIBELS = {"ours": {"jpeg": 31.0, "png": 32.0}, "sharp": {"jpeg": 31.4, "png": 31.0}}


@pytest.fixture
def figures() -> dict[str, float]:
    """What is made of the samples above."""
    return summary({"ours": OURS, "sharp": SHARP}, TOGETHER, DECIBELS)


@pytest.fixture
def small_photos(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The pictures in a tenth of their width and height."""
    monkeypatch.setattr(photos, "TWELVE_MEGAPIXELS", (400, 300))
    monkeypatch.setattr(photos, "THREE_MEGAPIXELS", (204, 153))
    return photos.files()


class TestSummary:
    """Ratios of medians."""

    def test_gives_ratios_of_ours_to_sharp(self, figures: dict[str, float]) -> None:
        ratios = {name: figure for name, figure in figures.items() if name.endswith("_vs_sharp")}
        assert ratios == {
            "thumbs_jpeg_vs_sharp": 0.5,
            "thumbs_png_vs_sharp": 0.6,
            "thumbs_memory_vs_sharp": 0.25,
        }

    def test_gives_what_the_ratios_are_made_of(self, figures: dict[str, float]) -> None:
        assert figures["thumbs_jpeg_ours_ms"] == 40
        assert figures["thumbs_png_sharp_ms"] == 150
        assert figures["thumbs_memory_ours_mb"] == 50
        assert figures["thumbs_png_sharp_all_cores_ms"] == 70
        assert figures["thumbs_png_ours_psnr_db"] == 32


class TestLikeness:
    """A thumbnail that looks worse is no faster."""

    def test_passes_when_nobody_sees_the_difference(self) -> None:
        check_likeness(DECIBELS)

    def test_refuses_when_ours_look_worse(self) -> None:
        with pytest.raises(ThumbnailsBenchError, match="png"):
            check_likeness(DECIBELS | {"sharp": {"jpeg": 31.0, "png": 32.6}})

    def test_is_infinite_between_the_same(self) -> None:
        assert psnr(pictures.quadrants(), pictures.quadrants()) == math.inf

    def test_is_low_between_others(self) -> None:
        black, white = (Image.new("RGB", (9, 9), colour) for colour in ("black", "white"))
        assert psnr(black, white) == 0

    def test_is_high_for_our_thumbnails(self, tmp_path: Path) -> None:
        assert likeness(tmp_path, [self.photo(tmp_path, turned=6)])["photo"] > 30

    def test_is_low_when_the_orientation_is_ignored(self, tmp_path: Path) -> None:
        photo = self.photo(tmp_path)
        for file in tmp_path.glob("*.jpg"):
            sideways = pictures.opened(file.read_bytes()).rotate(90)
            file.write_bytes(pictures.saved(sideways, "JPEG"))
        assert likeness(tmp_path, [photo])["photo"] < 20

    def test_refuses_another_size(self, tmp_path: Path) -> None:
        photo = self.photo(tmp_path)
        (tmp_path / "photo-small.jpg").write_bytes((tmp_path / "photo-large.jpg").read_bytes())
        with pytest.raises(ThumbnailsBenchError, match="150 pixels"):
            likeness(tmp_path, [photo])

    def test_refuses_metadata(self, tmp_path: Path) -> None:
        photo = self.photo(tmp_path)
        (tmp_path / "photo-small.jpg").write_bytes(pictures.turned(1, (150, 150)))
        with pytest.raises(ThumbnailsBenchError, match="plain"):
            likeness(tmp_path, [photo])

    @staticmethod
    def photo(directory: Path, *, turned: int = 1) -> Path:
        """A picture beside the thumbnails of it."""
        file = directory / "photo.jpeg"
        file.write_bytes(pictures.turned(turned, (800, 600)))
        for name, thumbnail in make_thumbnails(file.read_bytes()).items():
            (directory / f"photo-{name}.jpg").write_bytes(thumbnail)
        return file


class TestPhotos:
    """The same pictures each time, with something in them."""

    def test_are_the_same_each_time(self, small_photos: dict[str, bytes]) -> None:
        assert photos.files() == small_photos

    def test_have_an_orientation_that_has_to_be_honoured(self, small_photos: dict[str, bytes]) -> None:
        assert pictures.opened(small_photos["jpeg"]).getexif()[pictures.ORIENTATION] == 6

    def test_are_neither_noise_nor_flat(self, small_photos: dict[str, bytes]) -> None:
        assert 0.8 < len(small_photos["png"]) / (204 * 153) < 2.5


class TestInstallSharp:
    """What a person reads when npm is missing."""

    def test_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ThumbnailsBenchError, match="npm is missing"):
            install_sharp(tmp_path)

    def test_main_says_it_in_one_line(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert thumbnails.main(runs=1) == 1
        assert capsys.readouterr().err.count("\n") == 1


class TestSizes:
    """Both sides are asked for the same."""

    def test_are_ours(self) -> None:
        assert SIZES == THUMBNAIL_SIZES

    def test_are_those_of_sharp(self) -> None:
        script = (Path(thumbnails.__file__).parent / "peers" / "sharp" / "thumbnails.mjs").read_text()
        sizes = ", ".join(f"{name}: {size}" for name, size in SIZES.items())
        assert f"const SIZES = {{ {sizes} }};" in script
