"""Images in cells of the terminal."""

from __future__ import annotations

import resource
import struct
import sys
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from sacterm.desktop.images import MAX_PIXELS, ImageUnreadable, NoImages, half_blocks

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    data = BytesIO()
    image.save(data, format, **options)
    return data.getvalue()


def two_colors(
    mode: str = "RGB", size: tuple[int, int] = (40, 40), above: tuple[int, int, int] = RED
) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", size, above)
    image.paste(BLUE, (0, size[1] // 2, *size))
    return image.convert(mode)


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP", "BMP", "JPEG"])
def test_an_image_is_rows_of_cells_with_two_pixels_each(format: str) -> None:
    options = {"lossless": True} if format == "WEBP" else {}
    rows = half_blocks(encoded(two_colors(), format, **options), 40, 20)
    assert len(rows) == 20
    assert {len(row) for row in rows} == {40}
    assert {character for row in rows for character, _, _ in row} == {"▀"}
    for (_, upper, lower), color in ((rows[0][0], RED), (rows[-1][-1], BLUE)):
        for seen in (upper, lower):
            assert all(abs(a - b) < 20 for a, b in zip(seen, color, strict=True))


def test_the_upper_pixel_is_in_front_of_the_lower_one() -> None:
    assert half_blocks(encoded(two_colors(size=(1, 2)), "PNG"), 10, 10) == [[("▀", RED, BLUE)]]


@pytest.mark.parametrize(
    ("size", "room", "cells"),
    [
        ((400, 400), (40, 40), (40, 20)),
        ((400, 100), (40, 40), (40, 5)),
        ((100, 400), (40, 40), (20, 40)),
        ((10, 10), (40, 40), (10, 5)),
        ((4000, 1), (40, 40), (40, 1)),
        ((1, 4000), (40, 40), (1, 40)),
        ((1, 1), (40, 40), (1, 1)),
        ((50, 50), (1, 1), (1, 1)),
    ],
)
def test_it_fits_and_keeps_its_shape(
    size: tuple[int, int], room: tuple[int, int], cells: tuple[int, int]
) -> None:
    rows = half_blocks(encoded(two_colors(size=size), "PNG"), *room)
    assert (len(rows[0]), len(rows)) == cells


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_shown(mode: str) -> None:
    image = two_colors("L" if mode == "I;16" else mode, above=WHITE).convert(mode)
    rows = half_blocks(encoded(image, "JPEG" if mode == "CMYK" else "PNG"), 40, 20)
    assert rows[0][0] != rows[-1][-1]


def test_what_is_transparent_is_white() -> None:
    clear = encoded(Image.new("RGBA", (2, 2), (255, 0, 0, 0)), "PNG")
    assert half_blocks(clear, 2, 1) == [[("▀", WHITE, WHITE)] * 2]
    half = encoded(Image.new("RGBA", (2, 2), (255, 0, 0, 128)), "PNG")
    assert half_blocks(half, 2, 1)[0][0][1] == (255, 127, 127)
    indexed = Image.new("P", (2, 2), 0)
    indexed.putpalette([255, 0, 0])
    assert half_blocks(encoded(indexed, "GIF", transparency=0), 2, 1) == [[("▀", WHITE, WHITE)] * 2]


def test_of_an_animation_it_is_the_first_frame() -> None:
    frames = [Image.new("RGB", (2, 2), color) for color in (RED, BLUE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert half_blocks(data, 2, 1)[0][0] == ("▀", RED, RED)


def png_of(width: int, height: int, lines: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_100, 10_000, 60_000])
def test_a_bomb_is_not_decoded(side: int) -> None:
    assert side * side > MAX_PIXELS
    begin = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImageUnreadable, match="too large"):
        half_blocks(png_of(side, side, bytes(1_000)), 40, 20)
    assert time.process_time() - begin < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


DAMAGED = encoded(two_colors(size=(300, 300)), "PNG")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        b"\x89PNG\r\n\x1a\n",
        DAMAGED[:60],
        DAMAGED[:40] + b"\x00" * 20 + DAMAGED[60:],
        png_of(0, 0),
        encoded(two_colors(), "TIFF"),
        encoded(two_colors(), "PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        encoded(two_colors(), "JPEG")[:300],
        b"GIF89a\xff\xff\xff\xff",
        b"BM" + b"\xff" * 100,
        b"RIFF\x10\x00\x00\x00WEBPVP8 \xff\xff",
    ],
)
def test_what_cannot_be_read_is_an_error_for_a_person(data: bytes) -> None:
    with pytest.raises(ImageUnreadable) as failed:
        half_blocks(data, 40, 20)
    assert "\n" not in str(failed.value)
    assert failed.value.remedy


def test_without_pillow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(NoImages) as failed:
        half_blocks(DAMAGED, 40, 20)
    assert failed.value.remedy == "pip install 'sacterm[images]'"
