"""Opens JPEG files without their metadata."""

import re
from io import BytesIO

from PIL import Image
from PIL.ImageFile import ImageFile

SIGNATURE = b"\xff\xd8\xff"
END = b"\xff\xd9"
START_OF_SCAN = b"\xff\xda\x00"  # with the high byte of its length; random data contains one per 16 MB

_SEGMENT = re.compile(rb"[^\xff]*\xff+([\xc0-\xcf\xdb-\xfe])(..)", re.DOTALL)
"""Before the first scan: optional padding, a marker, and the length of its segment."""
_METADATA = re.compile(rb"[\xe0-\xef\xfe]")
"""Markers of application data and comments."""
_EXIF = b"Exif\0\0"
_KEPT = re.compile(rb"JFIF\0.{9}|Adobe.{7}|ICC_PROFILE\0.{3}", re.DOTALL)
"""Application data that defines the colours."""


def opened(original: bytes) -> ImageFile:
    """The image; only its header has been read.

    Other metadata is removed: Pillow would read it, and reject the image if it is malformed.
    """
    kept, exif, at = [original[:2]], b"", 2
    while marker := _SEGMENT.match(original, at):
        end = marker.start(2) + int.from_bytes(marker[2])
        content = original[marker.end() : end]
        if not _METADATA.match(marker[1]) or _KEPT.match(content):
            kept.append(original[at:end])
        elif content.startswith(_EXIF):
            exif = exif or content
        at = end
    file = Image.open(BytesIO(b"".join([*kept, original[at:]])), formats=["JPEG"])
    file.info["exif"] = exif
    return file


def is_coarse(original: bytes) -> bool:
    """Whether a truncated file lacks the last scans, which contain the detail of a progressive JPEG."""
    at = original.rindex(START_OF_SCAN) + len(START_OF_SCAN)
    last_byte = original[at + original[at] - 2 : at + original[at] - 1]
    return not last_byte or bool(last_byte[0] & 0xF)  # the number of bits that later scans add
