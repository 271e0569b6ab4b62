"""Picture files, whole and broken, for tests."""

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms
from PIL.Image import Transpose

type Colour = tuple[int, ...]

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 60), (40, 60, 200), (230, 210, 40)
WHITE = (255, 255, 255)
QUADRANTS = {(0.25, 0.25): RED, (0.75, 0.25): GREEN, (0.25, 0.75): BLUE, (0.75, 0.75): YELLOW}
"""Colours by their places, in shares of the width and height."""

TWELVE_MEGAPIXELS = (4000, 3000)

ORIENTATION = 0x0112
GPS = 0x8825
NAME = "Jane Roe"
"""Contained in all metadata of `with_metadata`."""

_STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
"""How a camera rotates an upright picture before it stores it, by the EXIF orientation."""


_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}


def quadrants(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """A picture of four colours, so that every rotation is visible."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata(list(QUADRANTS.values()))
    return picture.resize(size, Image.Resampling.NEAREST)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def animation(kind: str) -> bytes:
    """A red frame, then a blue one."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


@cache
def whole_files() -> Sequence[bytes]:
    """Small files of all kinds, for mutations. Created once, because colour profiles contain the time."""
    return [
        *(with_metadata(kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")),
        *(animation(kind) for kind in ("PNG", "GIF", "WEBP")),
        turned(6, (64, 48), "MPO"),
        saved(quadrants().convert("CMYK"), "JPEG", progressive=True),
        saved(quadrants().quantize(4), "PNG", transparency=0),
    ]


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF of a phone: orientation, owner and location."""
    notes = Image.Exif()
    notes[ORIENTATION] = orientation
    notes[0x013B] = NAME
    notes.get_ifd(GPS).update({1: "N", 2: (46.0, 12.0, 0.0), 3: "E", 4: (6.0, 9.0, 0.0)})
    return notes


def exif_of(tags: dict[int, tuple[int, int, bytes]], order: str = "<") -> bytes:
    """Hand-made EXIF: the type, the count and the eight bytes of the value of each tag."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    behind = 8 + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag, (kind, count, value) in tags.items():
        short = _TIFF_SIZES.get(kind, 1) * count <= 4
        place = value[:4] if short else struct.pack(f"{order}I", behind + len(values))
        entries += struct.pack(f"{order}HHI", tag, kind, count) + place
        values += b"" if short else value
    return head + struct.pack(f"{order}IH", 8, len(tags)) + entries + bytes(4) + values


def turned(orientation: int, size: tuple[int, int], kind: str = "JPEG") -> bytes:
    """A picture that shows the quadrants when its EXIF orientation is applied."""
    upright = quadrants(size)
    method = _STORED[orientation]
    stored = upright if method is None else upright.transpose(method)
    return saved(stored, kind, exif=exif(orientation))


def with_metadata(kind: str) -> bytes:
    """A picture with all the metadata that Pillow writes in this format."""
    xmp = f"<x:xmpmeta>{NAME}</x:xmpmeta>".encode()
    return saved(quadrants(), kind, exif=exif(), xmp=xmp, comment=NAME.encode(), icc_profile=rgb_profile())


def rgb_profile() -> bytes:
    """SRGB as an ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A profile of a device that swaps red and green of sRGB."""
    names = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}
    profile = rgb_profile()
    header, tags = profile[:132], profile[132:]
    entries = [tags[at : at + 12] for at in range(0, 12 * struct.unpack(">I", header[128:])[0], 12)]
    table = b"".join(names.get(entry[:4], entry[:4]) + entry[4:] for entry in entries)
    return header + table + tags[len(table) :]


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    crc = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)


def png(size: tuple[int, int], *chunks: bytes, colour_type: int = 0, depth: int = 8) -> bytes:
    """A PNG with a header and the given chunks."""
    header = struct.pack(">IIBBBBB", *size, depth, colour_type, 0, 0, 0)
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")])


def large_jpeg(pixels: int, **options: Any) -> bytes:
    """A picture of one colour."""
    return saved(Image.new("RGB", square(pixels), RED), "JPEG", **options)


def large_gif(pixels: int) -> bytes:
    """A half transparent picture."""
    picture = Image.new("P", square(pixels))
    picture.putpalette(RED * 256)
    return saved(picture, "GIF", transparency=1)


def large_webp(pixels: int) -> bytes:
    """A lossless WebP in which a single colour takes no bytes: only its header has the number of pixels."""
    width, height = square(pixels)
    file = bytearray(saved(Image.new("RGBA", (16, 16), (*RED, 128)), "WEBP", lossless=True))
    struct.pack_into("<I", file, 21, 1 << 28 | (height - 1) << 14 | (width - 1))
    return bytes(file)


def large_png(pixels: int, colour_type: int = 6, depth: int = 8, *chunks: bytes) -> bytes:
    """A picture of zeros, created without its pixels in memory."""
    width, height = square(pixels)
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    row = bytes(1 + width * samples * depth // 8)
    packer = zlib.compressobj(1)
    content = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png((width, height), *chunks, chunk(b"IDAT", content), colour_type=colour_type, depth=depth)


def square(pixels: int) -> tuple[int, int]:
    """The largest square of no more pixels."""
    return (math.isqrt(pixels),) * 2


def scan_bomb() -> bytes:
    """A JPEG of a few bytes that requires hundreds of passes over its pixels."""
    whole = saved(quadrants(), "JPEG", progressive=True)
    last_scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last_scan * 500 + whole[-2:]


def claiming(kind: str, size: tuple[int, int]) -> bytes:
    """A file of a few hundred bytes whose header claims a picture of that size."""
    width, height = size
    if kind == "PNG":
        return png(size, chunk(b"IDAT", zlib.compress(b"\x00")))
    file = bytearray(saved(quadrants(), kind))
    if kind == "GIF":
        struct.pack_into("<HH", file, 6, width, height)
    elif kind == "WEBP":
        struct.pack_into("<HH", file, 26, width, height)
    else:
        struct.pack_into(">HH", file, file.index(b"\xff\xc0") + 5, height, width)
    return bytes(file)


def segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """The markers of a JPEG up to its pixels, each with its content."""
    at = 2
    while True:
        marker, length = struct.unpack_from(">HH", jpeg, at)
        yield marker, jpeg[at + 4 : at + 2 + length]
        if marker == 0xFFDA:
            return
        at += 2 + length


def opened(thumbnail: bytes) -> Image.Image:
    """The thumbnail, which has to be a JPEG."""
    return Image.open(BytesIO(thumbnail), formats=["JPEG"])


def colour(thumbnail: bytes, place: tuple[float, float] = (0.5, 0.5)) -> Colour:
    """The colour at a place, given in shares of the width and height."""
    picture = opened(thumbnail)
    pixel = picture.getpixel((int(place[0] * picture.width), int(place[1] * picture.height)))
    return pixel if isinstance(pixel, tuple) else ()
