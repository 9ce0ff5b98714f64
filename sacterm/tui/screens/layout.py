"""Where the panes stand, how large they are, and how the list tells of a message."""

from __future__ import annotations

from msgspec.structs import replace
from textual import on
from textual.reactive import var
from textual.widget import Widget

from sacterm.mailbox.session import Session
from sacterm.settings.options import Settings
from sacterm.settings.viewstate import ViewState
from sacterm.tui.dates import Calendar
from sacterm.tui.keymap import Keymap
from sacterm.tui.screens.base import BaseScreen
from sacterm.tui.widgets.address_list import AddressList
from sacterm.tui.widgets.desk import Desk
from sacterm.tui.widgets.preview import Preview

_SIDEBAR = 30  # cells
_STEP = 0.05  # of the room for list and preview


class LayoutActions(BaseScreen):
    """State: the sizes of the panes, and whether the message has the whole screen."""

    zoomed: var[bool] = var(False, init=False)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        keymap: Keymap,
        calendar: Calendar,
        *,
        looks: ViewState,
    ) -> None:
        """Set up.

        Args:
            session: not started yet.
            settings: as the user chose them.
            keymap: the user's keys.
            calendar: how the user writes dates.
            looks: as they were last time; they win over the settings.
        """
        super().__init__(session, settings, keymap, calendar)
        self._addresses = AddressList(id="addresses")
        self._focused_before: Widget = self._messages  # when the message took the screen
        self._desk = Desk(
            self._messages, self._preview, id="desk", beside=looks.beside, share=looks.list_share
        )
        self._sidebar_width = looks.sidebar_width or _SIDEBAR
        self._messages.roomy = (looks.density or settings.density) == "roomy"
        self._messages.absolute = (looks.dates or settings.dates) == "absolute"

    def looks(self, looks: ViewState) -> ViewState:
        """What is to be remembered, on top of what was; what the settings say is theirs."""
        density = "roomy" if self._messages.roomy else "compact"
        dates = "absolute" if self._messages.absolute else "relative"
        return replace(
            looks,
            selected=self.view.scope,
            sidebar_width=self._sidebar_width,
            list_share=self._desk.share,
            beside=self._desk.beside,
            density="" if density == self._settings.density else density,
            dates="" if dates == self._settings.dates else dates,
        )

    def action_turn_panes(self) -> None:
        self.zoomed = False
        self._desk.turn()
        if self._desk.beside and self._desk.missing:
            needed = self.size.width + self._desk.missing
            self.say(f"the message stays below: beside the list needs a terminal {needed} wide")

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed

    @on(Preview.MessageLeft)
    def _leave_zoom(self) -> None:
        self.zoomed = False

    def watch_zoomed(self, zoomed: bool) -> None:
        if zoomed:
            self._focused_before = self.focused or self._messages
        self.set_class(zoomed, "-zoomed")
        (self._preview if zoomed else self._focused_before).focus()

    def action_toggle_density(self) -> None:
        self._messages.roomy = not self._messages.roomy

    def action_toggle_dates(self) -> None:
        self._messages.absolute = not self._messages.absolute

    def action_grow_list(self) -> None:
        self._divide(_STEP)

    def action_shrink_list(self) -> None:
        self._divide(-_STEP)

    def _divide(self, step: float) -> None:
        self.zoomed = False
        self._desk.give(step)

    def action_widen_sidebar(self) -> None:
        self._set_sidebar(self._sidebar_width + 2)

    def action_narrow_sidebar(self) -> None:
        self._set_sidebar(self._sidebar_width - 2)

    def _set_sidebar(self, width: int) -> None:
        self.zoomed = False
        self._sidebar_width = max(20, min(width, 60))
        self._addresses.styles.width = self._sidebar_width
