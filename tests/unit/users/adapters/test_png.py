"""PNG files unpacked by ISA-L: the same pixels and the same refusals as from Pillow alone."""

import gc
import struct
import weakref
import zlib
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from tests import pictures
from users.adapters.png import FORMAT


def fast(original: bytes) -> Image.Image:
    """The picture, decoded."""
    picture = Image.open(BytesIO(original), formats=[FORMAT])
    picture.load()
    return picture


def interlaced() -> bytes:
    """Eight by eight pixels in the seven passes of Adam7."""
    widths = [1, 1, 2, 2, 4, 4, 8]
    heights = [1, 1, 1, 2, 2, 4, 4]
    rows = b"".join((b"\x00" + bytes(range(w))) * h for w, h in zip(widths, heights, strict=True))
    whole = pictures.png((8, 8), pictures.chunk(b"IDAT", zlib.compress(rows)))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    return whole[:8] + pictures.chunk(b"IHDR", header) + whole[33:]


def noise(mode: str, size: tuple[int, int] = (301, 199)) -> bytes:
    """A picture that can hardly be compressed."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = Random(1).randbytes(size[0] * size[1] * bands)  # noqa: S311 - any will do
    return pictures.saved(Image.frombytes(mode, size, pixels), "PNG")


class TestPixels:
    """They are those that Pillow finds."""

    @pytest.mark.parametrize(
        "original",
        [
            *(noise(mode) for mode in ("L", "LA", "RGB", "RGBA")),
            pictures.saved(Image.new("RGB", (2000, 2000), "red"), "PNG"),
            pictures.saved(pictures.quadrants().quantize(4), "PNG"),
            pictures.saved(Image.new("I;16", (9, 9), 0x1234), "PNG"),
            pictures.saved(pictures.quadrants(), "PNG", compress_level=0),
            pictures.with_metadata("PNG"),
            pictures.animation("PNG"),
            interlaced(),
        ],
        ids=range(11),
    )
    def test_are_the_same(self, original: bytes) -> None:
        slow = Image.open(BytesIO(original), formats=["PNG"])
        assert fast(original).tobytes() == slow.tobytes()
        assert fast(original).mode == slow.mode


class TestRefusals:
    """Damage is an error, never a picture."""

    def test_fails_when_truncated_anywhere(self) -> None:
        whole = noise("RGB")
        for length in range(60, len(whole) - 100, 9973):
            with pytest.raises(OSError, match="truncated"):
                fast(whole[:length])

    def test_fails_when_the_pixels_are_no_zlib_stream(self) -> None:
        broken = pictures.png((9, 9), pictures.chunk(b"IDAT", b"no zlib stream at all"))
        with pytest.raises(Exception, match=r"^Error -\d"):
            fast(broken)

    def test_fails_when_the_stream_ends_before_the_last_row(self) -> None:
        with pytest.raises(OSError, match="truncated"):
            fast(pictures.claiming("PNG", (10, 10)))

    def test_fails_when_the_checksum_is_wrong(self) -> None:
        packed = bytearray(zlib.compress(bytes(10 * 9)))
        packed[-1] ^= 1
        with pytest.raises(Exception, match=r"^Error -\d"):
            fast(pictures.png((9, 9), pictures.chunk(b"IDAT", bytes(packed))))


class TestMemory:
    """A warm function decodes one picture after the other."""

    def test_is_free_at_once(self) -> None:
        gc.disable()
        try:
            picture = weakref.ref(fast(noise("RGB")))
            assert picture() is None
        finally:
            gc.enable()
