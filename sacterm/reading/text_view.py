"""The plain text of a mail in lines for the screen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sacterm.reading.cells import flow
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_text
from sacterm.reading.urls import mark_urls

MAX_CHARACTERS: Final = 2_500_000
MAX_LINES: Final = 75_000

_CUT: Final = DisplayText("\n[the rest of this text is too long to be shown]")
_DEEPEST: Final = 24  # cells that are repeated at the beginning of each line
# What begins a line, and hangs out of the lines that it is broken into: quotation marks, and then
# spaces with a bullet or a number.
_HEAD: Final = re.compile(r"((?:> ?)*+)( *(?:(?:[-*•·–]|\d{1,3}[.)]) +)?)")
_HANGS: Final = frozenset("> -*•·–0123456789")
# How a line ends that says whose words are quoted below, and how it begins.
_SAYS: Final = re.compile(
    r"\b(?:wrote|schrieb[^:]*|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisała?|pisze)"
    r" ?:$"
)
_BEGINNINGS: Final = ("On ", "Am ", "Le ", "El ", "Il ", "Em ", "Op ", "Den ", "W dniu ", "Dnia ")
_LONGEST_SAYS: Final = 300  # characters
_SIGNATURE: Final = "-- "
_EMPTY_LINES: Final = re.compile(r"\n(?: *\n){2,}")


def lines(text: str, numbers: Mapping[str, int], width: int) -> list[Line]:
    """Lay out the text of a mail.

    Quotations keep their marks on each line; they, signatures (from a line ``-- ``, RFC 3676) and
    the lines that say whose words are quoted are told apart. Of empty lines one is left.

    Args:
        text: untrusted.
        numbers: of links, by target; others have none.
        width: cells of a line, at least 4.
    """
    shown = display_text(text, MAX_CHARACTERS)
    shown = DisplayText(_EMPTY_LINES.sub("\n\n", shown).strip("\n"))
    laid_out: list[Line] = []
    signed = False
    source = shown.split("\n")
    for number, line in enumerate(source):
        head = _HEAD.match(line) if line[:1] in _HANGS else None
        quoted = head is not None and head[1] != ""
        signed = not quoted and (signed or line == _SIGNATURE)
        if quoted:
            look = Look.QUOTE
        else:
            look = Look.QUIET if signed or _is_attribution(source, number) else Look.PLAIN
        hanging = f"{head[1]}{' ' * len(head[2])}" if head else ""
        fits = len(hanging) <= min(_DEEPEST, width // 2)
        rest = [Span(DisplayText(hanging), look)] if hanging and fits else []
        spans = mark_urls(DisplayText(line), look, numbers)
        laid_out += flow(spans, width, rest=rest, limit=MAX_LINES - len(laid_out))
        if len(laid_out) >= MAX_LINES:
            break
    if len(text) > MAX_CHARACTERS or len(laid_out) >= MAX_LINES:
        laid_out += flow([Span(_CUT, Look.ALERT)], width)
    return laid_out


def _is_attribution(source: Sequence[str], number: int) -> bool:
    """Whether a line says whose words are quoted below it; some senders break it in two."""
    line = source[number]
    if line.endswith(":"):
        if len(line) <= _LONGEST_SAYS and "".join(source[number + 1 : number + 3]).startswith(">"):
            return True
        begins = source[max(0, number - 1)].startswith(_BEGINNINGS)
        return (begins or line.startswith(_BEGINNINGS)) and _says(line)
    return line.startswith(_BEGINNINGS) and any(map(_says, source[number + 1 : number + 2]))


def _says(line: str) -> bool:
    return len(line) <= _LONGEST_SAYS and _SAYS.search(line) is not None
