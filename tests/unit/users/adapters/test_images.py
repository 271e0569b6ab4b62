"""Thumbnails of good, odd and hostile files."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from PIL import _imaging as core

from tests import pictures
from tests.pictures import GREEN, QUADRANTS, RED, WHITE, Colour, colour, opened
from users.adapters.images import (
    DAMAGED,
    MAX_PIXELS,
    NOT_AN_IMAGE,
    THUMBNAIL_SIZES,
    TOO_MANY_PIXELS,
    make_thumbnails,
)
from users.domain.errors import InvalidImageError

KINDS = ["JPEG", "PNG", "GIF", "WEBP"]
TOLERANCE = 12  # of 255: what a JPEG of quality 80 loses in an area of one colour
PEAK = 700  # MB at 50 megapixels

PEAK_OF_A_FRESH_PROCESS = """
import pathlib, resource, sys
from users.adapters.images import make_thumbnails
make_thumbnails(pathlib.Path(sys.argv[1]).read_bytes())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""

ERROR_IN_150_MEGABYTES = """
import pathlib, resource, sys
from users.adapters.images import make_thumbnails
resource.setrlimit(resource.RLIMIT_AS, (150_000_000, 150_000_000))
try:
    make_thumbnails(pathlib.Path(sys.argv[1]).read_bytes())
except Exception as error:
    print(type(error).__name__)
"""


def in_a_fresh_process(script: str, file: Path) -> str:
    """What a script prints about a file."""
    command = [sys.executable, "-c", script, str(file)]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.strip()


def like(expected: Colour) -> object:
    """Equal to any colour that hardly differs."""
    return pytest.approx(expected, abs=TOLERANCE)


def small(original: bytes) -> bytes:
    """The small thumbnail."""
    return make_thumbnails(original)["small"]


def check_quadrants(original: bytes) -> None:
    """All thumbnails have their size and the four colours in their places."""
    thumbnails = make_thumbnails(original)
    assert {name: opened(thumbnail).size for name, thumbnail in thumbnails.items()} == {
        "small": (150, 150),
        "medium": (300, 300),
        "large": (600, 600),
    }
    for thumbnail in thumbnails.values():
        assert {place: colour(thumbnail, place) for place in QUADRANTS} == {
            place: like(expected) for place, expected in QUADRANTS.items()
        }


def refusal(original: bytes) -> str:
    """Why the picture is refused."""
    with pytest.raises(InvalidImageError) as caught:
        make_thumbnails(original)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


def check_outcome(original: bytes) -> None:
    """Either three thumbnails or a refusal."""
    try:
        assert set(make_thumbnails(original)) == set(THUMBNAIL_SIZES)
    except InvalidImageError as error:
        assert error.reason in {NOT_AN_IMAGE, TOO_MANY_PIXELS, DAMAGED}  # noqa: PT017


