"""A text to scroll through, in the middle of the screen."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from sacterm.reading.cells import wrap
from sacterm.reading.styled import Line, Span
from sacterm.reading.text import DisplayText
from sacterm.tui.commands import Offers, Where, offered
from sacterm.tui.widgets.sheet import Sheet


class Moves(Offers):
    """The motions of a screen that is one sheet."""

    OFFERS = offered(Where.LINES) | {"message-page-down", "message-page-up"}
    _sheet: Sheet

    def action_cursor_down(self) -> None:
        self._sheet.jump(self._sheet.top + 1)

    def action_cursor_up(self) -> None:
        self._sheet.jump(self._sheet.top - 1)

    def action_cursor_first(self) -> None:
        self._sheet.jump(0)

    def action_cursor_last(self) -> None:
        self._sheet.jump(len(self._sheet.lines))

    def action_half_page_down(self) -> None:
        self._sheet.jump(self._sheet.top + self._sheet.page_height // 2)

    def action_half_page_up(self) -> None:
        self._sheet.jump(self._sheet.top - self._sheet.page_height // 2)

    def action_message_page_down(self) -> None:
        self.action_half_page_down()

    def action_message_page_up(self) -> None:
        self.action_half_page_up()


class Paper(Moves, ModalScreen[None]):
    """What a part says, or what a command printed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", show=False),
    ]
    DEFAULT_CSS = """
    Paper > .page { height: 94%; width: 96%; }
    """

    def __init__(self, title: DisplayText, text: DisplayText, foot: str = "") -> None:
        """Set up.

        Args:
            title: whose text it is.
            text: of any length.
            foot: more of it, for the lower edge.
        """
        super().__init__()
        self._title = title
        self._text = text
        self._foot = foot
        self._sheet = Sheet()

    def compose(self) -> ComposeResult:
        with Vertical(classes="page") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content(" · ".join(filter(None, (self._foot, "esc closes"))))
            yield self._sheet

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        self.run_worker(self._wrap(self._sheet.room), exclusive=True)

    async def _wrap(self, width: int) -> None:
        lines = await asyncio.to_thread(_lines, self._text, width)
        top = self._sheet.top * len(lines) // max(1, len(self._sheet.lines))
        self._sheet.show(lines, top=top)

    def action_open(self) -> None:
        self.dismiss()


def _lines(text: DisplayText, width: int) -> list[Line]:
    return [Line((Span(DisplayText(line)),)) for line in wrap(text, width)]
