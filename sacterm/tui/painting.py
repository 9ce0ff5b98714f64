"""Text into cells. Pure.

Whatever is painted has been made safe by :mod:`sacterm.reading.text`; the line filter behind it
is a second net for control characters, should one ever slip through: what a person pastes into a
field is painted as it is. It also makes simple what terminals do not agree on: a joined emoji
takes two cells in one and eight in another, its first part two in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len, split_graphemes, split_text
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

_PLAIN = re.compile(r"[ -~\u2500-\u257f]*")
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
# What joins a character to one of another style: terminals would make one of both, and the
# framework counts what begins so as if that were there.
_SEVERED = re.compile("^(?:\u200d.?|[\ufe0e\ufe0f])+|\u200d$")

_JOINED = re.compile("\u200d.|[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


def strip(pieces: Iterable[tuple[str, Style]], width: int, base: Style) -> Strip:
    """One line of exactly ``width`` cells."""
    if base.reverse:  # a colour would become one of the ground, in spots
        pieces = [(text, style.without_color) for text, style in pieces]
    segments = [Segment(text, base + style) for text, style in pieces if text]
    return Strip(segments).adjust_cell_length(width, base)


class Whole(Segment):
    """Text that is cut between characters as a person counts them, and not within one.

    What lies under a dialog or a toast is cut at the edge of it. The framework would cut a joined
    emoji in two halves that take more cells than the whole did, and all behind it would move.
    """

    def split_cells(self, cut: int) -> tuple[Segment, Segment]:
        before, after = split_text(self.text, cut)
        return Whole(before, self.style), Whole(after, self.style)


class ControlFilter(LineFilter):
    """Takes out of every line what steers a terminal, or takes other room than was counted."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control or _PLAIN.fullmatch(segment.text) else _safe(segment)
            for segment in segments
        ]


def _safe(segment: Segment) -> Segment:
    # what is taken out is what the framework has counted no cell for
    text = _SEVERED.sub("", _UNFIT.sub("", segment.text))
    if _JOINED.search(text):
        text = "".join(
            _simple(text[start:end], cells) for start, end, cells in split_graphemes(text)[0]
        )
    return Whole(text.encode(errors="replace").decode(), segment.style)


def _simple(grapheme: str, cells: int) -> str:
    """What takes as many cells in every terminal: no joined emoji, emoji style or skin tone."""
    text = _JOINED.sub("", grapheme)
    return text + " " * (cells - cell_len(text))