class TestSizes:
    """Three squares of fixed size from the centre of whatever comes."""

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("size", [(64, 48), (599, 601), (1801, 1299)])
    def test_shows_the_quadrants_in_every_format(self, kind: str, size: tuple[int, int]) -> None:
        options = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}
        check_quadrants(pictures.saved(pictures.quadrants(size), kind, **options))

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (150, 150)])
    def test_gives_three_thumbnails_when_the_picture_is_small(self, kind: str, size: tuple[int, int]) -> None:
        thumbnails = make_thumbnails(pictures.saved(Image.new("RGB", size, RED), kind))
        assert {name: opened(each).size[0] for name, each in thumbnails.items()} == THUMBNAIL_SIZES
        assert list(thumbnails) == ["small", "medium", "large"]
        assert all(colour(each) == like(RED) for each in thumbnails.values())

    @pytest.mark.parametrize("size", [(1200, 600), (600, 1200), (2500, 700)])
    def test_crops_to_the_centre(self, size: tuple[int, int]) -> None:
        side = min(size)
        picture = Image.new("RGB", size, "black")
        picture.paste(pictures.quadrants((side, side)), ((size[0] - side) // 2, (size[1] - side) // 2))
        large = make_thumbnails(pictures.saved(picture, "PNG"))["large"]
        corners = {(0.01, 0.01): 0, (0.99, 0.01): 1, (0.01, 0.99): 2, (0.99, 0.99): 3}
        assert [colour(large, corner) for corner in corners] == [like(each) for each in QUADRANTS.values()]

    def test_keeps_its_detail_when_a_jpeg_is_decoded_at_a_fraction(self) -> None:
        picture = Image.effect_noise((300, 300), 90).resize((2300, 1900))
        jpeg, png = (pictures.saved(picture, kind, quality=95) for kind in ("JPEG", "PNG"))
        pair = [opened(make_thumbnails(original)["large"]) for original in (jpeg, png)]
        assert ImageStat.Stat(ImageChops.difference(*pair)).mean[0] < 4

    def test_is_saved_in_quality_80(self) -> None:
        expected = pictures.saved(pictures.quadrants((150, 150)), "JPEG", quality=80)
        tables = [dict(pictures.segments(jpeg))[0xFFDB] for jpeg in (small(expected), expected)]
        assert tables[0] == tables[1]


class TestOrientation:
    """What the camera noted is honoured, once."""

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_is_upright_when_a_photo_of_12_megapixels_was_turned(self, orientation: int) -> None:
        check_quadrants(pictures.turned(orientation, pictures.TWELVE_MEGAPIXELS))

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
    def test_is_upright_when_another_format_has_exif(self, kind: str) -> None:
        check_quadrants(pictures.turned(6, (600, 400), kind))

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("notes", [b"Exif\x00\x00garbage", pictures.exif(9).tobytes()])
    def test_is_as_stored_when_the_exif_makes_no_sense(self, kind: str, notes: bytes) -> None:
        check_quadrants(pictures.saved(pictures.quadrants(), kind, exif=notes))


class TestMetadata:
    """Nothing but pixels leaves the house."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_has_only_the_segments_that_a_decoder_needs(self, kind: str) -> None:
        original = pictures.with_metadata(kind)
        assert pictures.NAME.encode() in original
        for thumbnail in make_thumbnails(original).values():
            found = dict(pictures.segments(thumbnail))
            assert set(found) == {0xFFE0, 0xFFDB, 0xFFC0, 0xFFC4, 0xFFDA}
            assert found[0xFFE0] == b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
            assert thumbnail.endswith(b"\xff\xd9")
            assert pictures.NAME.encode() not in thumbnail

    def test_does_not_warn_of_odd_metadata(self) -> None:
        whole = pictures.saved(pictures.quadrants(), "PNG")
        check_quadrants(whole[:33] + pictures.chunk(b"acTL", bytes(8)) + whole[33:])


class TestColours:
    """Every kind of pixel becomes sRGB on white."""

    @pytest.mark.parametrize("mode", ["1", "L", "LA"])
    @pytest.mark.parametrize("shade", [0, 255])
    def test_shows_shades(self, mode: str, shade: int) -> None:
        picture = Image.new("L", (90, 90), shade).convert(mode)
        assert colour(small(pictures.saved(picture, "PNG"))) == like((shade,) * 3)

    @pytest.mark.parametrize(("value", "shade"), [(0, 0), (0x4000, 64), (0x8000, 128), (0xFFFF, 255)])
    def test_scales_shades_of_16_bits(self, value: int, shade: int) -> None:
        picture = Image.new("I;16", (90, 90), value)
        assert colour(small(pictures.saved(picture, "PNG"))) == like((shade,) * 3)

    def test_shows_a_palette(self) -> None:
        check_quadrants(pictures.saved(pictures.quadrants().quantize(4), "PNG"))

    def test_shows_cmyk(self) -> None:
        check_quadrants(pictures.saved(pictures.quadrants((900, 900)).convert("CMYK"), "JPEG", quality=95))

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
    def test_is_white_where_the_picture_is_transparent(self, kind: str) -> None:
        picture = pictures.quadrants().convert("RGBA")
        picture.paste((0, 0, 0, 0), (0, 0, 32, 48))
        large = make_thumbnails(pictures.saved(picture, kind))["large"]
        expected = [like(WHITE), like(GREEN), like(WHITE), like(QUADRANTS[0.75, 0.75])]
        assert [colour(large, place) for place in QUADRANTS] == expected

    @pytest.mark.parametrize(
        ("mode", "transparency"),
        [("1", 0), ("L", 0), ("RGB", (0, 0, 0)), ("P", 0), ("P", bytes(256))],
    )
    def test_is_white_when_one_colour_stands_for_transparency(
        self, mode: str, transparency: int | bytes | tuple[int, ...]
    ) -> None:
        original = pictures.saved(Image.new(mode, (9, 9)), "PNG", transparency=transparency)
        assert colour(small(original)) == WHITE

    @pytest.mark.parametrize("mode", ["LA", "RGBA"])
    def test_mixes_with_white_when_half_transparent(self, mode: str) -> None:
        picture = Image.new("LA", (90, 90), (0, 128)).convert(mode)
        assert colour(small(pictures.saved(picture, "PNG"))) == like((127,) * 3)

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
    def test_shows_the_first_frame_when_animated(self, kind: str) -> None:
        assert colour(small(pictures.animation(kind))) == like(RED)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_is_converted_when_there_is_a_colour_profile(self, kind: str) -> None:
        picture = Image.new("RGB", (90, 90), (255, 0, 0))
        original = pictures.saved(picture, kind, icc_profile=pictures.swapped_profile())
        assert colour(small(original)) == like((0, 255, 0))

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize(
        "profile",
        [
            b"garbage",
            pictures.rgb_profile(),
            pictures.rgb_profile()[:300],
            pictures.rgb_profile().replace(b"RGB ", b"CMYK", 1),
        ],
    )
    def test_ignores_a_profile_that_is_damaged_or_of_another_mode(self, mode: str, profile: bytes) -> None:
        original = pictures.saved(Image.new(mode, (90, 90)), "JPEG", icc_profile=profile)
        plain = pictures.saved(Image.new(mode, (90, 90)), "JPEG")
        assert make_thumbnails(original) == make_thumbnails(plain)


class TestRefusals:
    """What is no picture is refused with a reason."""

    @pytest.mark.parametrize(
        "original",
        [b"", b"Not a picture, whatever its name.", b"\xff\xd8", b"RIFF\x04\x00\x00\x00WAVE", b"%PDF-1.7"]
        + [pictures.saved(pictures.quadrants(), kind) for kind in ("BMP", "TIFF", "ICO", "AVIF")],
    )
    def test_not_an_image_when_the_format_is_unknown(self, original: bytes) -> None:
        assert refusal(original) == NOT_AN_IMAGE

    @pytest.mark.parametrize("kind", KINDS)
    def test_damaged_when_truncated_anywhere(self, kind: str) -> None:
        whole = pictures.saved(pictures.quadrants(), kind)
        lengths = Random(kind).sample(range(12, len(whole) - 24), 20)  # noqa: S311 - any will do
        assert {refusal(whole[:length]) for length in lengths} == {DAMAGED}

    def test_damaged_when_half_of_a_photo_is_missing(self) -> None:
        photo = pictures.turned(6, pictures.TWELVE_MEGAPIXELS)
        assert refusal(photo[: len(photo) // 2]) == DAMAGED

    def test_keeps_the_cause(self) -> None:
        with pytest.raises(InvalidImageError) as caught:
            make_thumbnails(pictures.claiming("PNG", (10, 10)))
        assert isinstance(caught.value.__cause__, OSError)

    @settings(deadline=None, derandomize=True, database=None, max_examples=150)
    @given(data=st.data())
    def test_raises_nothing_else_when_bytes_are_mutated(self, data: st.DataObject) -> None:
        file = bytearray(data.draw(st.sampled_from(pictures.whole_files())))
        for _ in range(data.draw(st.integers(1, 8))):
            at = data.draw(st.integers(0, len(file) - 1))
            file[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        check_outcome(bytes(file))

    @settings(deadline=None, derandomize=True, database=None, max_examples=100)
    @given(head=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]), tail=st.binary())
    @example(head=b"RIFF\x0c\x00\x00\x00WEBP", tail=b"VP8X\x00\x00\x00\x00")
    def test_raises_nothing_else_when_bytes_are_arbitrary(self, head: bytes, tail: bytes) -> None:
        check_outcome(head + tail)


class TestBombs:
    """Files that are small and pictures that are not."""

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("size", [(7072, 7071), (10_000, 10_000), (16_383, 16_383)])
    def test_too_many_pixels_and_nothing_is_decoded(self, kind: str, size: tuple[int, int]) -> None:
        bomb = pictures.claiming(kind, size)
        assert len(bomb) < 2000
        core.reset_stats()
        assert refusal(bomb) == TOO_MANY_PIXELS
        assert core.get_stats()["new_count"] == 0

    def test_too_many_pixels_when_a_side_is_30000(self) -> None:
        assert refusal(pictures.claiming("PNG", (30_000, 30_000))) == TOO_MANY_PIXELS

    def test_decodes_when_the_pixels_are_just_few_enough(self) -> None:
        core.reset_stats()
        assert refusal(pictures.claiming("PNG", (10_000, MAX_PIXELS // 10_000))) == DAMAGED
        assert core.get_stats()["new_count"] > 0

    def test_damaged_when_a_remark_unpacks_to_100_megabytes(self) -> None:
        bomb = pictures.text_bomb()
        tracemalloc.start()
        assert refusal(bomb) == DAMAGED
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10_000_000

    def test_damaged_when_a_jpeg_has_hundreds_of_scans(self) -> None:
        assert refusal(pictures.scan_bomb()) == DAMAGED

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_memory_stays_bounded_at_50_megapixels(self, kind: str, tmp_path: Path) -> None:
        file = tmp_path / "large"
        file.write_bytes(pictures.large(kind))
        assert int(in_a_fresh_process(PEAK_OF_A_FRESH_PROCESS, file)) < PEAK

    def test_a_lack_of_memory_is_not_the_fault_of_the_file(self, tmp_path: Path) -> None:
        file = tmp_path / "large"
        file.write_bytes(pictures.large("PNG"))
        assert in_a_fresh_process(ERROR_IN_150_MEGABYTES, file) == "MemoryError"

    def test_a_photo_of_12_megapixels_is_never_decoded_in_full(self) -> None:
        photo = pictures.turned(1, pictures.TWELVE_MEGAPIXELS)
        core.reset_stats()
        make_thumbnails(photo)
        stats = core.get_stats()
        assert stats["allocated_blocks"] == stats["new_count"]  # blocks of 16 MB: in full it takes three
