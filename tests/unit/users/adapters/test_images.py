"""Thumbnails of valid and unusual files."""

import itertools
import math
import struct
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.helpers import pictures
from tests.helpers.pictures import GREEN, QUADRANTS, RED, WHITE, colour, opened, saved
from tests.unit.users.adapters.thumbnails import check_quadrants, like
from users.adapters.images import THUMBNAIL_SIZES, make_thumbnails

KINDS = ["JPEG", "PNG", "GIF", "WEBP"]
ODD_VALUES = {
    order: [
        *(struct.pack(f"{order}2f", number, number) for number in (math.inf, math.nan)),
        *(struct.pack(f"{order}d", number) for number in (math.inf, math.nan)),
        *(struct.pack(f"{order}2I", *pair) for pair in ((0, 0), (9, 0), (9, 9), (0xFFFFFFFF,) * 2)),
    ]
    for order in "<>"
}
"""Eight bytes each: infinite numbers, fractions by zero, and values that are not orientations."""
EXIF = [b"", b"Exif", b"Exif\x00\x00garbage", b"II", b"MM\0*", pictures.exif(9).tobytes()]
PROFILES = [
    *(b"garbage", pictures.rgb_profile()[:300], pictures.rgb_profile()),
    pictures.rgb_profile().replace(b"RGB ", b"CMYK", 1),
]


def png(mode: str, value: Any = 0, **options: Any) -> bytes:
    """A picture of one colour."""
    return saved(Image.new(mode, (90, 90), value), "PNG", **options)


def black(mode: str, alpha: int) -> Image.Image:
    """A black picture that is partly transparent."""
    return Image.new("LA", (90, 90), (0, alpha)).convert(mode)


