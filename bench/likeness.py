"""Whether thumbnails are what they should be, and how near they come to the best that can be made."""

import math
from io import BytesIO
from pathlib import Path
from statistics import mean

from PIL import Image, ImageChops, ImageOps, ImageStat

SIZES = {"small": 150, "medium": 300, "large": 600}
"""What both have to make, in pixels. The benchmarks run where `users` cannot be imported."""
_NOT_WORSE = 0.5  # dB: nobody sees less than that


class ThumbnailsBenchError(Exception):
    """Why there is nothing to compare."""


def likeness(thumbnails: Path, files: list[Path]) -> dict[str, float]:
    """The mean PSNR, in dB, of the thumbnails of each file.

    Raises:
        ThumbnailsBenchError: one has another size or format, or has kept metadata.

    """
    return {
        file.stem: mean(
            psnr(_thumbnail(thumbnails / f"{file.stem}-{name}.jpg", size), reference)
            for (name, size), reference in zip(SIZES.items(), _references(file), strict=True)
        )
        for file in files
    }


def check_likeness(decibels: dict[str, dict[str, float]]) -> None:
    """Compare only what looks alike.

    Raises:
        ThumbnailsBenchError: ours look worse.

    """
    for picture, of_sharp in decibels["sharp"].items():
        if decibels["ours"][picture] < of_sharp - _NOT_WORSE:
            raise ThumbnailsBenchError(f"Our thumbnails of the {picture} look worse than those of sharp.")


def psnr(picture: Image.Image, reference: Image.Image) -> float:
    """How like the two are, in decibels: 30 and more is what JPEGs of quality 80 have."""
    statistics = ImageStat.Stat(ImageChops.difference(picture, reference))
    error = sum(statistics.sum2) / sum(statistics.count)
    return 10 * math.log10(255**2 / error) if error else math.inf


def _thumbnail(file: Path, size: int) -> Image.Image:
    picture = Image.open(BytesIO(file.read_bytes()))
    found = (picture.format, picture.mode, picture.size, len(picture.getexif()))
    if found != ("JPEG", "RGB", (size, size), 0):
        raise ThumbnailsBenchError(f"{file.parent.name}/{file.name} is no plain JPEG of {size} pixels.")
    return picture


def _references(file: Path) -> list[Image.Image]:
    """Thumbnails made from all pixels, each size by itself and never compressed."""
    original = ImageOps.exif_transpose(Image.open(BytesIO(file.read_bytes())))
    sizes = [(size, size) for size in SIZES.values()]
    return [ImageOps.fit(original, size, Image.Resampling.LANCZOS) for size in sizes]
