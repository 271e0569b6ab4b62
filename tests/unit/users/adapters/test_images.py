"""Thumbnails of good and of odd files."""

import itertools
import math
import struct

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.helpers import pictures
from tests.helpers.pictures import GREEN, QUADRANTS, RED, WHITE, colour, opened
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
"""Eight bytes each: numbers without end, fractions by zero, and what no orientation is."""


def small(original: bytes) -> bytes:
    """The small thumbnail."""
    return make_thumbnails(original)["small"]


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

    def test_is_smooth_when_the_picture_is_small(self) -> None:
        picture = Image.effect_noise((20, 20), 200).convert("RGB")
        smooth = picture.resize((600, 600), Image.Resampling.BICUBIC)
        difference = ImageChops.difference(
            opened(make_thumbnails(pictures.saved(picture, "PNG"))["large"]), smooth
        )
        assert ImageStat.Stat(difference).mean[0] < 4

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

    @pytest.mark.parametrize("tiff_type", range(15))
    @pytest.mark.parametrize(("order", "kind"), [("<", "JPEG"), (">", "PNG"), (">", "WEBP")])
    def test_may_be_of_any_type_and_value(self, order: str, kind: str, tiff_type: int) -> None:
        for count, value in itertools.product((0, 1, 2), ODD_VALUES[order]):
            notes = pictures.exif_of({pictures.ORIENTATION: (tiff_type, count, value)}, order)
            check_quadrants(pictures.saved(pictures.quadrants(), kind, exif=b"Exif\0\0" + notes))

    @pytest.mark.parametrize("order", ["<", ">"])
    def test_is_upright_whatever_else_the_exif_holds(self, order: str) -> None:
        oriented = (3, 1, b"\x06\0" if order == "<" else b"\0\x06")
        odd = dict.fromkeys((0x010E, 0x011A, 0x0128, 0x8769, 0x8825), (5, 0xFFFF, b"\xff" * 8))
        notes = b"Exif\0\0" + pictures.exif_of({pictures.ORIENTATION: oriented, **odd}, order)
        stored = pictures.quadrants().transpose(Image.Transpose.ROTATE_90)
        for kind in ("JPEG", "PNG", "WEBP"):
            check_quadrants(pictures.saved(stored, kind, exif=notes))

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize(
        "notes", [b"", b"Exif", b"Exif\x00\x00garbage", b"II", b"MM\0*", pictures.exif(9).tobytes()]
    )
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
