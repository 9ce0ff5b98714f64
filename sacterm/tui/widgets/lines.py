"""The base of list and sidebar: items, one of them under the cursor, painted on demand."""

from __future__ import annotations

from abc import abstractmethod
from math import ceil

from rich.style import Style
from textual.events import Click
from textual.strip import Strip

from sacterm.tui.commands import Offers, Where, offered
from sacterm.tui.widgets.scroller import Framed, Scroller


class Lines(Offers, Scroller, Framed, can_focus=True, inherit_bindings=False):
    """Paints only the lines on screen. Knows where the cursor is, not what it means.

    An item takes one line or more, all take the same. Cursor and count are of items.
    """

    OFFERS = offered(Where.LINES)
    DEFAULT_CSS = """
    Lines { overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cursor = 0
        self._count = 0
        self._item_height = 1
        self._height = 1  # lines that are on screen, or were when it was hidden

    @abstractmethod
    def paint(self, index: int, line: int, width: int) -> Strip:
        """A line (0 is its first) of the item at an index, exactly ``width`` cells wide."""

    @abstractmethod
    def moved(self) -> None:
        """The user moved the cursor."""

    @abstractmethod
    def opened(self) -> None:
        """The user opened the item under the cursor."""

    def resized(self) -> None:
        """There is room for another number of items."""

    def stop_at(self, index: int, step: int) -> int:
        """The item on which a cursor that moved by ``step`` to ``index`` comes to rest."""
        return index

    @property
    def item_height(self) -> int:
        """How many lines an item takes."""
        return self._item_height

    @item_height.setter
    def item_height(self, lines: int) -> None:
        top, in_sight = self.top, self.cursor_in_sight
        self._item_height = lines
        self.set_count(self._count)
        self.jump(top)
        if in_sight:
            self.show_cursor()
        self.refresh()

    @property
    def page_height(self) -> int:
        """How many items are on screen, not counting one that is cut at its end."""
        return max(1, self._height // self._item_height)

    @property
    def top(self) -> int:
        """The first item on screen."""
        return round(self.scroll_y) // self._item_height

    @property
    def end(self) -> int:
        """The item after the last on screen, cut or not."""
        return self.top + ceil(self._height / self._item_height)

    def set_count(self, count: int) -> None:
        """Say how many items there are."""
        self._count = count
        lines = count * self._item_height
        cut = self._height % self._item_height if lines > self._height else 0
        self.set_lines(lines + cut)

    def validate_scroll_y(self, value: float) -> float:
        """The first item on screen is always whole."""
        return super().validate_scroll_y(value) // self._item_height * self._item_height

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        item, line = divmod(y, self._item_height)
        if 0 <= self.top + item < self._count:
            return self.paint(self.top + item, line, width)
        return Strip.blank(width, self.look("base"))

    def cursor_look(self) -> Style:
        """The style of the item under the cursor."""
        return self.look("cursor" if self.has_focus else "cursor-blur")

    def move_to(self, index: int) -> None:
        """Move the cursor as the user asked."""
        step = 1 if index >= self._cursor else -1
        index = self.stop_at(max(0, min(index, self._count - 1)), step)
        if self._count and index != self._cursor:
            before, top = self._cursor, self.top
            self._cursor = index
            self.show_cursor()
            if self.top == top:  # else all has been painted anew
                self.refresh_lines(before * self._item_height, self._item_height)
                self.refresh_lines(index * self._item_height, self._item_height)
            self.moved()

    def jump(self, top: int) -> None:
        """Make an item the first on screen."""
        # forced: before the scrollbar is there, scrolling would be taken for not allowed
        self.scroll_to(y=top * self._item_height, animate=False, force=True)

    @property
    def cursor_in_sight(self) -> bool:
        """Whether the item under the cursor is on screen, and whole."""
        return self.top <= self._cursor < self.top + self.page_height

    def show_cursor(self) -> None:
        """Scroll as little as needed to have the cursor on screen."""
        if self._cursor < self.top:
            self.jump(self._cursor)
        elif self._cursor >= self.top + self.page_height:
            self.jump(self._cursor - self.page_height + 1)

    def action_cursor_down(self, count: int = 1) -> None:
        self.move_to(self._cursor + count)

    def action_cursor_up(self, count: int = 1) -> None:
        self.move_to(self._cursor - count)

    def action_cursor_first(self, line: int = 1) -> None:
        self.move_to(line - 1)

    def action_cursor_last(self, line: int | None = None) -> None:
        self.move_to((line or self._count) - 1)

    def action_half_page_down(self, count: int = 1) -> None:
        self.move_to(self._cursor + count * (self.page_height // 2))

    def action_half_page_up(self, count: int = 1) -> None:
        self.move_to(self._cursor - count * (self.page_height // 2))

    def action_open(self) -> None:
        self.opened()

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = self.top + offset.y // self._item_height
        if 0 <= index < self._count:
            self.move_to(index)
            if event.chain == 2:
                self.opened()

    def on_resize(self) -> None:
        if self.scrollable_content_region:  # hidden, it keeps its place
            self._height = self.scrollable_content_region.height
            self.set_count(self._count)
            self.show_cursor()
            self.resized()
