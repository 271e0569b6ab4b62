"""Two pictures that cost what photos cost, the same each time.

Neither noise nor flat areas: texture that looks alike at every scale, as in nature, objects with hard
edges before it, and over all of it the noise of a sensor. As files they are as large as photos are: 0.2 bytes
for each pixel as a JPEG, 1.7 as a PNG. Wallpapers of forests, dunes and rain have 0.1 to 0.9 and 0.8 to 2.2.
"""

from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tests.pictures import TWELVE_MEGAPIXELS, exif, saved

THREE_MEGAPIXELS = (2048, 1536)
CAMERA_QUALITY = 88  # cameras and telephones write 85 to 95
TURNED_RIGHT = 6  # the EXIF orientation of a telephone held upright

_OCTAVES = 10
_ROUGHNESS = 0.72  # the strength of an octave by that of the one before
_CONTRAST, _COLOUR = 0.6, 0.2  # of the full range: most of a photo is in its luminance
_LENS = ImageFilter.GaussianBlur(0.5)
_GREY = 128
_OBJECTS = 60
_SENSOR_NOISE = 0.06  # of the full range, from end to end: that of a telephone in daylight


def files() -> dict[str, bytes]:
    """A JPEG of 12 megapixels with an EXIF orientation, and a PNG of 3 megapixels."""
    photo = _photo(TWELVE_MEGAPIXELS, Random(12))  # noqa: S311 - the same picture each time
    scaled = photo.resize(THREE_MEGAPIXELS, Image.Resampling.LANCZOS)
    return {
        "jpeg": saved(photo, "JPEG", quality=CAMERA_QUALITY, exif=exif(TURNED_RIGHT)),
        "png": saved(scaled, "PNG"),
    }


def _photo(size: tuple[int, int], random: Random) -> Image.Image:
    scene, texture = _texture(size, random), _texture(size, random)
    for _ in range(_OBJECTS):
        scene.paste(texture, mask=_object(size, random))
        texture = ImageChops.offset(texture, size[0] // 7, size[1] // 5)
    return _with_noise(scene.filter(_LENS), _SENSOR_NOISE, random)


def _texture(size: tuple[int, int], random: Random) -> Image.Image:
    bands = [_fractal(size, strength, random) for strength in (_CONTRAST, _COLOUR, _COLOUR)]
    return Image.merge("YCbCr", bands).convert("RGB")


def _fractal(size: tuple[int, int], strength: float, random: Random) -> Image.Image:
    """A band that looks alike at every scale, like clouds, stones and leaves."""
    band = Image.new("L", (1, 1), _GREY)
    for octave in reversed(range(_OCTAVES)):
        finer = (-(-size[0] >> octave), -(-size[1] >> octave))
        band = _with_noise(band.resize(finer, Image.Resampling.BICUBIC), strength, random)
        strength *= _ROUGHNESS
    return band


def _object(size: tuple[int, int], random: Random) -> Image.Image:
    """A mask with a hard edge: something round, something angular or something thin."""
    mask = Image.new("1", size)
    draw = ImageDraw.Draw(mask)
    x, y = random.randrange(size[0]), random.randrange(size[1])
    reach = random.randrange(size[0] // 100, size[0] // 8)
    corners = [(x + random.randint(-reach, reach), y + random.randint(-reach, reach)) for _ in range(5)]
    match random.randrange(3):
        case 0:
            draw.ellipse((x, y, x + reach, y + random.randrange(reach)), fill=1)
        case 1:
            draw.polygon(corners, fill=1)
        case _:
            draw.line(corners, fill=1, width=random.randrange(2, 12))
    return mask


def _with_noise(picture: Image.Image, strength: float, random: Random) -> Image.Image:
    bands = picture.getbands()
    weaker = [round(_GREY + (value - _GREY) * strength) for value in range(256)]
    even = random.randbytes(picture.width * picture.height * len(bands))
    noise = Image.frombytes(picture.mode, picture.size, even).point(weaker * len(bands))
    return ImageChops.add(picture, noise, offset=-_GREY)
