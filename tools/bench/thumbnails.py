"""Time of thumbnails made by this project and by sharp, the image library of Node.js; needs npm.

Both make three thumbnails of the same photos on one core, in processes that alternate.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from random import Random
from statistics import median

from PIL import ExifTags, Image, ImageChops

from tools.bench.builds import PEERS, Function
from tools.local.console import LocalRunError

ROUNDS = 10
"""Timed rounds in each process, after the warm-up."""

TWELVE_MEGAPIXELS, THREE_MEGAPIXELS = (4000, 3000), (2048, 1536)
TURNED_RIGHT = 6  # the EXIF orientation of a phone held upright
CAMERA_QUALITY = 88  # cameras and phones write 85 to 95
_WORKER = Path(__file__).with_name("thumbnails_worker.py")


def measure(ours: Function, directory: Path, *, runs: int) -> dict[str, float]:
    """Medians in milliseconds by format and side. On Linux, this process stays on one core from then on."""
    commands = {"ours": [sys.executable, str(_WORKER)], "sharp": ["node", str(install_sharp(directory))]}
    photos = write_photos(directory)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(ours.paths)}
    samples: dict[str, list[float]] = defaultdict(list)
    if sys.platform == "linux":  # one core, which is what a function of 1,769 MB has; children inherit it
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for side, command in [*commands.items()] * runs:
        printed = _output([*command, str(ROUNDS), *map(str, photos)], environment)
        for kind, milliseconds in json.loads(printed).items():
            samples[f"thumbs_{kind}_{side}_ms"] += milliseconds
    return {name: median(values) for name, values in samples.items()}


def install_sharp(directory: Path) -> Path:
    """The script, with the packages of its lock file."""
    npm = shutil.which("npm")
    if npm is None:
        raise LocalRunError("npm is missing: install Node.js (https://nodejs.org) to compare with sharp.")
    peer = shutil.copytree(PEERS / "sharp", directory / "sharp")
    _output([npm, "ci", "--prefix", str(peer), "--no-audit", "--no-fund", "--loglevel=error"])
    return peer / "thumbnails.mjs"


def write_photos(directory: Path) -> list[Path]:
    """A JPEG of 12 megapixels as from a phone held upright, and a PNG of 3 megapixels."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = TURNED_RIGHT
    photo(TWELVE_MEGAPIXELS).save(directory / "photo.jpeg", quality=CAMERA_QUALITY, exif=exif)
    photo(THREE_MEGAPIXELS).save(directory / "photo.png")
    return [directory / "photo.jpeg", directory / "photo.png"]


def photo(size: tuple[int, int]) -> Image.Image:
    """An image with the cost of a photo: texture at every scale, as in nature, and deterministic.

    Files are as large as those of photos: 0.2 bytes for each pixel as a JPEG, 1.7 as a PNG.
    """
    random, strength = Random(12), 0.6  # noqa: S311 - no secret
    image = Image.new("YCbCr", (1, 1), (128, 128, 128))
    for octave in reversed(range(10)):
        width, height = (-(-side >> octave) for side in size)
        noise = Image.frombytes("YCbCr", (width, height), random.randbytes(3 * width * height))
        scales = [strength] * 256 + [strength / 3] * 512  # most of a photo is in its luminance
        noise = noise.point([round(128 + (n % 256 - 128) * scale) for n, scale in enumerate(scales)])
        image = ImageChops.add(image.resize(noise.size, Image.Resampling.BICUBIC), noise, offset=-128)
        strength *= 0.74
    return image.convert("RGB")


def _output(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise LocalRunError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout
