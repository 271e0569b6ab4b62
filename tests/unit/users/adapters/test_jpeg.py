"""JPEG files with unusual metadata, and truncated ones."""

import struct

import pytest
from PIL import Image

from tests.helpers import pictures
from tests.unit.users.adapters.thumbnails import check_quadrants, refusal

WHOLE = pictures.saved(pictures.quadrants(), "JPEG", quality=95)
MULTIPLE, COMMENT = 0xE2, 0xFE
PREFIXES = [
    *(b"JFIF\0", b"Exif\0\0", b"Exif\0\0II*\0\x08\0\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"MPF\0"),
    *(b"ICC_PROFILE\0", b"Photoshop 3.0\0", b"Photoshop 3.0\x008BIM", b"Adobe", b"FPXR\0", b""),
]


def with_segment(marker: int, content: bytes) -> bytes:
    """A picture that begins with one more segment."""
    return WHOLE[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + WHOLE[2:]


def photo(mode: str = "RGB", **options: object) -> bytes:
    """A picture with detail everywhere, of 320 by 320 pixels."""
    noise = Image.effect_noise((320, 320), 60)
    picture = Image.merge("CMYK", [noise] * 4) if mode == "CMYK" else noise.convert(mode)
    return pictures.saved(picture, "JPEG", **options)


class TestMetadata:
    """No metadata makes a picture invalid."""

    @pytest.mark.parametrize("content", [b"", b"\0", b"\0\x0e", b"\xff" * 40])
    @pytest.mark.parametrize("prefix", PREFIXES)
    def test_can_be_malformed(self, prefix: bytes, content: bytes) -> None:
        for marker in range(0xE0, 0xF0):
            check_quadrants(with_segment(marker, prefix + content))

    @pytest.mark.parametrize("content", [b"", bytes(65_000)])
    def test_can_have_a_comment_of_any_size(self, content: bytes) -> None:
        check_quadrants(with_segment(COMMENT, content))

    @pytest.mark.parametrize("padding", [b"\xff\xff\xff", b"\0\0"])
    def test_can_follow_padding(self, padding: bytes) -> None:
        behind_first = 2 + 18
        odd = with_segment(MULTIPLE, b"MPF\0" + bytes(40))[2:50]
        check_quadrants(WHOLE[:behind_first] + padding + odd + WHOLE[behind_first:])


class TestEnd:
    """A truncated file is valid if nearly all of its pixels exist."""

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize("progressive", [False, True])
    @pytest.mark.parametrize("missing", [1, 2, 3, 10])
    def test_can_be_missing(self, mode: str, missing: int, *, progressive: bool) -> None:
        assert refusal(photo(mode, progressive=progressive)[:-missing]) is None

    @pytest.mark.parametrize("kind", [{}, {"progressive": True}, {"subsampling": 0}])
    def test_shows_the_picture_when_it_is_missing(self, kind: dict[str, object]) -> None:
        check_quadrants(pictures.saved(pictures.quadrants(), "JPEG", quality=95, **kind)[:-2])

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize(("share", "refused"), [(0, 1), (0.5, 1), (0.8, 1), (0.92, 1), (0.96, 0), (1, 0)])
    def test_can_lack_a_sixteenth_of_the_pixels(self, mode: str, share: float, refused: int) -> None:
        whole = photo(mode)
        header = whole.index(b"\xff\xda") + 14
        end = header + round((len(whole) - header) * share)
        assert (refusal(whole[:end]) is not None) == refused

    @pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
    def test_is_refused_when_a_progressive_file_lacks_its_detail_or_all_pixels(self, share: float) -> None:
        whole = photo(progressive=True)
        assert refusal(whole[: round(len(whole) * share)])
        assert refusal(whole[: whole.index(b"\xff\xda")])

    def test_accepted_when_a_gray_picture_is_complete(self) -> None:
        assert refusal(pictures.saved(Image.new("RGB", (90, 90), (128, 128, 128)), "JPEG")) is None
