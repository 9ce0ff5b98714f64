"""The marks on the screen. Each is a shape, so that nothing is told by colour alone.

A terminal or font that has no such shapes is served by ASCII: whatever is painted is translated
sign by sign, each in as many cells, by :class:`AsciiFilter`. A new sign needs its line in the table
here, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from sacterm.model import Liveness

UNREAD: Final[Mapping[str, str]] = {"unicode": "●", "ascii": "N"}
"""By the setting: in ASCII it is another sign than that of what is live."""
STARRED = "★"
ATTACHMENT = "▤"
SPAM = "!"
GONE = "†"
SELECTED = "✓"
WAITING = "↑"
LIVENESS = {
    Liveness.LIVE: "●",
    Liveness.WAITING: "◐",
    Liveness.OFF: "○",
    Liveness.CANNOT: "·",
}
LEGEND = "● live  ◐ waiting  ○ off"

_IN_ASCII: Final = {
    "●◐○·": "*~o.",
    "★▤†✓▣": "*@x+#",
    "↑→↓←▲▼": "^>v<^v",
    "…×–—−•“”‹›‘’": "~x---*\"\"<>''",
    "▁▂▃▄▅▆▇█": "_.:-=+*#",
    "░▒▓▔▌▐▎▏▊▕▍▋▉": ".:#-||||||||#",
    "─━┄┅┈┉╌╍═╴╶╸╺╼╾": "-=------=------",
    "│┃┆┇┊┋╎╏║╵╷╹╻╽╿": "|||||||||||||||",
    "�": "?",
}
_TABLE: Final = {
    **dict.fromkeys(range(0x2500, 0x2580), "+"),  # corners and crossings of lines
    # parts of blocks, but the one that pictures are made of
    **dict.fromkeys(range(0x2581, 0x25A0), "+"),
    **dict.fromkeys(range(0x2400, 0x2427), "?"),  # pictures of control characters
    **{
        ord(sign): ascii
        for signs, in_ascii in _IN_ASCII.items()
        for sign, ascii in zip(signs, in_ascii, strict=True)
    },
}


def in_ascii(text: str) -> str:
    """The text with ASCII for every sign that the program itself paints."""
    return text if text.isascii() else text.translate(_TABLE)


def explained(setting: str) -> tuple[str, ...]:
    """Lines of the help on the marks; ``setting`` is that of the marks."""
    return (
        f"  {LEGEND}  · cannot: public, nothing is forwarded",
        f"  {UNREAD[setting]} unread  {STARRED} starred  {ATTACHMENT} attachment"
        f"  {SPAM} spam  {GONE} no longer at Mailsac  {SELECTED} selected",
    )


class AsciiFilter(LineFilter):
    """Leaves nothing but ASCII of a line, and letters and signs of other people's text."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]
