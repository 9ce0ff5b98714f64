"""Getting at the message under the cursor, and showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sacterm.mailbox.bodies import Outcome, Reading
from sacterm.mailbox.views import Row
from sacterm.tui import reports
from sacterm.tui.screens.base import BaseScreen

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter


class LetterActions(BaseScreen):
    """What all need that do something with one message."""

    _shown: tuple[str, Reading | None] | None = None

    def _show_page(self, id: str | None, reading: Reading | None) -> None:
        row = self._session.store.row(id) if id else None
        message = self._session.store.message(id) if id else None
        if row is None or message is None:
            self._shown = None
            self._preview.show(reports.no_page(self._key))
        else:
            self._shown = row.id, reading
            now = self._session.now()
            self._preview.show(
                reports.page(message, row, reading, self._keymap, now, self._calendar)
            )
        if reading or not self._shown:
            self._has_read.set()

    def _show_selected(self) -> None:
        """Paint the head anew where something about the message changed."""
        row = self._messages.selected
        if row is not None and self._shown and self._shown[0] == row.id:
            self._show_page(row.id, self._shown[1])

    async def _known(self, row: Row) -> Letter | None:
        """A message read, where that costs nothing."""
        return (await self._session.bodies.read(row.id, fetch=False)).letter

    async def _letter(self, row: Row) -> Letter | None:
        """A message read, for an op if need be; says why where it cannot be had."""
        reading = await self._session.bodies.read(row.id, fetch=False)
        if reading.outcome is Outcome.NOT_ASKED:
            self.say("reading the message · 1 op")
            reading = await self._session.bodies.read(row.id, fetch=True)
            selected = self._messages.selected
            if selected and selected.id == row.id:
                self._show_page(row.id, reading)
        if reading.letter is None:
            self.say(reading.reason, bad=True)
        return reading.letter
