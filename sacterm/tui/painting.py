"""Text into cells. Pure.

Whatever is painted has been made safe by :mod:`sacterm.reading.text`; the line filter behind it
is a second net for control characters, should one ever slip through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

_LONGEST = 10_000  # characters of a line that are wrapped at a time
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly ``width`` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    pad = " " * (width - length)
    return pad + text if right else text + pad


def strip(pieces: Iterable[tuple[str, Style]], width: int, base: Style) -> Strip:
    """One line of exactly ``width`` cells."""
    segments = [Segment(text, base + style) for text, style in pieces if text]
    return Strip(segments).adjust_cell_length(width, base)


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than ``width`` cells; broken at spaces where it can be."""
    lines: list[str] = []
    for line in text.split("\n"):
        if (line.isascii() and len(line) <= width) or cell_len(line) <= width:
            lines.append(line)
        else:
            for start in range(0, len(line), _LONGEST):  # a word has to end somewhere
                lines.extend(_wrap_line(line[start : start + _LONGEST], width))
    return lines


def _wrap_line(line: str, width: int) -> list[str]:
    lines: list[str] = []
    current, used = "", 0
    for word in re.findall(r"\s+|\S+", line):
        length = cell_len(word)
        if used + length <= width:
            current += word
            used += length
        elif word.isspace():
            lines.append(current)
            current, used = "", 0
        else:
            if current.strip() and length <= width:
                lines.append(current.rstrip())
                current, used = "", 0
            for character in word:
                cells = cell_len(character)
                if used + cells > width:
                    lines.append(current)
                    current, used = "", 0
                current += character
                used += cells
    if current.strip() or not lines:
        lines.append(current)
    return lines


class ControlFilter(LineFilter):
    """Takes control characters out of every line that is painted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.control or not _CONTROL.search(segment.text)
            else Segment(_CONTROL.sub("�", segment.text), segment.style)
            for segment in segments
        ]
