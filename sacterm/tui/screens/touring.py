"""The tour of hints: when it begins, what leads on, how it ends."""

from __future__ import annotations

from textual import on
from textual.widgets import Static

from sacterm.tui.screens.base import BaseScreen
from sacterm.tui.tour import HINTS, told
from sacterm.tui.widgets.message_list import MessageList

_SETTLED = 0.5  # seconds in which a start has painted all that it knows


class TouringActions(BaseScreen):
    """A line above the status line, there while the tour lasts. It takes no keys.

    Attributes:
        toured: it was shown; else it begins by itself with the first message.
    """

    toured = True
    _hint: int | None = None  # the place of the one that is shown

    @on(MessageList.Highlighted)
    def _begin_tour(self, event: MessageList.Highlighted) -> None:
        if event.id is not None and not self.toured:
            self.toured = True
            self.set_timer(_SETTLED, lambda: self._show_hint(self._hint or 0))

    def action_tour(self) -> None:
        self._show_hint(0 if self._hint is None else self._hint + 1)

    def acted(self, action: str) -> None:
        """Go on where an action is what the hint tells of."""
        if self._hint is not None and HINTS[self._hint].is_done_by(action):
            self.action_tour()

    def _end_tour(self) -> bool:
        """End it; whether there was one."""
        if self._hint is None:
            return False
        self._show_hint(len(HINTS))
        return True

    def _show_hint(self, place: int) -> None:
        self._hint = place if place < len(HINTS) else None
        if not self.query("#tour"):
            self.mount(Static(id="tour"), before="#status")
        line = self.query_one("#tour", Static)
        line.display = self._hint is not None
        if self._hint is not None:
            line.update(told(self._hint, self._key))
