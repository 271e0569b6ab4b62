"""Thumbnails of damaged and hostile files."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL import _imaging as core

from tests.helpers import pictures
from tests.unit.users.adapters.thumbnails import check_quadrants, refusal
from users.adapters.images import DAMAGED, NOT_AN_IMAGE, TOO_MANY_PIXELS, make_thumbnails
from users.domain.avatars import MAX_PIXELS

KINDS = ["JPEG", "PNG", "GIF", "WEBP"]
MIME = {kind: f"image/{kind.lower()}" for kind in KINDS}
PEAK = 1500  # MB of the function's 1769; seen: up to 1300
KEY = [pictures.chunk(b"tRNS", b"\0\1" * channels) for channels in range(4)]
LARGEST = {
    "jpeg": lambda: pictures.large_jpeg(MAX_PIXELS["image/jpeg"]),
    "jpeg, progressive": lambda: pictures.large_jpeg(
        MAX_PIXELS["image/jpeg"], progressive=True, subsampling=0
    ),
    "png": lambda: pictures.large_png(MAX_PIXELS["image/png"]),
    "png, transparent colour": lambda: pictures.large_png(MAX_PIXELS["image/png"], 2, 8, KEY[3]),
    "png, transparent gray of 16 bits": lambda: pictures.large_png(MAX_PIXELS["image/png"], 0, 16, KEY[1]),
    "png, transparent colour of 16 bits": lambda: pictures.large_png(MAX_PIXELS["image/png"], 2, 16, KEY[3]),
    "gif": lambda: pictures.large_gif(MAX_PIXELS["image/gif"]),
    "webp": lambda: pictures.large_webp(MAX_PIXELS["image/webp"]),
}
"""The pictures of each format that take most memory, with the maximum of pixels."""

SCRIPT = """
import pathlib, resource, sys
from users.adapters.images import make_thumbnails
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    make_thumbnails(pathlib.Path(sys.argv[1]).read_bytes())
except Exception as error:
    print(type(error).__name__)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_or_error(file: Path, limit: int = resource.RLIM_INFINITY) -> str:
    """The memory in MB that thumbnails of a file take in a process of their own, or why there are none."""
    command = [sys.executable, "-c", SCRIPT, str(file), str(limit)]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


class TestRefusals:
    """Files that are not pictures are refused with a reason."""

    @pytest.mark.parametrize(
        "original",
        [b"", b"Not a picture, whatever its name.", b"\xff\xd8", b"RIFF\x04\x00\x00\x00WAVE", b"%PDF-1.7"]
        + [pictures.saved(pictures.quadrants(), kind) for kind in ("BMP", "TIFF", "ICO", "AVIF")],
    )
    def test_not_an_image_when_the_format_is_unknown(self, original: bytes) -> None:
        assert refusal(original) == NOT_AN_IMAGE

    @pytest.mark.parametrize("kind", KINDS)
    def test_damaged_when_truncated_anywhere(self, kind: str) -> None:
        whole = pictures.saved(Image.effect_noise((90, 90), 60).convert("RGB"), kind)
        lengths = Random(kind).sample(range(12, len(whole) * 9 // 10), 30)  # noqa: S311 - any will do
        assert {refusal(whole[:length]) for length in lengths} == {DAMAGED}

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
    def test_accepted_when_nearly_complete(self, kind: str) -> None:
        whole = pictures.saved(Image.effect_noise((90, 90), 60).convert("RGB"), kind)
        assert {refusal(whole[: len(whole) * share // 1000]) for share in range(975, 1000)} == {None}

    @settings(derandomize=True, database=None, max_examples=150)
    @given(data=st.data())
    def test_raises_nothing_else_when_bytes_are_mutated(self, data: st.DataObject) -> None:
        file = bytearray(data.draw(st.sampled_from(pictures.whole_files())))
        for _ in range(data.draw(st.integers(1, 8))):
            at = data.draw(st.integers(0, len(file) - 1))
            file[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        refusal(bytes(file))

    @settings(derandomize=True, database=None, max_examples=100)
    @given(head=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]), tail=st.binary())
    @example(head=b"RIFF\x0c\x00\x00\x00WEBP", tail=b"VP8X\x00\x00\x00\x00")
    def test_raises_nothing_else_when_bytes_are_arbitrary(self, head: bytes, tail: bytes) -> None:
        refusal(head + tail)


class TestLimits:
    """The maximum of pixels depends on the memory that decoding takes."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_nothing_is_decoded_when_there_are_too_many(self, kind: str) -> None:
        for size in [(16_383, 16_383), (9000, MAX_PIXELS[MIME[kind]] // 9000 + 1)]:
            bomb = pictures.claiming(kind, size)
            assert len(bomb) < 2000
            core.reset_stats()
            assert refusal(bomb) == TOO_MANY_PIXELS
            assert core.get_stats()["new_count"] == 0

    def test_decodes_when_there_are_just_few_enough(self) -> None:
        core.reset_stats()
        assert refusal(pictures.claiming("PNG", (10_000, MAX_PIXELS["image/png"] // 10_000))) == DAMAGED
        assert core.get_stats()["new_count"] > 0

    def test_accepts_photos_of_phones(self) -> None:
        photo = pictures.saved(pictures.quadrants((8160, 6144)), "JPEG")
        check_quadrants(photo)
        assert all(limit >= 8160 * 6144 for limit in MAX_PIXELS.values())

    @pytest.mark.parametrize("made", LARGEST, ids=LARGEST)
    def test_memory_stays_bounded(self, made: str, tmp_path: Path) -> None:
        file = tmp_path / "large"
        file.write_bytes(LARGEST[made]())
        assert int(peak_or_error(file)) < PEAK

    def test_a_lack_of_memory_is_not_the_fault_of_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "large"
        file.write_bytes(LARGEST["png"]())
        assert peak_or_error(file, 150_000_000) == "MemoryError"

    def test_a_photo_of_12_megapixels_is_never_decoded_in_full(self) -> None:
        photo = pictures.turned(1, pictures.TWELVE_MEGAPIXELS)
        core.reset_stats()
        make_thumbnails(photo)
        stats = core.get_stats()
        assert stats["allocated_blocks"] == stats["new_count"]  # blocks of 16 MB: in full it takes three

    def test_damaged_when_a_jpeg_has_hundreds_of_scans(self) -> None:
        assert refusal(pictures.scan_bomb()) == DAMAGED
