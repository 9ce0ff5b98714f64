"""The message under the cursor: who, to whom, when, and its text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct
from rich.style import Style
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sacterm.reading.cells import fit, wrap
from sacterm.reading.text import DisplayText
from sacterm.tui.commands import Where, bindings
from sacterm.tui.painting import strip

_LOW = 16  # lines below which the head is two
_LONG = 20_000  # characters from which a text is wrapped off the event loop


class Page(Struct, frozen=True):
    """What the preview shows.

    Attributes:
        id: the message; another one is shown from its top.
        subject: one line.
        head: name and value of each line of the head.
        brief: the head in one line, where there is little room.
        text: the body; None where ``notice`` stands in its place.
        notice: lines that say why there is no body.
        look: the look of the notice: ``quiet``, ``bad`` or nothing.
        foot: what it cost, for the border.
    """

    id: str = ""
    subject: DisplayText = DisplayText("")
    head: tuple[tuple[str, DisplayText], ...] = ()
    brief: DisplayText = DisplayText("")
    text: DisplayText | None = None
    notice: tuple[DisplayText, ...] = ()
    look: str = "quiet"
    foot: str = ""


class Preview(ScrollView, can_focus=True):
    """Paints only the lines on screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.LINES)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "preview--subject",
        "preview--name",
        "preview--quiet",
        "preview--bad",
        "preview--rule",
    }
    DEFAULT_CSS = "Preview { overflow-x: hidden; scrollbar-size-vertical: 1; }"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._page = Page()
        self._head: list[list[tuple[str, str]]] = []
        self._lines: list[str] = []
        self._wrapping = False
        self._wrapped: Page | None = None  # the long page whose lines are all there
        self._wanted_width = 0

    def show(self, page: Page) -> None:
        """Show a message, or the same one as it is now."""
        if page == self._page:
            return
        other = page.id != self._page.id
        self._page = page
        self.border_subtitle = Content(page.foot)
        self._lay_out()
        if other:
            self.scroll_to(y=0, animate=False)

    def page_down(self) -> None:
        """Go on reading."""
        self._scroll_by(self._page_height - 2)

    def page_up(self) -> None:
        """Go back in reading."""
        self._scroll_by(2 - self._page_height)

    def action_cursor_down(self) -> None:
        self._scroll_by(1)

    def action_cursor_up(self) -> None:
        self._scroll_by(-1)

    def action_cursor_first(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_cursor_last(self) -> None:
        self.scroll_to(y=self.virtual_size.height, animate=False)

    def action_half_page_down(self) -> None:
        self._scroll_by(self._page_height // 2)

    def action_half_page_up(self) -> None:
        self._scroll_by(-(self._page_height // 2))

    def _scroll_by(self, lines: int) -> None:
        self.scroll_to(y=round(self.scroll_y) + lines, animate=False)

    @property
    def _page_height(self) -> int:
        return max(4, self.scrollable_content_region.height)

    @property
    def _width(self) -> int:
        return max(1, self.scrollable_content_region.width - 2)

    def _lay_out(self) -> None:
        page, width = self._page, self._width
        self._head = list(_head(page, width, low=self._page_height < _LOW)) if page.id else []
        if page.text is None:
            self._lines = [line for notice in page.notice for line in wrap(notice, width)]
        elif len(page.text) <= _LONG:
            self._lines = wrap(page.text, width)
        else:
            if self._wrapped is not page:  # else the lines of another width serve until then
                self._lines = wrap(page.text[:_LONG].rpartition("\n")[0], width)
            self._wanted_width = width
            if not self._wrapping:
                self._wrapping = True
                self.run_worker(self._wrap_long(), group="wrap")
        self._measure()

    async def _wrap_long(self) -> None:
        """Wrap off the event loop, once more if the page or the width changed meanwhile."""
        page, width = self._page, 0
        while page is not self._page or width != self._wanted_width:
            page, width = self._page, self._wanted_width
            lines = await asyncio.to_thread(wrap, page.text or "", width)
            if page is self._page and page.text is not None and len(page.text) > _LONG:
                place = self.scroll_y / max(1, len(self._lines)) if self._wrapped is page else 0
                self._lines, self._wrapped = lines, page
                self._measure()
                if place:
                    self.scroll_to(y=round(place * len(lines)), animate=False, force=True)
        self._wrapping = False

    def _measure(self) -> None:
        self.virtual_size = Size(self._width, len(self._head) + len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self.rich_style
        index = y + round(self.scroll_y)
        if index < len(self._head):
            pieces = [(text, self._look(look)) for text, look in self._head[index]]
        elif index - len(self._head) < len(self._lines):
            look = "" if self._page.text is not None else self._page.look
            pieces = [(self._lines[index - len(self._head)], self._look(look))]
        else:
            return Strip.blank(width, base)
        return strip([(" ", Style()), *pieces], width, base)

    def _look(self, name: str) -> Style:
        if not name:
            return Style()
        return self.get_component_rich_style(f"preview--{name}", partial=True)

    def on_resize(self, event: Resize) -> None:
        self._lay_out()


def _head(page: Page, width: int, *, low: bool) -> Iterator[list[tuple[str, str]]]:
    """The lines above the text, each in pieces of text and look."""
    for line in wrap(page.subject, width)[: 1 if low else 5]:
        yield [(line, "subject")]
    if low:
        yield [(fit(page.brief, width), "quiet")]
    else:
        for name, value in page.head:
            for place, line in enumerate(wrap(value, max(10, width - 7))[:4]):
                yield [(f"{'' if place else name:<7}", "name"), (line, "")]
    yield [("╶" + "─" * (width - 2) + "╴", "rule")]
