"""A terminal that takes nothing but what the app itself has to send, and knows where it stands."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate
from typing import Final
from unicodedata import category, east_asian_width

from tests.e2e.terminal import Terminal
from tests.unit.hostilestrings import is_unfit

_MODES: Final = b"7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048"
_OWN: Final = re.compile(  # of the framework: colours, places, modes, questions on modes, pointers
    rb"\x1b\[(?:[0-9;]*m|(?P<row>\d+);(?P<column>\d+)H|\?(?:%s)[hl]|\?20(?:26|48)\$p|>\d+u|<u|8[hl]"
    rb"|(?P<on>\d+)C)|\x1b[78]|\r\n|\x1b\]22;(?:default|pointer|text)\x07" % _MODES
)
_COPIES: Final = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")  # by a key of the user's
_NOTICES: Final = re.compile(rb"\x1b\]777;notify;([^;\x00-\x1f\x7f]*);([^;\x00-\x1f\x7f]*)\x1b\\")
_TEXT: Final = re.compile(rb"[^\x00-\x1f\x7f]+")
_FRAGMENT: Final = re.compile(rb"\x1b(?:\[[0-9;?<>$]*|\][^\x00-\x1f]*\x1b?)?\Z|\r\Z")


class StrictTerminal(Terminal):
    """Keeps the screen as a grid, and what no terminal should ever have been sent.

    Cells are counted by Unicode's own tables, not by those the app paints by.

    Attributes:
        strays: sequences and characters that are not the app's own, with what stood before each.
        overflows: lines that went on behind the last column.
        copied: what was sent to the clipboard, in base64.
        notices: title and body of each notice for the desktop.
        columns: of the screen.
    """

    def __init__(
        self, command: list[str], environ: dict[str, str], *, size: tuple[int, int]
    ) -> None:
        super().__init__(command, environ, size=size)
        self.columns, rows = size
        self.strays: list[bytes] = []
        self.overflows: list[str] = []
        self.copied: list[bytes] = []
        self.notices: list[tuple[str, str]] = []
        self._grid = [[" "] * self.columns for _ in range(rows)]
        self._row = self._column = self._saved = 0
        self._taken = 0

    @property
    def lines(self) -> list[str]:
        """What is on the screen; the second cell of a wide character holds nothing."""
        self._take()
        return ["".join(row) for row in self._grid]

    def waits(self, condition: Callable[[], bool], what: str, limit: float = 10.0) -> None:
        """Take in what is painted until the condition holds."""
        end = time.monotonic() + limit
        while self._is_painting or not condition():
            before = len(self.raw)
            if time.monotonic() > end or not self._pump(0.05):
                raise AssertionError(self._told(what))
            self._take(all=len(self.raw) == before and not self._is_painting)

    def shows(self, *words: str, limit: float = 10.0) -> None:
        """Wait until all words are on the screen at once."""
        self.waits(lambda: all(word in self._all for word in words), f"not all of {words}", limit)

    def hides(self, *words: str, limit: float = 10.0) -> None:
        """Wait until none of the words is on the screen."""
        self.waits(lambda: not any(word in self._all for word in words), f"still {words}", limit)

    def types(self, keys: str, *words: str) -> None:
        """Press keys, and wait for what they bring."""
        self.press(keys)
        self.shows(*words)

    def click(self, text: str) -> None:
        """Click on a text with the mouse."""
        row, column = self._find(text)
        place = f"0;{column + 1};{row + 1}"
        self.press(f"\x1b[<{place}M\x1b[<{place}m")

    def frame(self, title: str) -> list[list[str]]:
        """The rows inside the frame whose title begins so; fails where an edge is broken."""
        top, left = self._find(f"╭─ {title}")
        right = self._grid[top].index("╮", left)
        inside: list[list[str]] = []
        for row in self._grid[top + 1 :]:
            if row[left] == "╰":
                assert row[right] == "╯", self._told(f"the lower edge under “{title}” is broken")
                return inside
            edges = row[left], row[right]
            assert edges == ("│", "│"), self._told(f"under “{title}” is {''.join(row)!a}")
            inside.append(row[left + 1 : right])
        raise AssertionError(self._told(f"the frame “{title}” has no end"))

    @property
    def _is_painting(self) -> bool:
        """Whether the end of what is painted at once has not come yet."""
        return self.raw.rfind(b"\x1b[?2026h") > self.raw.rfind(b"\x1b[?2026l")

    @property
    def _all(self) -> str:
        return "\n".join(self.lines)

    def _find(self, text: str) -> tuple[int, int]:
        """Row and column of a text, where it stands last: a dialog is below what it lies over."""
        for place, line in reversed(list(enumerate(self.lines))):
            if (at := line.find(text)) >= 0:
                ends = list(accumulate(map(len, self._grid[place])))
                return place, bisect_right(ends, at)
        raise AssertionError(self._told(f"there is no “{text}”"))

    def _told(self, what: str) -> str:
        return "\n".join(["", *self.lines, what])

    def _take(self, *, all: bool = False) -> None:
        """Take in what has come since, but for the last text, which may not be whole yet."""
        raw, at = self.raw, self._taken
        while at < len(raw):
            if own := _OWN.match(raw, at):
                at = own.end()
                if own[0] == b"\r\n":
                    self._next_line()
                elif own[0].startswith(b"\x1b[?1049"):
                    self._grid = [[" "] * self.columns for _ in self._grid]
                elif own[0] == b"\x1b7":
                    self._saved = self._column
                elif own[0] == b"\x1b8":
                    self._column = self._saved
                elif own["on"]:
                    self._column = min(self._column + int(own["on"]), self.columns)
                elif own["row"]:
                    self._row, self._column = int(own["row"]) - 1, int(own["column"]) - 1
            elif copies := _COPIES.match(raw, at):
                at = copies.end()
                self.copied.append(copies[1])
            elif notices := _NOTICES.match(raw, at):
                at = notices.end()
                self.notices.append((notices[1].decode(), notices[2].decode()))
            elif (text := _TEXT.match(raw, at)) and (all or text.end() < len(raw)):
                at = text.end()
                self._paint(text[0])
            elif text or _FRAGMENT.match(raw, at):
                break  # there is more to come of it
            else:
                self.strays.append(raw[max(0, at - 60) : at + 20])
                at += 1
        self._taken = at

    def _next_line(self) -> list[str]:
        self._row, self._column = self._row + 1, 0
        if self._row == len(self._grid):
            self._row -= 1
            self._grid = [*self._grid[1:], [" "] * self.columns]
        return self._grid[self._row]

    def _paint(self, octets: bytes) -> None:
        text = octets.decode(errors="surrogateescape")
        if any(map(is_unfit, set(text))):
            self.strays.append(octets)
        for grapheme, width in graphemes(text):
            row = self._grid[self._row]
            if self._column + width > self.columns:
                if self.raw.rfind(b"\x1b[?7l") > self.raw.rfind(b"\x1b[?7h"):
                    self.overflows.append("".join(row))
                    return
                row = self._next_line()  # another program has the terminal
            if not width:
                continue
            if row[self._column] == "" and self._column:
                row[self._column - 1] = " "  # half a character is none
            row[self._column] = grapheme
            after = self._column + width
            if width == 2:
                row[self._column + 1] = ""
            if after < self.columns and row[after] == "":
                row[after] = " "
            self._column = after


def graphemes(text: str) -> Iterator[tuple[str, int]]:
    """The characters of a text as a person counts them, and the cells that each takes."""
    if text.isascii():
        yield from ((char, 1) for char in text)
        return
    grapheme, width = "", 0
    for char in text:
        joined = grapheme.endswith("\u200d") and width == 2
        paired = _is_regional(char) and len(grapheme) == 1 and _is_regional(grapheme)
        if grapheme and (joined or paired or _extends(char, grapheme)):
            grapheme += char
            if char == "\ufe0f" or paired:
                width = 2
            continue
        if grapheme:
            yield grapheme, width
        grapheme, width = char, _width(char)
    if grapheme:
        yield grapheme, width


def _extends(char: str, grapheme: str) -> bool:
    is_tone = 0x1F3FB <= ord(char) <= 0x1F3FF and grapheme != " "
    return is_tone or not _width(char)


def _is_regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


@cache
def _width(char: str) -> int:
    if category(char) in ("Mn", "Me", "Mc", "Cf", "Cc"):
        return 0
    if 0x1160 <= ord(char) <= 0x11FF:  # the vowels and ends of a Korean syllable
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
