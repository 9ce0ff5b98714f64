"""The last line of the screen: how things stand on the left, what can be done on the right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from sacterm.reading.cells import fit
from sacterm.reading.text import DisplayText
from sacterm.tui.painting import strip
from sacterm.tui.widgets.painted import Painted


class StatusLine(Painted):
    """Nothing of it moves unless what it tells has changed."""

    DEFAULT_CSS = "StatusLine { height: 1; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._hints: tuple[tuple[str, str], ...] = ()
        self._parts: tuple[tuple[DisplayText, str], ...] = ()

    def show(self, parts: Sequence[tuple[DisplayText, str]]) -> None:
        """Show other parts.

        Args:
            parts: text and look (``good``, ``alert``, ``quiet`` or nothing) of each.
        """
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.refresh()

    def hint(self, hints: Sequence[tuple[str, str]]) -> None:
        """Offer other commands: key and word of each, the most important last."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        left = [(f" {text}", self.look(look)) for text, look in self._parts]
        used = sum(cell_len(text) for text, _ in left)
        room = max(width - used - 2, 0)
        right: list[tuple[str, Style]] = []
        # help comes last and is always there: it leads to all the others
        for key, word in reversed(self._hints):
            length = cell_len(key) + cell_len(word) + 3
            if right and length > room:
                break
            room -= length
            right[:0] = [(f"  {key}", self.look("key")), (f" {word}", self.look("quiet"))]
        taken = sum(cell_len(text) for text, _ in right) + 1
        if used > width - taken and left:
            line = "".join(text for text, _ in left)
            left = [(fit(line, width - taken), left[0][1])]
        body = strip(left, max(0, width - taken), self.look("base"))
        return Strip.join([body, strip(right, taken, self.look("base"))])
