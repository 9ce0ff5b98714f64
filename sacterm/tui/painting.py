"""Text into cells. Pure.

Whatever is painted has been made safe by :mod:`sacterm.reading.text`; the line filter behind it
is a second net for control characters, should one ever slip through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def strip(pieces: Iterable[tuple[str, Style]], width: int, base: Style) -> Strip:
    """One line of exactly ``width`` cells."""
    segments = [Segment(text, base + style) for text, style in pieces if text]
    return Strip(segments).adjust_cell_length(width, base)


class ControlFilter(LineFilter):
    """Takes control characters out of every line that is painted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.control or not _CONTROL.search(segment.text)
            else Segment(_CONTROL.sub("�", segment.text), segment.style)
            for segment in segments
        ]
