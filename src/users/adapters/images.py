"""Makes thumbnails of untrusted images."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, ImageOps
from PIL.Image import Resampling
from PIL.ImageFile import ImageFile

from users.adapters import jpeg, png
from users.domain.avatars import MAX_PIXELS
from users.domain.errors import InvalidImageError

THUMBNAIL_SIZES = {"small": 150, "medium": 300, "large": 600}
"""Width and height in pixels."""
JPEG_QUALITY = 80
MAX_MISSING = 1 / 16
"""Share of the pixels that may be missing; as in browsers, a bar at the lower edge replaces them."""
MAX_SCANS = 50
"""Scans of a JPEG. Encoders write up to 20. One of a few bytes can already be a pass over all pixels."""

NOT_AN_IMAGE = "not an image"
TOO_MANY_PIXELS = "too many pixels"
DAMAGED = "truncated or damaged"

_LARGEST = max(THUMBNAIL_SIZES.values())


def make_thumbnails(original: bytes) -> dict[str, bytes]:
    """JPEGs without metadata, by the names of THUMBNAIL_SIZES: squares from the image's centre.

    Transparency becomes white. An animation is represented by its first frame.

    Raises:
        InvalidImageError: it is not a JPEG, PNG, WebP or GIF, is damaged, or has more than MAX_PIXELS.

    """
    with _translated_errors():
        image = _square(original)
    thumbnails = {}
    for name, size in sorted(THUMBNAIL_SIZES.items(), key=lambda item: -item[1]):
        image = image.resize((size, size))  # each from the one before, which has few pixels
        thumbnails[name] = _encode(image)
    return {name: thumbnails[name] for name in THUMBNAIL_SIZES}


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise InvalidImageError if Pillow raises an exception other than MemoryError while it reads a file.

    Pillow does not document its errors; mutated files have caused OSError, SyntaxError and ValueError.
    Its warnings are ignored, because they quote metadata.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (InvalidImageError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise InvalidImageError(TOO_MANY_PIXELS) from error
    except Exception as error:
        raise InvalidImageError(DAMAGED) from error


def _square(original: bytes) -> Image.Image:
    """The square in the centre as sRGB, upright, in the size of the largest thumbnail."""
    file = _loaded(original)
    # HAMMING takes half the time of BICUBIC at the same quality, but enlarged images look pixelated
    resampling = Resampling.HAMMING if min(file.size) > _LARGEST else Resampling.BICUBIC
    square = ImageOps.fit(_averageable(file, original), (_LARGEST, _LARGEST), resampling)
    return _upright(_srgb(_on_white(square), file.info.get("icc_profile")), file.info.get("exif", b""))


def _loaded(original: bytes) -> ImageFile:
    """The image with its pixels. A small part may be missing if the file is truncated."""
    file = _opened(original)
    try:
        file.load()
    except OSError:
        if file.format == "JPEG":
            file = _opened(original + jpeg.END)
            file.load()
        file.tile = []  # missing pixels have the value that Pillow sets
        if _missing(file) > MAX_MISSING or (file.format == "JPEG" and jpeg.is_coarse(original)):
            raise
    return file


def _opened(original: bytes) -> ImageFile:
    """The image; only its header has been read."""
    if original.startswith(jpeg.SIGNATURE):
        if original.count(jpeg.START_OF_SCAN) > MAX_SCANS:
            raise InvalidImageError(DAMAGED)
        file = jpeg.opened(original)
    elif original.startswith(png.SIGNATURE):
        file = png.opened(original)
    elif original.startswith((b"GIF87a", b"GIF89a")) or (original[:4], original[8:12]) == (b"RIFF", b"WEBP"):
        file = Image.open(BytesIO(original), formats=["GIF", "WEBP"])
    else:
        raise InvalidImageError(NOT_AN_IMAGE)
    if file.width * file.height > MAX_PIXELS[Image.MIME[file.format or ""]]:
        raise InvalidImageError(TOO_MANY_PIXELS)
    file.draft(None, (_LARGEST, _LARGEST))  # a JPEG is decoded at 1/2, 1/4 or 1/8 if that is large enough
    return file


def _missing(file: ImageFile) -> float:
    """The share of the pixels with the value that decoders set for missing pixels."""
    if file.format == "JPEG":
        unknown = 127 if file.mode == "CMYK" else 128
    else:
        unknown = file.info.get("transparency", 0) if file.format == "GIF" else 0
    return min(file.histogram()[unknown::256]) / (file.width * file.height)


def _averageable(image: Image.Image, original: bytes) -> Image.Image:
    """The image in a mode whose pixels can be averaged, with an alpha channel if it has transparency."""
    alpha = png.alpha(image, original) if png.DEEP_TRANSPARENCY in image.info else None
    if image.mode == "I;16":  # convert() alone would clip at 255
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode not in {"L", "LA", "RGB", "RGBA", "CMYK"} or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if alpha:
        image.putalpha(alpha)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """The image without its alpha channel."""
    if not image.mode.endswith("A"):
        return image
    white = Image.new(image.mode, image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white.convert(image.mode.removesuffix("A"))


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The image in sRGB. A profile that is missing, damaged or made for another mode is ignored."""
    with suppress(OSError, ImageCms.PyCMSError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile or b""))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, image.mode, "RGB").apply(image)
    return image.convert("RGB")


def _upright(image: Image.Image, exif: bytes) -> Image.Image:
    """The image, rotated by its EXIF orientation; unchanged if that is not valid."""
    image.info.clear()
    image.getexif()[ExifTags.Base.Orientation] = _orientation(exif)
    return ImageOps.exif_transpose(image)


def _orientation(content: bytes) -> int:
    with suppress(Exception):  # Pillow does not document these errors, either
        exif = Image.Exif()
        exif.load(content)
        return int(exif[ExifTags.Base.Orientation])
    return 1


def _encode(image: Image.Image) -> bytes:
    """A JPEG without metadata."""
    file = BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
