"""Images for a terminal with true colours: two pixels in each cell, one above the other."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from sacterm.errors import SactermError

MAX_PIXELS: Final = 25_000_000

Color = tuple[int, int, int]
"""Red, green, blue: 0 to 255."""

Cell = tuple[str, Color, Color]
"""A character, its colour, and the colour behind it."""

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")


class ImageUnreadable(SactermError):
    """An image cannot be shown."""

    remedy = "save it and open it with another program"


class NoImages(SactermError):
    """What shows images is not installed."""

    remedy = "pip install 'sacterm[images]'"


def half_blocks(data: bytes, width: int, height: int) -> list[list[Cell]]:
    """The image, as large as fits, in rows of cells: upper pixel in front, lower one behind.

    Of an animation it is the first frame; what is transparent is white. Takes up to two seconds for
    a large image: to be called in a thread.

    Args:
        data: PNG, JPEG, GIF, WebP or BMP.
        width: cells there are, at least 1.
        height: cells there are, at least 1; a cell is taken to be twice as high as wide.

    Raises:
        ImageUnreadable: it is none of these, damaged, or of more than :data:`MAX_PIXELS`.
        NoImages: Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise NoImages("images cannot be shown: Pillow is not installed") from error
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            wide, high = image.size
            if wide * high > MAX_PIXELS:
                raise ImageUnreadable(f"the image is too large: {wide} x {high} pixels")
            scale = min(1.0, width / wide, 2 * height / high)
            columns = max(1, round(wide * scale))
            lines = max(2, 2 * round(high * scale / 2))
            image.draft("RGB", (columns, lines))
            # each step after the decoding works on few pixels
            near = (min(image.width, 4 * columns), min(image.height, 4 * lines))
            few = image.resize(near, Image.Resampling.NEAREST).convert("RGBA")
            small = few.resize((columns, lines), Image.Resampling.BOX)
            white = Image.new("RGBA", small.size, "white")
            pixels = Image.alpha_composite(white, small).convert("RGB").tobytes()
    except ImageUnreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageUnreadable("the image is too large") from error
    except Exception as error:  # decoders raise nearly anything for damaged data
        raise ImageUnreadable("the image is damaged, or of an unknown format") from error
    colors = list(zip(pixels[0::3], pixels[1::3], pixels[2::3], strict=True))
    rows = [colors[at : at + columns] for at in range(0, len(colors), columns)]
    return [
        [("▀", upper, lower) for upper, lower in zip(above, below, strict=True)]
        for above, below in zip(rows[::2], rows[1::2], strict=True)
    ]
