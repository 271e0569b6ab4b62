"""Opens PNG files without their metadata, and with a transparent colour in every depth."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageChops
from PIL.ImageFile import ImageFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DEEP_TRANSPARENCY = "transparency of 16 bits"
"""Not Pillow's own key of `info`, because Pillow would compare it with the high bytes of the pixels."""

_CRITICAL = {b"IHDR", b"PLTE", b"IDAT"}
_ANCILLARY = {b"tRNS", b"iCCP", b"eXIf"}
_MAX_PROFILE = 1_000_000  # bytes, unpacked
_GRAY, _COLOUR, _PALETTE = 0, 2, 3


def opened(original: bytes) -> ImageFile:
    """The image; only its header has been read.

    Metadata is removed: Pillow would decompress it, and reject the image if it is malformed or large.
    """
    critical, ancillary = _chunks(original)
    file = Image.open(BytesIO(SIGNATURE + b"".join(critical)), formats=["PNG"])
    file.info["exif"] = ancillary.get(b"eXIf", b"")
    file.info["icc_profile"] = _profile(ancillary.get(b"iCCP", b""))
    file.info.update(_transparency(ancillary.get(b"tRNS", b""), *critical[0][16:18]))
    return file


def _chunks(original: bytes) -> tuple[list[memoryview], dict[bytes, bytes]]:
    """The chunks of the pixels, and the content of the first ancillary chunk of each name.

    As in browsers, an ancillary chunk with a wrong checksum is ignored.
    """
    critical: list[memoryview] = []
    ancillary: dict[bytes, bytes] = {}
    for name, chunk in _all_chunks(original):
        if name in _CRITICAL:
            critical.append(chunk)
        elif name in _ANCILLARY and zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:]):
            ancillary.setdefault(name, bytes(chunk[8:-4]))
    return critical, ancillary


def _all_chunks(original: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(original)
    at = len(SIGNATURE)
    while at + 8 <= len(view):
        length, name = struct.unpack_from(">I4s", view, at)
        yield name, view[at : at + 12 + length]
        at += 12 + length


def _profile(content: bytes) -> bytes:
    """The colour profile; empty if it is damaged or too large."""
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(content.partition(b"\0")[2][1:], _MAX_PROFILE)
    except zlib.error:
        return b""
    return b"" if inflater.unconsumed_tail else profile


def _transparency(content: bytes, depth: int, colour_type: int) -> dict[str, bytes | int | tuple[int, ...]]:
    """The transparent colour in tRNS under Pillow's name, scaled to Pillow's pixels."""
    length = {_GRAY: 2, _COLOUR: 6}.get(colour_type)
    if colour_type == _PALETTE and content:
        return {"transparency": content[:256]}
    if len(content) != length:
        return {}
    key = struct.unpack(f">{length // 2}H", content)
    if depth == 16:  # noqa: PLR2004
        return {DEEP_TRANSPARENCY: key}
    most = (1 << depth) - 1
    scaled = tuple((value & most) * 255 // most for value in key)
    return {"transparency": scaled if colour_type == _COLOUR else scaled[0]}


def alpha(image: Image.Image, original: bytes) -> Image.Image:
    """The alpha channel of a 16-bit image. Pillow keeps only the high bytes of colours."""
    key: tuple[int, ...] = image.info[DEEP_TRANSPARENCY]
    high, low = _halves_of_gray(image) if len(key) == 1 else (image, _low_bytes_of_colour(original))
    same = Image.new("L", image.size, 255)
    for band, value in enumerate(key):  # one at a time, because each takes memory
        same = ImageChops.multiply(same, _equal(high, band, value >> 8))
        same = ImageChops.multiply(same, _equal(low, band, value & 0xFF))
    return ImageChops.invert(same)


def _halves_of_gray(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    pixels = image.tobytes()  # the low byte first
    return Image.frombytes("L", image.size, pixels[1::2]), Image.frombytes("L", image.size, pixels[::2])


def _low_bytes_of_colour(original: bytes) -> Image.Image:
    """The image, decoded with its low bytes in place of the high ones."""
    file = opened(original)
    file.tile = [tile._replace(args="RGB;16L") for tile in file.tile]
    file.load()
    return file


def _equal(image: Image.Image, band: int, wanted: int) -> Image.Image:
    """255 where the band has the value and 0 elsewhere."""
    return image.getchannel(band).point([255 * (value == wanted) for value in range(256)])
