"""The account: its plan, what is spent and stored, how mail comes. Asks nothing by itself."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from sacterm.errors import SactermError, ServiceError, StoreFailed
from sacterm.mailbox.session import Session
from sacterm.mailbox.status import Change
from sacterm.mailbox.views import ALL, STARRED
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui.account import Figures, hours_shown, lines
from sacterm.tui.charts import Signs
from sacterm.tui.dates import Calendar
from sacterm.tui.keymap import Keymap
from sacterm.tui.screens.paper import Paper

_LOOKS = 1.0  # seconds between two looks while something changes: each counts a day's mail


class AccountPage(Paper):
    """Shows what is known at once, and says how old it is."""

    OFFERS = Paper.OFFERS | {"account", "refresh"}
    CSS = """
    AccountPage > .page { height: 94%; max-height: 46; }
    AccountPage Static { height: 1; margin-left: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    AccountPage #told { color: $quiet; }
    AccountPage #state { color: $error; }
    """

    def __init__(self, session: Session, keymap: Keymap, signs: Signs, calendar: Calendar) -> None:
        """Set up.

        Args:
            session: knows, and asks.
            keymap: the user's keys.
            signs: to draw with.
            calendar: how dates are written.
        """
        super().__init__(DisplayText("Account"), DisplayText(""))
        self._session = session
        self._key = keymap.key
        self._signs = signs
        self._calendar = calendar
        self._answer = ""  # why what was asked here last could not be had
        self._is_asking = False
        self._look_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="page") as box:
            box.border_title = Content(self._title)
            key = self._key
            box.border_subtitle = Content(
                f"{key('refresh')} asks anew, 2 ops · {key('account')} closes"
                f" · {key('cursor-down')} {key('cursor-up')} scroll"
            )
            yield Static(id="told")
            yield Static(id="state")
            yield self._sheet

    def on_mount(self) -> None:
        self._stop_listening = self._session.listen(self._hear)

    def on_unmount(self) -> None:
        self._stop_listening()

    def _hear(self, change: Change) -> None:
        if self._look_timer is None:
            self._look_timer = self.set_timer(_LOOKS, self._lay_out)

    def _lay_out(self) -> None:
        self._look_timer = None
        self._look()

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        try:
            figures = await self._figures()
        except StoreFailed as error:
            self._tell("#state", f"{error} · {error.remedy}")
            return
        if account := figures.account:
            box = self.query_one(".page")
            box.border_title = Content(f"Account · {display_line(account.id, 60)}")
        self._tell("#told", "asking Mailsac…" if self._is_asking else _age(figures))
        self._tell("#state", self._state(figures))
        self._sheet.show(lines(figures, self._sheet.room, self._signs), top=self._sheet.top)

    async def _figures(self) -> Figures:
        store, ledger, now = self._session.store, self._session.ledger, self._session.now()
        return Figures(
            now=now,
            account=store.account(),
            account_told=store.told_at("account"),
            stats=store.stats(),
            stats_told=store.told_at("stats"),
            used=ledger.used,
            asked_today=ledger.today,
            kept=store.counts(ALL).total,
            starred=store.counts(STARRED).total,
            reserved=len(store.addresses()),
            domains=len(store.domains()),
            labels=store.labels(),
            arrived=await store.arrived(*hours_shown(now)),
            run=ledger.run,
            month=ledger.month,
            calendar=self._calendar,
        )

    def _state(self, figures: Figures) -> str:
        """What keeps the figures from being newer."""
        status = self._session.status
        if self._answer or status.problem is None:
            return self._answer
        if not status.problem.offline:
            return status.problem.text
        since = (
            f" since {self._calendar.clock(status.contact, figures.now)}" if status.contact else ""
        )
        return f"offline{since}"

    def _tell(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(Content(display_line(text, 400)))

    def action_refresh(self) -> None:
        if not self._is_asking:
            self._is_asking, self._answer = True, ""
            self._ask()

    @work(group="ask")
    async def _ask(self) -> None:
        self._look()
        try:
            await self._session.ask_account()
        except SactermError as error:
            # what a person asked for is not tried again by itself
            passing = isinstance(error, ServiceError) and error.passing
            remedy = f"{self._key('refresh')} tries again" if passing else error.remedy
            self._answer = f"{error} · {remedy}" if remedy else str(error)
        self._is_asking = False
        self._look()

    def action_account(self) -> None:
        self.dismiss()


def _age(figures: Figures) -> str:
    """How old the figures are."""
    told = figures.account_told
    if figures.account is None:
        return "Mailsac has not told of the account yet"
    if told is None:
        return "told by Mailsac in an earlier run"
    counted = "" if figures.used is None else ", counted on from there"
    return f"told by Mailsac at {figures.calendar.clock(told, figures.now)}{counted}"
