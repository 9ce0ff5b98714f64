"""A message as it was sent, as lines for the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sacterm.reading.cells import flow
from sacterm.reading.headers import with_line_feeds
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_text, pieces_of

MAX_LINES: Final = 40_000
"""Lines shown; 2.5 MB of base64 are 33,000."""

_MAX_TEXT: Final = 4_000_000  # bytes, and characters
_MAX_BINARY: Final = 500_000  # bytes, where one in twenty is a control character
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {*b"\t\r\n"})
_MAX_HEADER: Final = 100_000  # characters in which field names are marked
_FIELD_NAME: Final = re.compile(r"^[!-9;-~]+:", re.MULTILINE)
_LINE_FEED: Final = "\N{SYMBOL FOR LINE FEED}"
_HEADER_END: Final = re.compile(rf"^{_LINE_FEED}?$", re.MULTILINE)
_WINDOWS: Final = {  # bytes that are no UTF-8, as Python marks them
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)
}
_PICTURES: Final = {  # of what ends a line elsewhere and not in mail
    "\r": "\N{SYMBOL FOR CARRIAGE RETURN}",
    "\v": "\N{SYMBOL FOR VERTICAL TABULATION}",
    "\f": "\N{SYMBOL FOR FORM FEED}",
    **dict.fromkeys("\x85\u2028\u2029", "\N{SYMBOL FOR NEWLINE}"),
}


def lines(raw: bytes, width: int) -> list[Line]:
    """The source of a message, broken where it is wider than the screen.

    The line ends of mail (CRLF) are not shown; carriage returns alone are, and line feeds alone
    where there are both. Bytes that are no UTF-8 are taken for Windows-1252.

    Args:
        raw: the message.
        width: in cells, at least 2.
    """
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    limit = _MAX_BINARY if 20 * controls > len(raw) else _MAX_TEXT
    text = display_text(_read(with_line_feeds(raw[:limit])), _MAX_TEXT)
    shown = flow(list(_spans(text)), width, hard=True, limit=MAX_LINES + 1)
    if len(shown) > MAX_LINES or len(raw) > limit:
        notice = Span(DisplayText("the rest of the source is not shown"), Look.ALERT)
        shown = shown[:MAX_LINES] + flow([notice], width)
    return shown


def _read(raw: bytes) -> str:
    """The message as text, with what is to be shown of its line ends."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        pieces = pieces_of(raw.decode(errors="surrogateescape"))
        text = "".join(piece.translate(_WINDOWS) for piece in pieces)
    *sent, last = text.split("\n", MAX_LINES)
    if len(sent) == MAX_LINES:
        last = last[:1]  # enough to tell that there is more
    alone = _LINE_FEED if b"\r\n" in raw else ""
    sent = [line[:-1] if line.endswith("\r") else line + alone for line in sent]
    text = "\n".join([*sent, last])
    for char, picture in _PICTURES.items():
        text = text.replace(char, picture)
    return text


def _spans(text: str) -> Iterator[Span]:
    """The names of fields are marked; nothing is marked behind the first empty line."""
    end = _HEADER_END.search(text)
    at = 0
    for name in _FIELD_NAME.finditer(text, 0, min(_MAX_HEADER, end.start() if end else len(text))):
        yield Span(DisplayText(text[at : name.start()]))
        yield Span(DisplayText(name[0]), Look.STRONG)
        at = name.end()
    yield Span(DisplayText(text[at:]))