COLOURS = [
    *((saved(black(mode, 255), "PNG"), (0, 0, 0)) for mode in ("1", "L", "LA")),
    *((png(mode, shade), (shade,) * 3) for mode in ("1", "L") for shade in (0, 255)),
    *((png("I;16", value), (value >> 8,) * 3) for value in (0, 0x4000, 0x8000, 0xFFFF)),
    *((png(mode, transparency=0), WHITE) for mode in ("1", "L", "P")),
    *((png("RGB", transparency=(0, 0, 0)), WHITE), (png("P", transparency=bytes(256)), WHITE)),
    *((saved(black(mode, 128), "PNG"), (127, 127, 127)) for mode in ("LA", "RGBA")),
    (saved(Image.new("CMYK", (90, 90), (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
    *((pictures.animation(kind), RED) for kind in ("GIF", "WEBP", "PNG")),
    *(
        (saved(Image.new("RGB", (90, 90), "red"), kind, icc_profile=pictures.swapped_profile()), (0, 255, 0))
        for kind in ("JPEG", "PNG", "WEBP")
    ),
]


class TestSizes:
    """Three squares of fixed size from the centre of each picture."""

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("size", [(64, 48), (599, 601), (1801, 1299)])
    def test_shows_the_quadrants_in_every_format(self, kind: str, size: tuple[int, int]) -> None:
        options = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}
        check_quadrants(saved(pictures.quadrants(size), kind, **options))

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (150, 150)])
    def test_gives_three_thumbnails_when_the_picture_is_small(self, kind: str, size: tuple[int, int]) -> None:
        thumbnails = make_thumbnails(saved(Image.new("RGB", size, RED), kind))
        assert {name: opened(each).size[0] for name, each in thumbnails.items()} == THUMBNAIL_SIZES
        assert all(colour(each) == like(RED) for each in thumbnails.values())

    @pytest.mark.parametrize("size", [(1200, 600), (600, 1200), (2500, 700)])
    def test_crops_to_the_centre(self, size: tuple[int, int]) -> None:
        side = min(size)
        picture = Image.new("RGB", size, "black")
        picture.paste(pictures.quadrants((side, side)), ((size[0] - side) // 2, (size[1] - side) // 2))
        large = make_thumbnails(saved(picture, "PNG"))["large"]
        corners = [(0.01, 0.01), (0.99, 0.01), (0.01, 0.99), (0.99, 0.99)]
        assert [colour(large, corner) for corner in corners] == [like(each) for each in QUADRANTS.values()]

    def test_keeps_its_detail_when_a_jpeg_is_decoded_at_a_fraction(self) -> None:
        picture = Image.effect_noise((300, 300), 90).resize((2300, 1900))
        originals = [saved(picture, kind, quality=95) for kind in ("JPEG", "PNG")]
        pair = [opened(make_thumbnails(original)["large"]) for original in originals]
        assert ImageStat.Stat(ImageChops.difference(*pair)).mean[0] < 4

    def test_is_smooth_when_the_picture_is_small(self) -> None:
        picture = Image.effect_noise((20, 20), 200).convert("RGB")
        smooth = picture.resize((600, 600), Image.Resampling.BICUBIC)
        large = opened(make_thumbnails(saved(picture, "PNG"))["large"])
        assert ImageStat.Stat(ImageChops.difference(large, smooth)).mean[0] < 4

    def test_is_saved_in_quality_80(self) -> None:
        expected = saved(pictures.quadrants((150, 150)), "JPEG", quality=80)
        small = make_thumbnails(expected)["small"]
        tables = [dict(pictures.segments(jpeg))[0xFFDB] for jpeg in (small, expected)]
        assert tables[0] == tables[1]


class TestMetadata:
    """The orientation is applied once, and nothing but pixels is published."""

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_is_upright_when_a_photo_of_12_megapixels_was_turned(self, orientation: int) -> None:
        check_quadrants(pictures.turned(orientation, pictures.TWELVE_MEGAPIXELS))

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
    def test_is_upright_when_another_format_has_exif(self, kind: str) -> None:
        check_quadrants(pictures.turned(6, (600, 400), kind))

    @pytest.mark.parametrize("tiff_type", range(15))
    @pytest.mark.parametrize(("order", "kind"), [("<", "JPEG"), (">", "PNG"), (">", "WEBP")])
    def test_the_orientation_can_have_any_type_and_value(self, order: str, kind: str, tiff_type: int) -> None:
        for count, value in itertools.product((0, 1, 2), ODD_VALUES[order]):
            notes = pictures.exif_of({pictures.ORIENTATION: (tiff_type, count, value)}, order)
            check_quadrants(saved(pictures.quadrants(), kind, exif=b"Exif\0\0" + notes))

    @pytest.mark.parametrize("order", ["<", ">"])
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_is_upright_whatever_else_the_exif_contains(self, order: str, kind: str) -> None:
        oriented = (3, 1, b"\x06\0" if order == "<" else b"\0\x06")
        odd = dict.fromkeys((0x010E, 0x011A, 0x0128, 0x8769, 0x8825), (5, 0xFFFF, b"\xff" * 8))
        notes = b"Exif\0\0" + pictures.exif_of({pictures.ORIENTATION: oriented, **odd}, order)
        stored = pictures.quadrants().transpose(Image.Transpose.ROTATE_90)
        check_quadrants(saved(stored, kind, exif=notes))

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("notes", EXIF)
    def test_is_as_stored_when_the_exif_is_malformed(self, kind: str, notes: bytes) -> None:
        check_quadrants(saved(pictures.quadrants(), kind, exif=notes))

    @pytest.mark.parametrize("kind", KINDS)
    def test_thumbnails_have_only_the_segments_that_a_decoder_needs(self, kind: str) -> None:
        original = pictures.with_metadata(kind)
        assert pictures.NAME.encode() in original
        for thumbnail in make_thumbnails(original).values():
            found = dict(pictures.segments(thumbnail))
            assert set(found) == {0xFFE0, 0xFFDB, 0xFFC0, 0xFFC4, 0xFFDA}
            assert found[0xFFE0] == b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
            assert thumbnail.endswith(b"\xff\xd9")
            assert pictures.NAME.encode() not in thumbnail


class TestColours:
    """Every kind of pixel becomes sRGB on white."""

    @pytest.mark.parametrize(("original", "expected"), COLOURS, ids=range(len(COLOURS)))
    def test_one_colour(self, original: bytes, expected: pictures.Colour) -> None:
        assert colour(make_thumbnails(original)["small"]) == like(expected)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
    def test_is_white_where_the_picture_is_transparent(self, kind: str) -> None:
        picture = pictures.quadrants().convert("RGBA")
        picture.paste((0, 0, 0, 0), (0, 0, 32, 48))
        large = make_thumbnails(saved(picture, kind))["large"]
        expected = [like(WHITE), like(GREEN), like(WHITE), like(QUADRANTS[0.75, 0.75])]
        assert [colour(large, place) for place in QUADRANTS] == expected

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize("profile", PROFILES)
    def test_a_profile_is_ignored_when_it_is_damaged_or_of_another_mode(
        self, mode: str, profile: bytes
    ) -> None:
        picture = Image.new(mode, (90, 90))
        with_profile, plain = saved(picture, "JPEG", icc_profile=profile), saved(picture, "JPEG")
        assert make_thumbnails(with_profile) == make_thumbnails(plain)
