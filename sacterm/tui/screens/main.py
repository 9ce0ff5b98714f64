"""The three panes and the status line. Its handlers ask the session; the store answers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from time import monotonic
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from sacterm.errors import SactermError, ServiceError, StoreFailed
from sacterm.mailbox.addresses import NotReserved, canonical
from sacterm.mailbox.bodies import Outcome, Reading
from sacterm.mailbox.ledger import utc_now
from sacterm.mailbox.session import Session
from sacterm.mailbox.status import Change
from sacterm.mailbox.views import ALL, View, ViewKind
from sacterm.model import Liveness
from sacterm.reading.text import DisplayText, display_line
from sacterm.settings.viewstate import ViewState
from sacterm.tui import marks, reports, sidebar, wording
from sacterm.tui.commands import Where, bindings, hints
from sacterm.tui.screens.dialogs import Ask, Confirm
from sacterm.tui.screens.help import Help
from sacterm.tui.widgets.address_list import AddressList, AddressStrip, Entry, ViewSelected
from sacterm.tui.widgets.message_list import MessageList
from sacterm.tui.widgets.preview import Page, Preview
from sacterm.tui.widgets.status_line import StatusLine

_FRAME = 1 / 30  # seconds between two looks at the store: a burst is painted, not each mail of it
_DWELL = 0.3  # seconds on a message before an op is spent on it: scrolling past costs nothing

_SIDEBAR = 30  # cells
_SHARE = 0.4  # of the height beside the preview

BODY, ACTION = "body", "action"


class MainScreen(Screen[None]):
    """State: which view, which message. All else is the session's, or the widgets' own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.ANYWHERE, Where.MESSAGE, Where.ADDRESS)
    ]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared so by Textual
        (0, "-tiny"),
        (80, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (20, "-tall")]  # noqa: RUF012

    view: var[View] = var(ALL, init=False)

    def __init__(
        self, session: Session, *, looks: ViewState, mark_read_after: float, notes: tuple[str, ...]
    ) -> None:
        """Set up.

        Args:
            session: not started yet.
            looks: as they were last time.
            mark_read_after: seconds after which a message shown counts as read; < 0: never.
            notes: lines for the help: what is particular to this run.
        """
        super().__init__()
        self.set_reactive(MainScreen.view, View.from_scope(looks.selected))
        self._session = session
        self._sidebar_width = looks.sidebar_width or _SIDEBAR
        self._list_share = looks.list_share or _SHARE
        self._mark_read_after = mark_read_after
        self._notes = tuple(display_line(note, 300) for note in notes)
        self._entries: tuple[Entry, ...] = ()
        self._changes = Change(0)
        self._looked = 0.0
        self._look_timer: Timer | None = None
        self._read_timer: Timer | None = None
        self._countdown: Timer | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield AddressList(id="addresses")
            with Vertical(id="mail"):
                yield AddressStrip(id="strip")
                yield MessageList(self._session.store, id="messages")
                yield Preview(id="preview")
        yield StatusLine(list(hints()), id="status")
        yield Static(Content("sacterm needs a terminal of 80 × 20 or more"), id="too-small")

    def on_mount(self) -> None:
        self._addresses = self.query_one(AddressList)
        self._strip = self.query_one(AddressStrip)
        self._messages = self.query_one(MessageList)
        self._preview = self.query_one(Preview)
        self._status = self.query_one(StatusLine)
        self._addresses.border_subtitle = Content(marks.LEGEND)
        self._preview.border_title = Content("Text")
        self._set_room()
        self._show_view()
        self._show_status()
        self._messages.focus()
        self._stop_listening = self._session.listen(self._hear)
        self._countdown = self.set_interval(1, self._show_status, pause=True)
        self.set_interval(30, self._messages.refresh)
        self.call_after_refresh(self._session.start)
        for note in self._session.store.notes:
            self.say(note, lasting=True)

    def on_unmount(self) -> None:
        self._stop_listening()

    # looking again

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_status)

    def _hear(self, change: Change) -> None:
        self._changes |= change
        if self._look_timer is None:
            wait = max(0.001, self._looked + _FRAME - monotonic())
            self._look_timer = self.set_timer(wait, self._look_again)

    def _look_again(self) -> None:
        self._look_timer = None
        self._looked = monotonic()
        change, self._changes = self._changes, Change(0)
        try:
            if change & (Change.MAIL | Change.ADDRESSES):
                self._show_addresses()
            if change & Change.MAIL:
                self._show_edges()
                self._messages.look_again()
                self._show_selected()
            self._show_status()
        except StoreFailed as error:
            self.say(f"{error} · {error.remedy}", bad=True)

    def _show_addresses(self) -> None:
        self._entries = sidebar.entries(self._session)
        if all(entry.view != self.view for entry in self._entries):
            self.view = ALL
            return
        self._addresses.show(self._entries, self.view)
        self._strip.show(self._entries, self.view)

    def _show_status(self) -> None:
        status, ledger = self._session.status, self._session.ledger
        parts = reports.status_parts(
            status,
            ops=ledger.spent,
            left=ledger.left,
            note=self._notes[0] if self._notes else DisplayText(""),
            narrow=not self._addresses.display,
            now=utc_now(),
        )
        self._status.show(parts)
        if self._countdown:
            counting = reports.waits_until(status)
            self._countdown.resume() if counting else self._countdown.pause()
        account = self._session.store.account()
        title: str = display_line(account.id, 40) if account else "sacterm"
        if ledger.left is not None:
            left = f" · {wording.plural(ledger.left, 'op')} left"
            fits = len(title) + len(left) <= self._sidebar_width - 6
            title += left if fits else f" · {wording.number(ledger.left)} left"
        self._addresses.border_title = Content(title)

    def _show_edges(self) -> None:
        older = self.view == ALL and self._session.has_older
        self._messages.set_edges(older=older, empty=self._empty_text())

    def _empty_text(self) -> tuple[DisplayText, ...]:
        name = display_line(self.view.name, 320)
        if self.view.kind is ViewKind.INBOX and self._is_public():
            asked = {inbox.email: inbox.listed for inbox in self._session.store.watched()}
            lines = [f"No mail seen yet for {name}", "r asks Mailsac · 1 op"]
            if asked.get(self.view.name):
                lines[0] = f"No mail yet for {name}"
        elif self.view.kind is ViewKind.STARRED:
            lines = ["Nothing is starred", "s stars a message"]
        elif self.view.kind is ViewKind.INBOX and self._is_off():
            lines = [f"No mail yet for {name}", "w makes it live · r asks Mailsac · 1 op"]
        else:
            whose = f" for {name}" if name else ""
            lines = [f"No mail yet{whose}", "send something, or n for a new address"]
        return tuple(DisplayText(line) for line in lines)

    # views

    def watch_view(self) -> None:
        self._show_view()

    def _show_view(self) -> None:
        self._show_addresses()
        self._show_edges()
        titles = {ViewKind.ALL: "All mail", ViewKind.STARRED: "Starred"}
        title = display_line(titles.get(self.view.kind, self.view.name), 320)
        self._messages.show(self.view, title, several=self.view.kind is not ViewKind.INBOX)

    @on(ViewSelected)
    def _select_view(self, event: ViewSelected) -> None:
        self.view = event.view

    def _step_view(self, step: int) -> None:
        views = [entry.view for entry in self._entries if entry.view]
        place = views.index(self.view) + step if self.view in views else 0
        self.view = views[place % len(views)]

    def action_next_address(self) -> None:
        self._step_view(1)

    def action_previous_address(self) -> None:
        self._step_view(-1)

    # messages

    @on(MessageList.Highlighted)
    def _highlight(self, event: MessageList.Highlighted) -> None:
        self._read(event.id, fetch=event.by_user, wait=_DWELL)

    @on(MessageList.Opened)
    def _open(self, event: MessageList.Opened) -> None:
        self._read(event.id, fetch=True, wait=0.0)
        self._preview.focus()

    @on(AddressList.Opened)
    def _enter_list(self) -> None:
        self._messages.focus()

    def _show_selected(self) -> None:
        """Paint the head anew where something about the message changed."""
        row = self._messages.selected
        if row is not None and self._shown and self._shown[0] == row.id:
            self._show_page(row.id, self._shown[1])

    _shown: tuple[str, Reading | None] | None = None

    def _show_page(self, id: str, reading: Reading | None) -> None:
        row, message = self._session.store.row(id), self._session.store.message(id)
        if row is None or message is None:
            self._shown = None
            self._preview.show(Page())
            return
        self._shown = (id, reading)
        self._preview.show(reports.page(message, row, reading))

    @work(group=BODY, exclusive=True)
    async def _read(self, id: str | None, *, fetch: bool, wait: float) -> None:
        if self._read_timer:
            self._read_timer.stop()
        if id is None:
            self._shown = None
            self._preview.show(Page())
            return
        try:
            reading = await self._session.bodies.read(id, fetch=False)
            if reading.outcome is Outcome.NOT_ASKED and fetch:
                self._show_page(id, None)
                await asyncio.sleep(wait)
                reading = await self._session.bodies.read(id, fetch=True)
        except SactermError as error:
            reading = Reading(Outcome.FAILED, reason=str(error))
        self._show_page(id, reading)
        if reading.outcome is Outcome.HERE and self._mark_read_after >= 0:
            self._read_timer = self.set_timer(
                max(0.001, self._mark_read_after), lambda: self._do(self._session.triage.opened(id))
            )

    def action_message_page_down(self) -> None:
        self._preview.page_down()

    def action_message_page_up(self) -> None:
        self._preview.page_up()

    def action_follow(self) -> None:
        self._messages.toggle_follow()

    def action_toggle_read(self) -> None:
        if row := self._messages.selected:
            if self._read_timer:
                self._read_timer.stop()  # what was just said by hand holds
            self._do(self._session.triage.set_read(row.id, row.unread))

    def action_toggle_star(self) -> None:
        if row := self._messages.selected:
            self._do(self._session.triage.set_starred(row.id, not row.starred))

    def action_load_older(self) -> None:
        if self._session.has_older:
            self._do(self._session.load_older())
        else:
            self.say("Mailsac holds nothing older")

    # addresses

    def _is_off(self) -> bool:
        return self._session.liveness(self.view.name) is Liveness.OFF

    def _is_public(self) -> bool:
        return self._session.store.address(self.view.name) is None

    def _address(self) -> str | None:
        """The selected address; says what to do where none is."""
        if self.view.kind is ViewKind.INBOX:
            return self.view.name
        self.say("select an address first: J and K go through them")
        return None

    def action_toggle_live(self) -> None:
        if self.view.kind is ViewKind.DOMAIN:
            name = display_line(self.view.name, 300)
            self.say(f"{name}: domains are switched at mailsac.com; *@{name} can be switched here")
        elif email := self._address():
            record = self._session.store.address(email)
            self._do(self._set_live(email, on=record is None or not record.websocket))

    async def _set_live(self, email: str, *, on: bool) -> None:
        try:
            await self._session.set_websocket(email, on)
        except NotReserved:
            lines = ("Only reserved addresses can be live.", self._cost("3 ops"))
            if await self._confirmed(f"Reserve {email}", lines, "reserves it and turns it on"):
                await self._session.addresses.reserve(email)
                await self._session.set_websocket(email, on)

    def action_new_address(self) -> None:
        self._do(self._new_address())

    async def _new_address(self) -> None:
        email = self._session.addresses.new_test_address()
        await self._session.addresses.watch(email)
        self.view = View.inbox(email)
        self.app.copy_to_clipboard(email)
        self.say(f"{email} copied · r looks for mail")

    def action_open_inbox(self) -> None:
        self._do(self._open_inbox())

    async def _open_inbox(self) -> None:
        hint = DisplayText("enter opens it, 1 op · anyone can read a public inbox · esc cancels")
        answer = await self.app.push_screen_wait(
            Ask(DisplayText("Open an inbox"), hint, "name or name@mailsac.com", _address_fault)
        )
        email = canonical(answer) if answer is not None else None
        if email is None:
            return
        await self._session.addresses.watch(email)
        self.view = View.inbox(email)
        await self._session.list_inbox(email)

    def action_unwatch(self) -> None:
        if (email := self._address()) and self._is_public():
            self._do(self._session.addresses.unwatch(email))

    def action_reserve(self) -> None:
        if email := self._address():
            self._do(self._reserve(email) if self._is_public() else self._release(email))

    async def _reserve(self, email: str) -> None:
        if await self._confirmed(f"Reserve {email}", (self._cost("1 op"),), "reserves it"):
            await self._session.addresses.reserve(email)
            self.say(f"{email} is yours · w makes it live")

    async def _release(self, email: str) -> None:
        counts = self._session.store.counts(View.inbox(email))
        lines = (
            f"{wording.plural(counts.total, 'message')} in it and all mail to come can then be read"
            " by anyone,",
            "unless its domain is private. Anyone can reserve it · 1 op",
        )
        if await self._confirmed(f"Release {email}", lines, "releases it"):
            await self._session.addresses.release(email)

    def _cost(self, ops: str) -> str:
        """What reserving takes."""
        account = self._session.store.account()
        if account is None or account.address_credits is None:
            return f"Takes one of the account's credits · {ops}"
        return f"Takes 1 of {wording.plural(account.address_credits, 'credit')} left · {ops}"

    async def _confirmed(self, title: str, lines: tuple[str, ...], verb: str) -> bool:
        shown = tuple(display_line(line, 400) for line in lines)
        return await self.app.push_screen_wait(Confirm(display_line(title, 300), shown, verb))

    # anywhere

    def action_refresh(self) -> None:
        if self.view.kind is ViewKind.INBOX and self._is_public():
            self._do(self._session.list_inbox(self.view.name))
        else:
            self._session.refresh()
            self.say("asking Mailsac for new mail")

    def action_next_pane(self) -> None:
        self.focus_next()

    def action_previous_pane(self) -> None:
        self.focus_previous()

    def action_back(self) -> None:
        self.app.clear_notifications()
        if self.focused is self._preview:
            self._messages.focus()
        elif self._addresses.display:
            self._addresses.focus()

    def looks(self, looks: ViewState) -> ViewState:
        """What is to be remembered, on top of what was."""
        return replace(
            looks,
            selected=self.view.scope,
            sidebar_width=self._sidebar_width,
            list_share=self._list_share,
        )

    def action_grow_list(self) -> None:
        self._set_room(share=self._list_share + 0.05)

    def action_shrink_list(self) -> None:
        self._set_room(share=self._list_share - 0.05)

    def action_widen_sidebar(self) -> None:
        self._set_room(sidebar=self._sidebar_width + 2)

    def action_narrow_sidebar(self) -> None:
        self._set_room(sidebar=self._sidebar_width - 2)

    def _set_room(self, *, sidebar: int | None = None, share: float | None = None) -> None:
        self._sidebar_width = max(20, min(sidebar or self._sidebar_width, 60))
        self._list_share = max(0.15, min(share or self._list_share, 0.85))
        self._addresses.styles.width = self._sidebar_width
        self._messages.styles.height = f"{self._list_share * 100:.0f}%"

    def action_help(self) -> None:
        self.app.push_screen(Help(self._notes))

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_change_theme(self) -> None:
        self.app.search_themes()

    def action_quit(self) -> None:
        self.app.exit()

    def say(self, text: str, *, bad: bool = False, lasting: bool = False) -> None:
        """Tell of something once, in a corner."""
        self.notify(
            display_line(text, 400),
            severity="error" if bad else "information",
            timeout=30 if bad or lasting else 5,
            markup=False,
        )

    def _do(self, action: Coroutine[None, None, None]) -> None:
        """Carry out what the user asked for; say why where it fails."""
        self.run_worker(self._guard(action), group=ACTION)

    async def _guard(self, action: Coroutine[None, None, None]) -> None:
        try:
            await action
        except ServiceError as error:
            # what a person asked for is not tried again by itself
            remedy = f" · {error.remedy}" if error.remedy and not error.passing else ""
            self.say(f"{error}{remedy}", bad=True)
        except SactermError as error:
            self.say(f"{error} · {error.remedy}" if error.remedy else str(error), bad=True)


def _address_fault(text: str) -> DisplayText | None:
    """What is wrong with an address that somebody typed."""
    if canonical(text) is not None:
        return None
    return display_line(f"“{text}” is no address: name or name@domain is wanted", 300)
