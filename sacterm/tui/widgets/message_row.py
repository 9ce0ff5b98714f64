"""What a list says of one message, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.style import Style

from sacterm.mailbox.views import Row
from sacterm.reading.cells import cell_len, fit
from sacterm.reading.text import display_line
from sacterm.tui import marks, wording
from sacterm.tui.columns import CODE, Line

Piece = tuple[str, Style]

_UNTOLD = ("inbox", "all", "spam")  # folders that need no word; spam has a mark


class Looks(NamedTuple):
    """The styles of what is told."""

    unread: Style
    read: Style
    quiet: Style
    accent: Style
    alert: Style


class MessageRow(NamedTuple):
    """One message, to be painted.

    Attributes:
        row: the message.
        unread: the mark of what was not read yet.
        when: its age or time.
        selected: whether it is.
        online: changes are told as they are made, so none waits for long.
    """

    row: Row
    unread: str
    when: str
    selected: bool
    online: bool
    looks: Looks

    def pieces(self, line: Line) -> Iterator[Piece]:
        """The text of one of its lines, each piece with its style."""
        for slot in line:
            gap = " " * slot.gap
            for text, style in self._column(slot.name, slot.width):
                yield gap + text, style
                gap = ""

    def _column(self, name: str, width: int) -> Iterator[Piece]:
        row, quiet = self.row, self.looks.quiet
        match name:
            case "selected":
                yield marks.SELECTED if self.selected else " ", self.looks.accent
            case "marks":
                yield from self._marks()
            case "from":
                who = display_line(row.sender_name or row.sender_address, 200)
                yield fit(who or "(no sender)", width), self._weight
            case "subject":
                yield from self._subject(width)
            case "inbox":
                yield fit(_short(row.original_inbox, width), width), quiet
            case "code":
                yield self._code()
            case "age":
                yield fit(self.when, width, right=True), quiet
            case "size":
                yield fit(wording.size(row.size), width, right=True), quiet

    @property
    def _weight(self) -> Style:
        return self.looks.unread if self.row.unread else self.looks.read

    def _marks(self) -> Iterator[Piece]:
        row, accent, quiet = self.row, self.looks.accent, self.looks.quiet
        yield marks.SELECTED if self.selected else " ", accent
        yield self.unread if row.unread else " ", accent
        yield marks.STARRED if row.starred else " ", accent
        yield marks.ATTACHMENT if row.attachments else " ", quiet
        if row.gone:
            yield marks.GONE, quiet
        else:
            yield marks.SPAM if row.folder == "spam" else " ", self.looks.alert

    def _code(self) -> Piece:
        row = self.row
        if row.waiting and not self.online:
            return fit(f"{marks.WAITING} waits", CODE), self.looks.quiet
        text = display_line(row.code, 40) if row.code else "link" if row.link else ""
        return fit(text, CODE), self.looks.accent

    def _subject(self, width: int) -> Iterator[Piece]:
        row = self.row
        subject = display_line(row.subject, 400) or "(no subject)"
        tags = [f"#{display_line(label, 30)}" for label in row.labels]
        if row.folder not in _UNTOLD:
            tags.insert(0, f"in {display_line(row.folder, 30)}")
        labels = " ".join(tags)
        room = min(cell_len(labels), max(8, width // 3)) if width > 9 else 0
        gap = 1 if room else 0
        yield fit(subject, width - room - gap) + " " * gap, self._weight
        yield fit(labels, room), self.looks.quiet


def _short(address: str, width: int) -> str:
    """An address in the room there is: whole, or its local part whole."""
    text = display_line(address, 320)
    if cell_len(text) <= width:
        return text
    local = text.partition("@")[0]
    return f"{local}@…" if cell_len(local) + 2 <= width else text
