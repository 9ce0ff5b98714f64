"""What is painted line by line, and as little of it as can be."""

from __future__ import annotations

from math import ceil

from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.widget import Widget

from sacterm.tui.widgets.painted import Painted


class Framed(Widget):
    """Has a frame with a title, and a foot. Either can be changed without painting the rest."""

    def set_title(self, title: Content) -> None:
        """Write into the upper edge."""
        if title != self._border_title:
            self._border_title = title
            self._paint_edge(0)

    def set_foot(self, foot: Content) -> None:
        """Write into the lower edge."""
        if foot != self._border_subtitle:
            self._border_subtitle = foot
            self._paint_edge(self.outer_size.height - 1)

    def _paint_edge(self, line: int) -> None:
        # the framework's own way to set a title paints all of the widget
        inside = self.content_offset
        self.refresh(Region(-inside.x, line - inside.y, self.outer_size.width, 1))


class Scroller(ScrollView, Painted):
    """Scrolls through lines."""

    def set_lines(self, count: int) -> None:
        """Say how many lines there are."""
        region = self.scrollable_content_region
        size = Size(region.width, count)
        if (count > region.height) is self.show_vertical_scrollbar:
            # the scrollbar stays as it is: nothing on the screen has to be placed anew
            self.set_reactive(Scroller.virtual_size, size)
            self._move_thumb(count)
            self.scroll_y = self.scroll_y  # no further than there are lines
        else:
            self.virtual_size = size
            if not region and count > self.app.size.height:
                # known before it has a size, it need not be laid out and painted anew for it
                self.show_vertical_scrollbar = True

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._move_thumb(self.virtual_size.height)
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)

    def _move_thumb(self, lines: int) -> None:
        """Paint the scrollbar anew where one of so many lines more, or less, is seen in it."""
        if self.show_vertical_scrollbar:
            bar = self.vertical_scrollbar
            before = _thumb(bar)
            bar.set_reactive(ScrollBar.window_virtual_size, lines)
            bar.set_reactive(ScrollBar.position, self.scroll_y)
            if _thumb(bar) != before:
                bar.refresh()


def _thumb(bar: ScrollBar) -> tuple[int, int]:
    """Where the thumb begins and how long it is, in eighths of a cell, as it is painted."""
    room, lines, seen = bar.size.height, bar.window_virtual_size, bar.window_size
    if not room or lines <= seen:
        return 0, 0
    length = max(1.0, seen * room / lines)
    return int((room - length) * bar.position / (lines - seen) * 8), ceil(length * 8)
