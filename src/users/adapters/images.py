"""Thumbnails of a picture that nobody has vouched for."""

import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, WebPImagePlugin
from PIL.Image import Resampling, Transpose
from PIL.ImageFile import ImageFile

from users.adapters import png
from users.domain.errors import InvalidImageError

THUMBNAIL_SIZES = {"small": 150, "medium": 300, "large": 600}
"""Width and height in pixels."""
JPEG_QUALITY = 80
MAX_PIXELS = 50_000_000
MAX_SCANS = 100
"""Of a JPEG. Encoders write about ten; a few bytes more are one more pass, of 30 ms at 50 megapixels."""

NOT_AN_IMAGE = "not an image"
TOO_MANY_PIXELS = "too many pixels"
DAMAGED = "truncated or damaged"

_LARGEST = (max(THUMBNAIL_SIZES.values()),) * 2
_REDUCING_GAP = 1.0  # whole blocks of pixels are averaged first: 2 times as fast, and at 47 dB nobody sees it
_WHITE = 255
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What sets a picture upright, by its EXIF orientation."""


class _WebPImageFile(WebPImagePlugin.WebPImageFile):
    """A WebP picture whose decoder is let go as soon as it has decoded.

    It holds two canvases in RGBA, 400 MB at 50 megapixels, while Pillow makes two more copies.
    """

    def load_prepare(self) -> None:
        self._decoder = None
        super().load_prepare()


Image.register_open("LEAN_WEBP", _WebPImageFile)
_FORMATS = ("JPEG", png.FORMAT, "GIF", "LEAN_WEBP")
_SIGNATURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
"""How files in these formats begin."""
_JPEG = b"\xff\xd8\xff"
_START_OF_SCAN = b"\xff\xda\x00"  # with the high byte of its length: chance makes one in 16 MB


def make_thumbnails(original: bytes) -> dict[str, bytes]:
    """JPEGs by the names of THUMBNAIL_SIZES, without any metadata: squares from the picture's centre.

    Transparency becomes white, and of an animation the first frame counts.

    Raises:
        InvalidImageError: it is no JPEG, PNG, WebP or GIF, is damaged or has more than MAX_PIXELS.

    """
    picture = _decode(original)
    thumbnails = {}
    for name, size in sorted(THUMBNAIL_SIZES.items(), key=lambda item: -item[1]):
        picture = picture.resize((size, size), Resampling.BICUBIC)
        thumbnails[name] = _encode(picture)
    return {name: thumbnails[name] for name in THUMBNAIL_SIZES}


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Around the reading of a file: what Pillow raises there is the file's fault, but for lack of memory.

    Pillow documents no set of errors; mutated files have given OSError, SyntaxError and ValueError.
    """
    try:
        yield
    except (InvalidImageError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise InvalidImageError(TOO_MANY_PIXELS) from error
    except Exception as error:
        raise InvalidImageError(DAMAGED) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Pillow's remarks on odd metadata, which quote it, and on sizes, which _open() decides on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _decode(original: bytes) -> Image.Image:
    """The square in the centre as sRGB, upright, in the size of the largest thumbnail."""
    with _translated_errors(), _quiet(), _open(original) as file:
        file.draft(None, _LARGEST)  # a JPEG is decoded at 1/2, 1/4 or 1/8 if that is large enough
        square = _on_white(_centre(file))
        return _upright(_srgb(square, file.info.get("icc_profile")), _orientation(file))


def _open(original: bytes) -> ImageFile:
    """The picture, of which only the header has been read."""
    if not _SIGNATURES.match(original):
        raise InvalidImageError(NOT_AN_IMAGE)
    if original.startswith(_JPEG) and original.count(_START_OF_SCAN) > MAX_SCANS:
        raise InvalidImageError(DAMAGED)
    file = Image.open(BytesIO(original), formats=_FORMATS)
    if file.width * file.height > MAX_PIXELS:
        raise InvalidImageError(TOO_MANY_PIXELS)
    return file


def _centre(file: ImageFile) -> Image.Image:
    """The largest square in the centre, scaled. From here on nothing depends on the picture's size."""
    file.load()
    side = min(file.size)
    left, top = (file.width - side) // 2, (file.height - side) // 2
    box = (left, top, left + side, top + side)
    return _continuous(file).resize(_LARGEST, Resampling.LANCZOS, box, _REDUCING_GAP)


def _continuous(picture: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged, with an alpha channel if it has transparency."""
    if picture.mode.startswith("I;16"):  # convert() alone would cut off at 255
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK"} and "transparency" not in picture.info:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture without its alpha channel."""
    if not picture.mode.endswith("A"):
        return picture
    *colours, alpha = picture.split()
    white = Image.new("L", picture.size, _WHITE)
    flat = [Image.composite(colour, white, alpha) for colour in colours]
    return Image.merge(picture.mode.removesuffix("A"), flat)


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB. A profile that is missing, damaged or made for another mode is ignored."""
    with suppress(OSError, ImageCms.PyCMSError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, picture.mode, "RGB").apply(picture)
    return picture.convert("RGB")


def _orientation(file: ImageFile) -> int:
    """The EXIF orientation; a picture whose EXIF cannot be read is taken to be upright."""
    with suppress(OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return int(file.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def _encode(picture: Image.Image) -> bytes:
    """A JPEG with nothing but the pixels: Pillow would save a comment that came with the original."""
    file = BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY, comment=b"")
    return file.getvalue()
