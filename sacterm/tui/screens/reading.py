"""Reading the message under the cursor."""

from __future__ import annotations

import asyncio
from time import monotonic

from textual import on, work
from textual.timer import Timer

from sacterm.errors import SactermError
from sacterm.mailbox.bodies import Outcome, Reading
from sacterm.tui.forms import Form
from sacterm.tui.screens.exporting import ExportingActions
from sacterm.tui.screens.handing import HandingActions
from sacterm.tui.screens.opening import OpeningActions
from sacterm.tui.widgets.message_list import MessageList
from sacterm.tui.widgets.preview import Preview

_DWELL = 0.3  # seconds on a message before an op is spent on it: scrolling past costs nothing

_PAINTED = 0.01  # seconds in which the list is painted, before the message is looked for
_RUSH = 0.08  # seconds between two moves of the cursor while a key is held, at most

BODY = "body"


class ReadingActions(OpeningActions, HandingActions, ExportingActions):
    """Shows the message under the cursor, in all its forms."""

    _read_timer: Timer | None = None
    _highlighted = 0.0  # when, on the clock that never jumps

    @on(MessageList.Highlighted)
    def _highlight(self, event: MessageList.Highlighted) -> None:
        now = monotonic()
        settle = _RUSH if now - self._highlighted < _RUSH else _PAINTED
        self._highlighted = now
        self._read(
            event.id,
            fetch=event.by_user,
            wait=_DWELL,
            unasked=True,
            settle=settle,
        )

    @on(MessageList.Opened)
    def _open(self, event: MessageList.Opened) -> None:
        self._read(event.id, fetch=True, wait=0.0)
        self._preview.focus()

    @on(Preview.MessageLeft)
    def _leave_message(self) -> None:
        self._messages.focus()

    @work(group=BODY, exclusive=True)
    async def _read(
        self,
        id: str | None,
        *,
        fetch: bool,
        wait: float,
        unasked: bool = False,
        settle: float = 0.0,
    ) -> None:
        if self._read_timer:
            self._read_timer.stop()
        await asyncio.sleep(settle)
        if id is None:
            self._show_page(None, None)
            return
        try:
            if self._shown is None:  # the head is known, and reading takes a moment
                self._show_page(id, None)
                await self._painted()
            if beginning := await self._session.bodies.beginning(id):
                self._show_page(id, beginning)
                # reading the rest takes the processor from laying that out
                await self._preview.at_rest.wait()
                await asyncio.sleep(_PAINTED)
            reading = await self._session.bodies.read(id, fetch=False)
            if reading.outcome is Outcome.NOT_ASKED and fetch:
                self._show_page(id, None)
                await asyncio.sleep(wait)
                reading = await self._session.bodies.read(id, fetch=True, unasked=unasked)
        except SactermError as error:
            reading = Reading(Outcome.FAILED, reason=str(error))
        with self._told():
            self._show_page(id, reading)
        if reading.outcome is Outcome.HERE and self._settings.mark_read_after >= 0:
            self._read_timer = self.set_timer(
                max(0.001, self._settings.mark_read_after),
                lambda: self._do(self._session.triage.opened(id)),
            )

    def action_view_text(self) -> None:
        self._preview.turn(Form.TEXT)

    def action_view_html(self) -> None:
        self._preview.turn(Form.HTML)

    def action_view_headers(self) -> None:
        self._preview.turn(Form.HEADERS)

    def action_view_links(self) -> None:
        self._preview.turn(Form.LINKS)

    def action_view_parts(self) -> None:
        self._preview.turn(Form.PARTS)

    def action_view_source(self) -> None:
        self._preview.turn(Form.SOURCE)

    def action_next_view(self) -> None:
        self._preview.step(1)

    def action_previous_view(self) -> None:
        self._preview.step(-1)

    def action_next_message(self, count: int = 1) -> None:
        self._messages.action_cursor_down(count)

    def action_previous_message(self, count: int = 1) -> None:
        self._messages.action_cursor_up(count)

    def action_message_page_down(self) -> None:
        self._preview.page_down()

    def action_message_page_up(self) -> None:
        self._preview.page_up()

    def action_follow(self) -> None:
        self._messages.toggle_follow()
