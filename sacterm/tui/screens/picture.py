"""An image, painted in cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from sacterm.desktop.images import Cell
from sacterm.reading.text import DisplayText

FRAME = (6, 6)  # cells that a picture cannot have of the screen: width, height


class _Canvas(Widget):
    def __init__(self, rows: Sequence[Sequence[Cell]]) -> None:
        super().__init__()
        self._cells = rows
        self.styles.width, self.styles.height = len(rows[0]), len(rows)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._cells):
            return Strip.blank(self.size.width)
        return Strip(
            Segment(text, Style(color=Color.from_rgb(*front), bgcolor=Color.from_rgb(*back)))
            for text, front, back in self._cells[y]
        )


class Picture(ModalScreen[None]):
    """Shows an image until a key is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space", "dismiss", "Close")]
    DEFAULT_CSS = """
    Picture > .page { width: auto; height: auto; }
    """

    def __init__(self, title: DisplayText, rows: Sequence[Sequence[Cell]]) -> None:
        """Set up.

        Args:
            title: what it is.
            rows: as :func:`~sacterm.desktop.images.half_blocks` gives them.
        """
        super().__init__()
        self._title = title
        self._cells = rows

    def compose(self) -> ComposeResult:
        with Vertical(classes="page") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("esc closes")
            yield _Canvas(self._cells)
