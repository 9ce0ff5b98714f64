"""The three panes and the status line. Its handlers ask the session; the store answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from time import monotonic
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantFocus, Resize, ScreenResume
from textual.geometry import Size
from textual.timer import Timer
from textual.widgets import Static

from sacterm.aside import aside
from sacterm.errors import StoreFailed
from sacterm.mailbox.session import Session
from sacterm.mailbox.status import Change
from sacterm.mailbox.views import ALL, View, ViewKind
from sacterm.reading.text import DisplayText, display_line
from sacterm.settings.options import Settings
from sacterm.settings.viewstate import ViewState
from sacterm.tui import marks, reports, sidebar, wording
from sacterm.tui.commands import Where, offered
from sacterm.tui.dates import Calendar
from sacterm.tui.hints import At, hints
from sacterm.tui.keymap import Keymap
from sacterm.tui.later import load_the_rest
from sacterm.tui.screens.addressing import AddressActions
from sacterm.tui.screens.layout import LayoutActions
from sacterm.tui.screens.reading import ReadingActions
from sacterm.tui.screens.touring import TouringActions
from sacterm.tui.screens.triage import TriageActions
from sacterm.tui.widgets.address_list import AddressList, AddressStrip, Entry, ViewSelected
from sacterm.tui.widgets.desk import Covered
from sacterm.tui.widgets.status_line import StatusLine

_FIRST_READ = 0.5  # seconds that going live waits for the first message to be read, at most
_FRAME = 1 / 15  # seconds between two looks at the store: a burst is painted, not each mail of it


class MainScreen(
    LayoutActions,
    ReadingActions,
    TriageActions,
    AddressActions,
    TouringActions,
    inherit_bindings=False,
):
    """Puts the panes together, and looks again when the session says so."""

    AUTO_FOCUS = "#messages"
    OFFERS = offered(*(where for where in Where if where not in (Where.LINES, Where.PREVIEW)))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,super+c", "screen.copy_text", "Copy what is marked", show=False)
    ]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared so by Textual
        (0, "-tiny"),
        (80, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (20, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        session: Session,
        settings: Settings,
        keymap: Keymap,
        calendar: Calendar,
        *,
        looks: ViewState,
        notes: tuple[str, ...],
        size: Size,
    ) -> None:
        """Set up.

        Args:
            session: not started yet.
            settings: as the user chose them.
            keymap: the user's keys.
            calendar: how the user writes dates.
            looks: as they were last time.
            notes: lines for the help: what is particular to this run.
            size: of the terminal, now.
        """
        super().__init__(session, settings, keymap, calendar, looks=looks)
        self.set_reactive(MainScreen.view, View.from_scope(looks.selected))
        self.toured = looks.toured
        # what the size of the screen asks for, so that it is not styled once more for it
        self.set_classes(_breakpoints(size))
        self._notes = tuple(display_line(note, 300) for note in notes)
        self._strip = AddressStrip(
            f"{keymap.key('next-address')}/{keymap.key('previous-address')} moves", id="strip"
        )
        self._status = StatusLine(id="status")
        self._entries: tuple[Entry, ...] = ()
        self._changes = Change(0)
        self._looked = 0.0
        self._is_to_look = False
        self._countdown: Timer | None = None
        self._is_painted = False

    def compose(self) -> ComposeResult:
        with Covered(id="panes"):
            yield self._addresses
            with Covered(id="mail"):
                yield self._strip
                yield self._find_bar
                yield self._desk
        yield self._status
        yield Static(Content("sacterm needs a terminal of 80 × 20 or more"), id="too-small")

    def on_mount(self) -> None:
        for toasts in self.query("ToastRack"):
            toasts.display = False  # said once more later, it would lay out the screen again
        self._addresses.border_subtitle = Content(marks.LEGEND)
        self._set_sidebar(self._sidebar_width)
        self._show_view()
        self._show_status()
        self._stop_listening = self._session.listen(self._hear)
        self._session.hear_refusals(lambda text: self.say(text, bad=True))
        self._countdown = self.set_interval(1, self._show_status, pause=True)
        self.set_interval(30, self._messages.look_at_clock)
        self.run_worker(self._go_live())
        for note in self._session.store.notes:
            self.say(note, lasting=True)

    async def _go_live(self) -> None:
        # what loads and connects would take the processor from what is to be seen first
        await self._painted()
        self._is_painted = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_READ):
                await self._has_read.wait()
        self._session.start()
        aside(load_the_rest)

    def on_screen_resume(self, event: ScreenResume) -> None:
        if not self._is_painted:
            event.refresh_styles = False  # they were just read

    def on_unmount(self) -> None:
        self._stop_listening()

    # looking again

    def on_resize(self, event: Resize) -> None:
        if not self._is_painted and event.size == self.outer_size:
            event.prevent_default()  # as it is laid out already
        self.call_after_refresh(self._show_status)

    def _hear(self, change: Change) -> None:
        self._changes |= change
        if not self._is_to_look:
            self._is_to_look = True
            wait = self._looked + _FRAME - monotonic()
            if wait > 0:
                self.set_timer(wait, self._look_again)
            else:
                self.call_later(self._look_again)

    def _look_again(self) -> None:
        self._is_to_look = False
        self._looked = monotonic()
        change, self._changes = self._changes, Change(0)
        with self._told():
            if change & (Change.MAIL | Change.ADDRESSES):
                self._show_addresses()
            if change & Change.MAIL:
                self._look_at_list()
                self._show_selected()
            if change & Change.STATUS:
                self._show_edges()
            self._show_status()

    def _show_addresses(self) -> None:
        self._entries = sidebar.entries(self._session, self._key, folders=self.folders_shown)
        if all(entry.view != self.view for entry in self._entries):
            self.view = ALL
            return
        self._addresses.show(self._entries, self.view)
        self._strip.show(self._entries, self.view)

    def _show_status(self) -> None:
        status, ledger = self._session.status, self._session.ledger
        self._messages.online = status.online
        parts = reports.status_parts(
            status,
            self._keymap,
            ops=ledger.spent,
            left=ledger.left,
            limit=ledger.limit if ledger.is_at_limit else None,
            note=self._notes[0] if self._notes else DisplayText(""),
            narrow=not self._addresses.display,
            now=self._session.now(),
            calendar=self._calendar,
        )
        self._status.show(parts)
        self.show_hints()
        if self._countdown:
            counting = reports.waits_until(status)
            self._countdown.resume() if counting else self._countdown.pause()
        account = None
        with contextlib.suppress(StoreFailed):  # whoever reads mail tells of it
            account = self._session.store.account()
        title: str = display_line(account.id, 40) if account else "sacterm"
        if ledger.left is not None:
            left = f" · {wording.plural(ledger.left, 'op')} left"
            fits = len(title) + len(left) <= self._sidebar_width - 6
            title += left if fits else f" · {wording.number(ledger.left)} left"
        self._addresses.set_title(Content(title))

    @on(DescendantFocus)
    def show_hints(self) -> None:
        """Tell what can be done now."""
        if self.focused is self._addresses:
            at = At.ADDRESSES
        elif self.focused is self._preview:
            at = At.MESSAGE
        elif self._find_bar.has_focus_within:
            at = At.FIELD
        elif self._selection:
            at = At.SELECTION
        else:
            at = At.FOUND if self._search_text().strip() else At.LIST
        self._status.hint(hints(self._keymap, at, self._preview.form))

    # views

    def watch_folders_shown(self) -> None:
        self._show_addresses()

    def watch_view(self) -> None:
        self._show_view()

    def _show_view(self) -> None:
        with self._told():
            self._show_addresses()
            self._show_list()

    @on(ViewSelected)
    def _select_view(self, event: ViewSelected) -> None:
        self._wanted = ""
        self._find_bar.close()
        self.view = event.view

    def _step_view(self, step: int) -> None:
        views = [entry.view for entry in self._entries if entry.view]
        place = views.index(self.view) + step if self.view in views else 0
        self.post_message(ViewSelected(views[place % len(views)]))

    def action_next_address(self, count: int = 1) -> None:
        self._step_view(count)

    def action_previous_address(self, count: int = 1) -> None:
        self._step_view(-count)

    @on(AddressList.Opened)
    def _enter_list(self) -> None:
        self._messages.focus()

    # anywhere

    def action_refresh(self) -> None:
        if self.view.kind is ViewKind.INBOX and self._is_public():
            self._do(self._session.list_inbox(self.view.name))
        else:
            self._session.refresh()
            online = self._session.status.online
            self.say("asking Mailsac for new mail" if online else "trying to reach Mailsac")

    def action_next_pane(self) -> None:
        self.focus_next()

    def action_previous_pane(self) -> None:
        self.focus_previous()

    def action_back(self) -> None:
        self.app.clear_notifications()
        if self.zoomed:
            self.zoomed = False
        elif self.focused is self._preview:
            self._messages.focus()
        elif self._selection or self._range:
            self._select_none()
        elif self._clear_search():
            self._find_bar.close()
        elif not self._end_tour() and self._addresses.display:
            self._addresses.focus()

    def looks(self, looks: ViewState) -> ViewState:
        return replace(super().looks(looks), toured=self.toured)

    def action_help(self) -> None:
        from sacterm.tui.screens.help import Help

        self.app.push_screen(Help(self._keymap, self._pane(), self._notes, self._settings.marks))

    def _pane(self) -> Where:
        """The kind of commands that the focused pane is for."""
        if self.focused is self._addresses:
            return Where.ADDRESS
        return Where.READING if self.focused is self._preview else Where.TRIAGE

    def action_account(self) -> None:
        from sacterm.tui.charts import SIGNS
        from sacterm.tui.screens.account import AccountPage

        signs = SIGNS[self._settings.marks]
        page = AccountPage(self._session, self._keymap, signs, self._calendar)
        self.app.push_screen(page)

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_change_theme(self) -> None:
        self.app.search_themes()

    def action_quit(self) -> None:
        store = self._session.store
        if self._session.unfinished or (store.keeps_nothing and store.count_unsent()):
            self._leave()
        else:
            self.app.exit()

    @work(group="leave", exclusive=True)
    async def _leave(self) -> None:
        """Finish what is to be told to the service, in sight."""
        from sacterm.tui.screens.progress import Leaving

        self.app.clear_notifications()
        leaving = Leaving()
        await self.app.push_screen(leaving)
        await self._session.finish(leaving.tell)
        await leaving.dismiss()
        left = self._session.store.count_unsent() if self._session.store.keeps_nothing else 0
        if not left or await self._confirmed(
            f"Mailsac was not told of {wording.plural(left, 'change')}",
            ("Nothing is kept on this machine in this run: they are lost.",),
            "leaves",
        ):
            self.app.exit()


def _breakpoints(size: Size) -> Iterator[str]:
    """The classes of a screen of a size."""
    for length, points in (
        (size.width, MainScreen.HORIZONTAL_BREAKPOINTS),
        (size.height, MainScreen.VERTICAL_BREAKPOINTS),
    ):
        yield max((least, name) for least, name in points if least <= length)[1]
