"""The sidebar, and the strip it folds to where the screen is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from msgspec import Struct
from rich.cells import cell_len
from rich.style import Style
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from sacterm.mailbox.views import View
from sacterm.model import Liveness
from sacterm.reading.cells import fit
from sacterm.reading.text import DisplayText
from sacterm.tui import marks, wording
from sacterm.tui.painting import strip
from sacterm.tui.widgets.lines import Lines
from sacterm.tui.widgets.painted import Painted


class Entry(Struct, frozen=True):
    """One line of the sidebar.

    Attributes:
        view: what it leads to; None for a heading or a note.
        name: its text.
        short: its text where there is little room.
        unread: how many unread messages it has.
        count: the number to show.
        mark: whether it is live; None where that has no meaning.
        changing: forwarding is being turned on (True) or off (False).
    """

    view: View | None
    name: DisplayText
    short: DisplayText
    unread: int = 0
    count: int = 0
    mark: Liveness | None = None
    changing: bool | None = None


@dataclass
class ViewSelected(Message):
    """The user chose a view."""

    view: View


class AddressList(Lines):
    """Addresses, domains and watched inboxes, each with its mark and its unread count."""

    @dataclass
    class Opened(Message):
        """The user wants to go on to the messages."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._entries: tuple[Entry, ...] = ()

    def show(self, entries: Sequence[Entry], selected: View) -> None:
        """Show other lines, or the same ones as they are now."""
        before, at = self._entries, self._cursor
        self._entries = tuple(entries)
        self.set_count(len(self._entries))
        views = [entry.view for entry in self._entries]
        self._cursor = views.index(selected) if selected in views else 0
        if self._cursor != at:
            self.show_cursor()
        for line, (one, other) in enumerate(zip_longest(before, self._entries)):
            if one != other or (self._cursor != at and line in (at, self._cursor)):
                self.refresh_lines(line)

    def stop_at(self, index: int, step: int) -> int:
        for way in (step, -step):  # back again from a note that nothing stands behind
            place = index
            while 0 <= place < len(self._entries) and self._entries[place].view is None:
                place += way
            if 0 <= place < len(self._entries):
                return place
        return self._cursor

    def moved(self) -> None:
        if (view := self._entries[self._cursor].view) is not None:
            self.post_message(ViewSelected(view))

    def opened(self) -> None:
        self.post_message(self.Opened())

    def paint(self, index: int, line: int, width: int) -> Strip:
        entry, base = self._entries[index], self.look("base")
        quiet = self.look("quiet")
        if entry.view is None:
            return strip([(f" {entry.name}", quiet)], width, base)
        ground = base + self.cursor_look() if index == self._cursor else base
        mark, look = self._mark(entry)
        name = self.look("unread") if entry.unread else Style()
        count = wording.number(entry.count) if entry.count else ""
        if entry.changing is not None:
            count = "turning on…" if entry.changing else "turning off…"
        room = width - 3 - (len(count) + 2 if count else 1)
        return strip(
            [(f" {mark} ", look), (fit(entry.name, room), name), (f" {count} ", quiet)],
            width,
            ground,
        )

    def _mark(self, entry: Entry) -> tuple[str, Style]:
        quiet = self.look("quiet")
        if entry.mark is None:
            return " ", quiet
        looks = {
            Liveness.LIVE: self.look("good"),
            Liveness.WAITING: self.look("waiting"),
        }
        mark = Liveness.WAITING if entry.changing is not None else entry.mark
        return marks.LIVENESS[mark], looks.get(mark, quiet)


class AddressStrip(Painted):
    """One line with the same entries, for narrow screens. Moved through from anywhere."""

    DEFAULT_CSS = "AddressStrip { height: 1; }"

    def __init__(self, hint: str, *, id: str) -> None:
        """Set up.

        Args:
            hint: how to move through it.
            id: of the widget.
        """
        super().__init__(id=id)
        self._tail = f" {hint} "
        self._entries: tuple[Entry, ...] = ()
        self._selected: View | None = None
        self._places: list[tuple[int, View]] = []

    def show(self, entries: Sequence[Entry], selected: View) -> None:
        """Show other entries, or the same ones as they are now."""
        shown = tuple(entry for entry in entries if entry.view is not None)
        if (shown, selected) != (self._entries, self._selected):
            self._entries, self._selected = shown, selected
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.look("base")
        tail = self._tail
        pieces, self._places = self._pieces(width - len(tail))
        body = strip(pieces, width - len(tail), base)
        quiet = self.look("quiet")
        return Strip.join([body, strip([(tail, quiet)], len(tail), base)])

    def _pieces(self, room: int) -> tuple[list[tuple[str, Style]], list[tuple[int, View]]]:
        cells = [self._cell(entry) for entry in self._entries]
        lengths = [sum(cell_len(text) for text, _ in cell) for cell in cells]
        selected = next((i for i, e in enumerate(self._entries) if e.view == self._selected), 0)
        first = 0
        # the selected entry is always in sight, with what stands before it if there is room
        while first < selected and sum(lengths[first : selected + 1]) > room:
            first += 1
        pieces: list[tuple[str, Style]] = []
        places: list[tuple[int, View]] = []
        used = 0
        for entry, cell, length in zip(
            self._entries[first:], cells[first:], lengths[first:], strict=True
        ):
            if used + length > room and used:
                break
            pieces.extend(cell)
            used += length
            assert entry.view is not None
            places.append((used, entry.view))
        return pieces, places

    def _cell(self, entry: Entry) -> list[tuple[str, Style]]:
        style = self.look("selected") if entry.view == self._selected else Style()
        mark = Liveness.WAITING if entry.changing is not None else entry.mark
        mark_look = {Liveness.LIVE: self.look("good"), Liveness.WAITING: self.look("waiting")}
        count = f" {wording.number(entry.count)}" if entry.count else ""
        return [
            (" ", style),
            *(
                [(f"{marks.LIVENESS[mark]} ", style + mark_look.get(mark, self.look("quiet")))]
                if mark
                else []
            ),
            (entry.short, style),
            (f"{count} ", style + self.look("quiet")),
        ]

    def on_click(self, event: Click) -> None:
        for end, view in self._places:
            if event.x < end:
                self.post_message(ViewSelected(view))
                return
