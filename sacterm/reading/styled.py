"""Lines for the screen, with what each piece of them is. How that looks is the screen's affair."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from sacterm.reading.text import DisplayText


class Look(Enum):
    """What a piece of text is; its value names the style."""

    PLAIN = ""
    HEADING = "heading"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"
    LINK = "link"
    BUTTON = "button"
    QUOTE = "quote"
    QUIET = "quiet"  # what matters less: signatures, names of fields, what is only sent along
    GOOD = "good"
    ALERT = "alert"
    RULE = "rule"


class Span(NamedTuple):
    """A piece of a line."""

    text: DisplayText
    look: Look = Look.PLAIN


class Line(NamedTuple):
    """One line, already wrapped.

    Attributes:
        spans: its pieces.
        item: number of the thing it tells of, from 0, where the lines list things; else -1.
    """

    spans: tuple[Span, ...] = ()
    item: int = -1

    @property
    def text(self) -> str:
        """Its pieces joined."""
        return "".join(span.text for span in self.spans)
