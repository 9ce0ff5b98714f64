"""Text laid out in lines, with white space as a browser treats it."""

from __future__ import annotations

from typing import Final

MAX_INDENTS: Final = 8
"""Levels of lists and quotations that are seen as such."""


class Page:
    """A page of text that is written from its top to its end.

    Attributes:
        indents: what begins each line, one entry for each open list or quotation.
        links: targets, in the order of their first mention, with their numbers.
    """

    def __init__(self) -> None:
        self.indents: list[str] = []
        self.links: dict[str, int] = {}
        self._pieces: list[str] = []
        # Due before the next words:
        self._breaks = 0
        self._space = ""
        self._marker = ""  # in place of the innermost indent

    def __len__(self) -> int:
        return len(self._pieces)

    def text(self) -> str:
        """All that was written."""
        return "".join(self._pieces)

    def write(self, text: str) -> None:
        """Add words; the text has no white space but single spaces."""
        if text.startswith(" "):
            self._space = self._space or " "
        if words := text.strip(" "):
            self._put(words)
            self._space = " " if text.endswith(" ") else ""

    def write_lines(self, text: str) -> None:
        """Add text with its own line breaks and spaces."""
        first, *others = text.split("\n")
        if first:
            self._put(first)
        for line in others:
            self._breaks += 1
            if line.strip():
                self._put(line)

    def end_block(self, breaks: int) -> None:
        """Begin a new line (1), or leave one empty before it (2)."""
        self._breaks = max(self._breaks, 1 if self._marker else breaks)
        self._space = ""

    def break_line(self) -> None:
        """Begin a new line, and another one if asked again."""
        self.end_block(min(self._breaks + 1, 2))

    def begin_cell(self) -> None:
        """Keep away from the cell before, where that is on the same line."""
        self._space = "  "

    def begin_item(self, marker: str) -> None:
        """Begin the next line with a bullet or number; "" if there was no such line."""
        self._marker = marker

    def add_link(self, target: str, begins_at: int) -> None:
        """Number a link, right after its words, or on its own where it has none.

        Args:
            target: where it leads.
            begins_at: the length of the page at its beginning.
        """
        mark = f"[{self.links.setdefault(target, len(self.links) + 1)}]"
        if len(self) > begins_at:
            self._pieces.append(f" {mark}")
        else:
            self.write(f" {mark} ")

    def _put(self, words: str) -> None:
        if self._breaks or not self._pieces:
            indents = self.indents[:MAX_INDENTS]
            if self._marker:
                indents[-1:] = [self._marker]
            self._pieces += ["\n" * self._breaks if self._pieces else "", *indents, words]
        else:
            self._pieces += [self._space, words]
        self._breaks = 0
        self._space = self._marker = ""
