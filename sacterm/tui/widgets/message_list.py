"""The messages of a view, newest first: a window of the store, painted line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Protocol

from rich.style import Style
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from sacterm.errors import StoreFailed
from sacterm.mailbox.views import Counts, Row, View
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import wording
from sacterm.tui.columns import Line, lay_out
from sacterm.tui.dates import Calendar
from sacterm.tui.painting import strip
from sacterm.tui.widgets.lines import Lines
from sacterm.tui.widgets.message_row import Looks, MessageRow

_MARGIN = 30  # messages kept in hand above and below those on screen


class Source(Protocol):
    """Where the list reads. Every answer takes a few milliseconds at most."""

    def at_once(self) -> AbstractContextManager[None]: ...
    def counts(self, view: View) -> Counts: ...
    def page(self, view: View, offset: int, limit: int) -> list[Row]: ...
    def row(self, id: str) -> Row | None: ...
    def position(self, view: View, id: str, near: int = 0) -> int | None: ...
    def ids(self, view: View, first: int, last: int) -> list[str]: ...
    def among(self, view: View, ids: Iterable[str]) -> set[str]: ...


class MessageList(Lines):
    """The cursor belongs to a message, not to a place: new mail never moves it to another.

    At the top, new mail shows at once. Once the user has gone down the list, the line under the
    cursor stays in sight, and a pill tells how many wait above.
    """

    @dataclass
    class Highlighted(Message):
        """Another message is under the cursor.

        Attributes:
            id: the message, or None where the view is empty.
            by_user: whether the user moved there.
        """

        id: str | None
        by_user: bool

    @dataclass
    class Unreadable(Message):
        """The source could not be read; what was read before is still shown."""

        error: StoreFailed

    @dataclass
    class Opened(Message):
        """The user opened a message."""

        id: str

    def __init__(
        self,
        source: Source,
        selection: AbstractSet[str],
        *,
        id: str,
        now: Callable[[], datetime],
        unread: str,
        calendar: Calendar,
        columns: tuple[str, ...],
    ) -> None:
        """Set up.

        Args:
            source: where to read.
            selection: ids of the messages that are selected; the owner changes it.
            id: of the widget.
            now: the time, aware.
            unread: the mark of what was not read yet.
            calendar: how dates are written.
            columns: to be shown, from left to right.
        """
        super().__init__(id=id)
        self._now = now
        self._unread = unread
        self._calendar = calendar
        self._absolute = False
        self._show = columns
        self._show_of_one = tuple(name for name in columns if name != "inbox")
        self._source = source
        self._selection = selection
        self.remark = ""  # for the title: what is particular to the list
        self._view: View | None = None
        self._title: DisplayText = display_line("")
        self._several = True  # messages of several inboxes: tell whose
        self._counts = Counts()
        self._rows: list[Row] = []
        self._whens: dict[int, str] = {}  # as painted, by the place on screen
        self._first = 0
        self._pinned: str | None = None
        self._pinned_at = 0  # where it stood when the list was read
        self._waiting = 0
        self._gone_down = False
        self._edge = ""
        self._older = DisplayText("")
        self._empty: tuple[DisplayText, ...] = ()
        self.following = False
        self.online = True  # changes are told as they are made, so none waits for long

    @property
    def selected(self) -> Row | None:
        """The message under the cursor, in sight or not."""
        if row := self._at(self._cursor):
            return row
        return self._source.row(self._pinned) if self._pinned else None

    def show(self, source: Source, view: View, title: DisplayText, *, several: bool) -> None:
        """Show another view, from its first message.

        Args:
            source: where to read.
            view: what to show.
            title: its name.
            several: whether its messages lie in several inboxes.
        """
        shown = self._told_on_screen()
        self._source = source
        self._view, self._title, self._several = view, title, several
        self._pinned, self._cursor, self._waiting = None, 0, 0
        self._gone_down = False
        self.jump(0)
        self._read()
        self._paint_changes(shown)
        if self._pinned is None:
            self.post_message(self.Highlighted(None, by_user=False))

    def set_edges(self, *, older: DisplayText, empty: tuple[DisplayText, ...]) -> None:
        """Say what stands below the last message, and what where there is none.

        Args:
            older: that the service holds older mail, where it does.
            empty: lines for an empty view.
        """
        if (older, empty) != (self._older, self._empty):
            self._older, self._empty = older, empty
            self._measure()
            self.refresh()

    def look_again(self, source: Source | None = None) -> None:
        """Read anew; the cursor stays on its message.

        Args:
            source: where from now on; as before where it is None.
        """
        self._source = source or self._source
        if self._view is not None:
            shown = self._told_on_screen()
            self._read()
            self._paint_changes(shown)

    def _read(self) -> None:
        with self._source.at_once():
            self._read_now()

    def _read_now(self) -> None:
        assert self._view is not None
        self._counts = self._source.counts(self._view)
        before, in_sight = self._cursor, self.cursor_in_sight
        place = self._place_of(self._pinned) if self._pinned else None
        if self.following:
            place = 0 if self._counts.total else None
        if place is not None:
            self._cursor = self._pinned_at = place
        self._cursor = max(0, min(self._cursor, self._counts.total - 1))
        self._measure()
        arrived = max(0, self._cursor - before) if self._pinned else 0
        if self.following or not self._gone_down:
            self.jump(0)
        else:
            self._keep_in_place(arrived, in_sight=in_sight)
        self._rows = []
        self._load()
        self._tell_title()
        if place is None or self.following:
            self._take_id(by_user=False)

    def return_to(self, id: str) -> None:
        """Put the cursor on a message, if it is in the list."""
        if (place := self._place_of(id)) is not None:
            self._cursor, self._gone_down = place, place > 0
            self.show_cursor()
            self._load()
            self._take_id(by_user=False)
            self.refresh()

    def look_at_clock(self) -> None:
        """Paint the ages anew that are others by now."""
        for place in self._places:
            if (row := self._at(place)) and self._whens.get(place - self.top) != self._when(row):
                self.refresh_lines(place * self.item_height, self.item_height)

    @property
    def _places(self) -> range:
        """Of the messages on screen."""
        return range(self.top, self.end)

    def _told_on_screen(self) -> list[tuple[object, ...]]:
        """All that the lines on screen depend on, but time."""
        rows = [(place, self._at(place)) for place in self._places]
        total, on_all = self._counts.total, (self.online, self._several)
        return [
            (row, row and row.id in self._selection, place == self._cursor, *on_all)
            if place < total
            else (total, place)  # what stands below the last, or where there is none
            for place, row in rows
        ]

    def _paint_changes(self, before: list[tuple[object, ...]]) -> None:
        for line, (told, now) in enumerate(zip_longest(before, self._told_on_screen())):
            if told != now:
                self.refresh_lines((self.top + line) * self.item_height, self.item_height)

    def _keep_in_place(self, arrived: int, *, in_sight: bool) -> None:
        top = self.top
        if top > 0:
            self.jump(top + arrived)
        if in_sight:
            self.show_cursor()
        if self.top > 0:
            self._waiting += arrived

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) == 0 and self._waiting:
            self._waiting = 0
        self._tell_edge()
        self._load()

    def moved(self) -> None:
        if self.following:
            self.following = False
            self._tell_title()
        self._gone_down = self._cursor > 0
        self._load()
        self._take_id(by_user=True)

    def opened(self) -> None:
        if row := self.selected:
            self.post_message(self.Opened(row.id))

    def on_mouse_scroll_down(self) -> None:
        self._gone_down = True

    def on_mouse_scroll_up(self) -> None:
        self._gone_down = self.top > 1 or self._cursor > 0

    def resized(self) -> None:
        self._load()
        self._tell_edge()

    def show_cursor(self) -> None:
        super().show_cursor()
        if self._older and self._cursor == self._counts.total - 1:
            self.jump(self._count)

    def stop_at(self, index: int, step: int) -> int:
        return max(0, min(index, self._counts.total - 1))

    def toggle_follow(self) -> bool:
        """Begin or end to stay on the newest message; the new state."""
        self.following = not self.following
        self.look_again()
        return self.following

    def all_ids(self) -> list[str]:
        """The ids of all messages of the list."""
        if self._view is None:
            return []
        with self._source.at_once():
            return self._ids(0, self._source.counts(self._view).total - 1)

    def ids_between(self, one: str) -> list[str]:
        """The ids from a message to the one under the cursor, both included."""
        if self._view is None or self._pinned is None:
            return []
        with self._source.at_once():
            ends = [self._place_of(one), self._place_of(self._pinned)]
            places = sorted(place for place in ends if place is not None)
            return self._ids(places[0], places[-1]) if len(places) == 2 else []

    def among(self, ids: Iterable[str]) -> set[str]:
        """Those of the messages that are in the list."""
        return self._source.among(self._view, ids) if self._view else set()

    def step(self) -> None:
        """Go on to the next message that is not selected, as nobody asked for."""
        place = self._cursor + 1
        while (row := self._at(place)) and row.id in self._selection:
            place += 1
        if row is not None:
            self._cursor = place
            self.show_cursor()
            self._load()
            self._take_id(by_user=False)
            self.refresh()

    def show_selection(self) -> None:
        """Paint anew what is selected."""
        self._tell_title()
        self.refresh()

    def _ids(self, first: int, last: int) -> list[str]:
        if self._view is None or last < first:
            return []
        return self._source.ids(self._view, first, last)

    def _place_of(self, id: str) -> int | None:
        return self._source.position(self._view, id, self._cursor) if self._view else None

    def _take_id(self, *, by_user: bool) -> None:
        try:
            row = self.selected
        except StoreFailed as error:
            self.post_message(self.Unreadable(error))
            return
        id_ = row.id if row else None
        self._pinned_at = self._cursor
        if id_ != self._pinned:
            self._pinned = id_
            self.post_message(self.Highlighted(id_, by_user))

    def _measure(self) -> None:
        total = self._counts.total
        self.set_count(total + bool(self._older) if total else len(self._empty))

    def _load(self) -> None:
        if self._view is None:
            return
        first, last = self.top, min(self.end, self._counts.total)
        if self._first <= first and last <= self._first + len(self._rows):
            return
        first = max(0, first - _MARGIN)
        try:
            with self._source.at_once():
                begin = first + self._shift()
                rows = self._source.page(self._view, begin, self.end - self.top + 2 * _MARGIN)
        except StoreFailed as error:
            self.post_message(self.Unreadable(error))
        else:
            self._first, self._rows = first, rows

    def _shift(self) -> int:
        """How far messages have moved down since the list was read, by what has arrived."""
        if not (self._pinned and self._view) or self._source.counts(self._view) == self._counts:
            return 0
        place = self._place_of(self._pinned)
        return 0 if place is None else place - self._pinned_at

    def _at(self, index: int) -> Row | None:
        place = index - self._first
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def _tell_title(self) -> None:
        counts = self._counts
        title = " · ".join(filter(None, (self._title, self.remark)))
        told = wording.plural(counts.total, "message") if counts.is_whole else "counting…"
        title += f" · {told}"
        if counts.unread and counts.is_whole:
            title += f" · {wording.number(counts.unread)} unread"
        if self._selection:
            title += f" · {wording.number(len(self._selection))} selected"
        if self.following:
            title += " · following"
        self.set_title(Content(title))
        self._tell_edge()

    def _tell_edge(self) -> None:
        edge = f"▲ {self._waiting} new" if self._waiting else ""
        if not edge and self._counts.total and self._cursor >= self.end:
            edge = "▼ the selected line is below"
        if edge != self._edge:
            self._edge = edge
            self.set_foot(Content(edge))

    # painting

    @property
    def roomy(self) -> bool:
        """Whether a message takes two lines, not one."""
        return self.item_height == 2

    @roomy.setter
    def roomy(self, roomy: bool) -> None:
        self.item_height = 2 if roomy else 1
        self._load()

    @property
    def absolute(self) -> bool:
        """Whether the list tells when messages came, not how long ago."""
        return self._absolute

    @absolute.setter
    def absolute(self, absolute: bool) -> None:
        self._absolute = absolute
        self.refresh()

    def paint(self, index: int, line: int, width: int) -> Strip:
        base = self.look("base")
        if not self._counts.total:
            return self._note(self._empty[index], line, width)
        if index == self._counts.total:
            return self._note(self._older, line, width)
        row = self._at(index)
        if row is None:
            return Strip.blank(width, base)
        when = self._calendar.width(absolute=self._absolute)
        show = self._show if self._several else self._show_of_one
        lines = lay_out(show, width, when=when, roomy=self.roomy)
        ground = base + self.cursor_look() if index == self._cursor else base
        when_told = self._when(row)
        self._whens[index - self.top] = when_told
        return _painted(self._shown(row, when_told), lines[line], width, ground)

    def _note(self, text: str, line: int, width: int) -> Strip:
        pieces = [] if line else [(f" {text}", self.look("quiet"))]
        return strip(pieces, width, self.look("base"))

    def _when(self, row: Row) -> str:
        received = datetime.fromtimestamp(row.received / 1000, UTC)
        told = self._calendar.time if self._absolute else self._calendar.age
        return told(received, self._now())

    def notify_style_update(self) -> None:
        self.__dict__.pop("_looks_of_rows", None)
        super().notify_style_update()

    @cached_property
    def _looks_of_rows(self) -> Looks:
        return Looks(*(self.look(name) for name in Looks._fields))

    def _shown(self, row: Row, when: str) -> MessageRow:
        return MessageRow(
            row,
            unread=self._unread,
            when=when,
            selected=row.id in self._selection,
            online=self.online,
            looks=self._looks_of_rows,
        )


@lru_cache(maxsize=256)
def _painted(message: MessageRow, line: Line, width: int, ground: Style) -> Strip:
    # kept, as a line that comes or goes moves all that are below it
    return strip(message.pieces(line), width, ground)
