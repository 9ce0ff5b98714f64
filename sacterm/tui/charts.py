"""Bars and sparklines of one line, in cells. Pure.

Textual's own widgets for them have one set of signs, and tell by blends of colour: there is no
ASCII in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple


class Signs(NamedTuple):
    """What charts are drawn with.

    Attributes:
        full: a cell of a bar.
        rest: a cell of a gauge that is not full.
        steps: from nothing to the most.
    """

    full: str
    rest: str
    steps: str


SIGNS: Mapping[Literal["unicode", "ascii"], Signs] = {
    "unicode": Signs("━", "─", " ▁▂▃▄▅▆▇█"),
    "ascii": Signs("#", ".", " _.-=+*#@"),
}


def gauge(part: int, whole: int, width: int, signs: Signs) -> tuple[str, str]:
    """The full cells and the rest: some of each unless there is nothing of it.

    Args:
        part: how much.
        whole: of how much.
        width: cells, two at least.
        signs: to draw with.
    """
    if part <= 0:
        full = 0
    elif part >= whole:
        full = width
    else:
        full = max(1, min(part * width // whole, width - 1))
    return signs.full * full, signs.rest * (width - full)


def percent(part: int, whole: int) -> str:
    """What a gauge shows, as a number: ``0 %`` and ``100 %`` only where that is so."""
    share = round(part * 100 / whole)
    if 0 < part < whole:
        share = max(1, min(share, 99))
    return f"{max(0, min(share, 999))} %"


def bar(value: int, most: int, width: int, signs: Signs) -> str:
    """A bar that takes ``width`` cells for the most, and at least one for anything."""
    return gauge(value, most, width, signs)[0] if width > 1 else ""


def sparkline(values: Sequence[int], width: int, signs: Signs) -> str:
    """Values as heights from zero to the most of them.

    Args:
        values: one or more, none negative.
        width: cells that they share, as many as there are values at least.
        signs: to draw with.
    """
    most, top, count = max(values), len(signs.steps) - 1, len(values)
    heights = [-(-value * top // most) if value else 0 for value in values]
    return "".join(signs.steps[heights[cell * count // width]] for cell in range(width))
