"""PNG files of every kind of pixel, with metadata of every kind."""

import struct
import tracemalloc
import zlib
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import pictures
from tests.helpers.pictures import GREEN, QUADRANTS, chunk, colour
from users.adapters.images import make_thumbnails

GRAY, COLOUR, PALETTE, GRAY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
DEPTHS: dict[int, tuple[int, ...]] = {GRAY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)} | dict.fromkeys(
    (COLOUR, GRAY_ALPHA, COLOUR_ALPHA), (8, 16)
)
CHANNELS = {GRAY: 1, COLOUR: 3, PALETTE: 1, GRAY_ALPHA: 2, COLOUR_ALPHA: 4}
KINDS = [(colour_type, depth) for colour_type, depths in DEPTHS.items() for depth in depths]
SIDE = 8
TOLERANCE = 12

type Sample = tuple[int, ...]

BOMB = zlib.compress(bytes(100_000_000), 1)
WHOLE = pictures.saved(pictures.quadrants(), "PNG")
BEHIND_HEADER = 33


def rows(quadrants: Sequence[Sample], depth: int) -> bytes:
    """Unfiltered rows of a square of four colours."""
    lines = []
    for y in range(SIDE):
        samples = [quadrants[2 * (2 * y // SIDE) + 2 * x // SIDE] for x in range(SIDE)]
        bits = "".join(f"{value:0{depth}b}" for sample in samples for value in sample)
        lines.append(b"\0" + int(bits, 2).to_bytes(len(bits) // 8))
    return b"".join(lines)


def seen(sample: Sample, colour_type: int, depth: int, palette: bytes, transparency: bytes) -> Sample:
    """The colour of a sample by the PNG specification, on white."""
    most = (1 << depth) - 1
    shades = [value * 255 / most for value in sample]
    alpha = 1.0
    if colour_type == PALETTE:
        [index] = sample
        shades = list(palette[3 * index : 3 * index + 3])
        alpha = transparency[index] / 255 if index < len(transparency) else 1
    elif colour_type in {GRAY_ALPHA, COLOUR_ALPHA}:
        alpha = shades.pop() / 255
    elif transparency and sample == struct.unpack(f">{len(transparency) // 2}H", transparency):
        alpha = 0
    return tuple(round(255 + (shade - 255) * alpha) for shade in (shades * 3)[:3])


def with_chunk(name: bytes, content: bytes) -> bytes:
    """A picture with one more chunk behind its header."""
    return WHOLE[:BEHIND_HEADER] + chunk(name, content) + WHOLE[BEHIND_HEADER:]


def shown(original: bytes) -> list[Sample]:
    """The colours of the four quadrants."""
    large = make_thumbnails(original)["large"]
    return [colour(large, place) for place in QUADRANTS]


class TestTransparency:
    """The transparent colour becomes white in every depth and colour type; similar colours do not."""

    @pytest.mark.parametrize(("colour_type", "depth"), KINDS)
    @settings(derandomize=True, database=None, max_examples=25)
    @given(data=st.data())
    def test_is_what_the_specification_says(self, colour_type: int, depth: int, data: st.DataObject) -> None:
        values = st.integers(0, (1 << depth) - 1)
        sample = st.tuples(*[values] * CHANNELS[colour_type])
        quadrants = data.draw(st.lists(sample, min_size=4, max_size=4))
        palette = Random(depth).randbytes(3 << depth) if colour_type == PALETTE else b""  # noqa: S311
        transparency = b""
        if colour_type == PALETTE:
            transparency = data.draw(st.binary(max_size=1 << depth))
        elif colour_type in {GRAY, COLOUR} and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(quadrants) | sample)
            transparency = struct.pack(f">{len(key)}H", *key)
        chunks = [chunk(b"PLTE", palette)] if palette else []
        chunks += [chunk(b"tRNS", transparency)] if transparency else []
        pixels = chunk(b"IDAT", zlib.compress(rows(quadrants, depth)))
        original = pictures.png((SIDE, SIDE), *chunks, pixels, colour_type=colour_type, depth=depth)
        expected = [seen(each, colour_type, depth, palette, transparency) for each in quadrants]
        assert shown(original) == [pytest.approx(each, abs=TOLERANCE) for each in expected]

    @pytest.mark.parametrize("colour_type", [GRAY, COLOUR])
    def test_means_all_16_bits(self, colour_type: int) -> None:
        width = CHANNELS[colour_type]
        quadrants = [(value,) * width for value in (0x0001, 0x0002, 0x0101, 0x0001)]
        original = pictures.png(
            (SIDE, SIDE),
            chunk(b"tRNS", b"\0\1" * width),
            chunk(b"IDAT", zlib.compress(rows(quadrants, 16))),
            colour_type=colour_type,
            depth=16,
        )
        black, white = (pytest.approx((shade,) * 3, abs=TOLERANCE) for shade in (0, 255))
        assert shown(original) == [white, black, black, white]


class TestMetadata:
    """Metadata makes no picture invalid, and is not decompressed."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            *((b"zTXt", b"Comment\0\0" + BOMB), (b"iTXt", b"Comment\0\1\0\0\0" + BOMB)),
            (b"iCCP", b"Profile\0\0" + BOMB),
            *((b"zTXt", b"Comment\0\7" + BOMB), (b"iCCP", b"Profile\0\7" + BOMB)),
        ],
    )
    def test_is_not_decompressed(self, name: bytes, content: bytes) -> None:
        original = with_chunk(name, content)
        tracemalloc.start()
        assert shown(original) == shown(WHOLE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 5_000_000

    @pytest.mark.parametrize("content", [b"", b"\0", bytes(8), b"\xff" * 40])
    @pytest.mark.parametrize(
        "name",
        [
            *(b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tRNS"),
            *(b"acTL", b"fcTL", b"fdAT", b"nEWx"),
        ],
    )
    def test_can_be_malformed(self, name: bytes, content: bytes) -> None:
        assert shown(with_chunk(name, content)) == shown(WHOLE)

    @pytest.mark.parametrize("name", [b"tEXt", b"tRNS", b"iCCP", b"eXIf"])
    def test_is_ignored_when_its_checksum_is_wrong(self, name: bytes) -> None:
        odd = bytearray(with_chunk(name, bytes(6)))
        odd[BEHIND_HEADER + 8 + 6] ^= 1
        assert shown(bytes(odd)) == shown(WHOLE)


def test_shows_an_interlaced_picture() -> None:
    """In seven passes."""
    sizes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]
    passes = b"".join((b"\0" + bytes(GREEN) * width) * height for width, height in sizes)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, COLOUR, 0, 0, 1)
    whole = pictures.png((SIDE, SIDE), chunk(b"IDAT", zlib.compress(passes)))
    original = whole[:8] + chunk(b"IHDR", header) + whole[BEHIND_HEADER:]
    assert shown(original) == [pytest.approx(GREEN, abs=TOLERANCE)] * 4
