"""Styled lines of any number, painted on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.style import Style
from textual.strip import Strip

from sacterm.reading.matches import Matches
from sacterm.reading.styled import Line
from sacterm.tui.painting import strip
from sacterm.tui.widgets.scroller import Scroller

_MARGIN = 1  # cells left of each line; the scrollbar has one on the right


class Sheet(Scroller, can_focus=False):
    """Lines as they were laid out, with matches and one item among them set off."""

    DEFAULT_CSS = """
    Sheet { overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()
        self._item = -1
        self._lit = False
        self._matches = Matches()
        self._match = -1

    @property
    def room(self) -> int:
        """Cells that a line may take."""
        return max(1, self.scrollable_content_region.width - _MARGIN)

    @property
    def page_height(self) -> int:
        """How many lines are on screen."""
        return max(1, self.scrollable_content_region.height)

    @property
    def top(self) -> int:
        """The first line on screen."""
        return round(self.scroll_y)

    def show(self, lines: Sequence[Line], *, top: int) -> None:
        """Show other lines.

        Args:
            lines: none wider than :attr:`room`.
            top: the first of them on screen.
        """
        self.lines, self._matches, self._match = lines, Matches(), -1
        self.set_lines(len(lines))
        self.jump(top)
        self.refresh()

    def mark(self, matches: Matches, match: int) -> None:
        """Set matches off, and one of them (-1: none) more so."""
        is_seen = bool(matches.places or self._matches.places)
        self._matches, self._match = matches, match
        if is_seen:
            self.refresh()

    def point(self, item: int, *, lit: bool) -> None:
        """Set an item (-1: none) off; ``lit`` where keys go to it."""
        if (item, lit) != (self._item, self._lit):
            self._item, self._lit = item, lit
            self.refresh()

    def jump(self, top: int) -> None:
        """Make a line the first on screen, as far as there are enough below it."""
        # forced: before the scrollbar is there, scrolling would be taken for not allowed
        self.scroll_to(y=top, animate=False, force=True)

    def reveal(self, first: int, last: int) -> None:
        """Scroll as little as needed to have those lines on screen, the first if not both."""
        if first < self.top or last - first >= self.page_height:
            self.jump(first)
        elif last >= self.top + self.page_height:
            self.jump(last - self.page_height + 1)

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self.look("base")
        index = y + self.top
        if index >= len(self.lines):
            return Strip.blank(width, base)
        line = self.lines[index]
        if line.item >= 0 and line.item == self._item:
            base += self.look("cursor" if self._lit else "cursor-blur")
        return strip([(" " * _MARGIN, Style()), *self._pieces(line, index)], width, base)

    def _pieces(self, line: Line, index: int) -> Iterator[tuple[str, Style]]:
        text = line.text
        matches = self._matches.on(index, len(text))
        at = 0
        for span in line.spans:
            style = self.look(span.look.value)
            stop = at + len(span.text)
            for begin, end, number in matches:
                begin, end = max(begin, at), min(end, stop)
                if begin < end:
                    found = self.look("match-now" if number == self._match else "match")
                    yield text[at:begin], style
                    yield text[begin:end], style + found
                    at = end
            yield text[at:stop], style
            at = stop
