"""The first screen of an account that is not known yet: ways to begin, or the key there is.

It is also what there is to see while the keyring lets the app wait for the key.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sacterm.aside import aside
from sacterm.desktop.programs import open_in_browser
from sacterm.errors import KeyRefused, KeyringUnavailable, SactermError, ServiceError
from sacterm.mailbox.addresses import canonical
from sacterm.model import Account
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui.launch import Launch
from sacterm.tui.screens.addressing import address_fault
from sacterm.tui.screens.dialogs import Ask

_AGAIN = (2, 4, 8, 15, 30)  # seconds between tries while the service cannot be reached


_WAYS = (
    ("e", "enter an API key", "free, made at mailsac.com/api-keys"),
    ("d", "try the demo", "a Mailsac on this machine, with mail coming in"),
    ("p", "see a public inbox", "its page at mailsac.com, in the browser"),
)
_LOOK = """\
enter opens its page: the newest message; older ones want a login there
It cannot be read here: without a key the API gives nothing away."""


def inbox_page(email: str) -> str:
    """The URL of the page where anyone can look at a public inbox."""
    return f"https://mailsac.com/inbox/{quote(email, safe='')}"


class Ways(OptionList):
    """What to begin with: each by its key, or by moving to it and enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose({place})", text) for place, (key, text, _) in enumerate(_WAYS)),
        Binding("j", "cursor_down", "Down"),
        Binding("k", "cursor_up", "Up"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(self) -> None:
        super().__init__(
            *(Option(Content(f" {key}  {text:<18}  {about}"), id=key) for key, text, about in _WAYS)
        )

    def on_mount(self) -> None:
        self.highlighted = 0

    def action_choose(self, place: int) -> None:
        """Take a way, wherever the cursor is."""
        self.highlighted = place
        self.action_select()


class Welcome(Screen[tuple[str, Account] | Launch]):
    """Ends with a key that the service took and whose it is, or with what a demo starts with.

    It ends empty when the keyring answered.

    Attributes:
        environ: says which browser there is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back, or quit", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]
    environ: Mapping[str, str] = os.environ

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._accepted: tuple[str, Account] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"), Vertical(classes="dialog") as box:
            box.border_title = Content("sacterm")
            yield Static(id="lines")
            yield Ways()
            key = Input(password=True, placeholder="k_…", id="key")
            key.cursor_blink = False
            yield key
            yield Static(id="state", classes="quiet")

    def on_mount(self) -> None:
        if self._launch.asking is not None:
            self._wait("Asking the keyring for the key.", "it may be waiting for you to unlock it…")
            self._await_keyring(self._launch.asking)
        elif self._launch.key:
            self._wait(
                "Opening the account for the first time.", "asking Mailsac whose key this is…"
            )
            self._check(self._launch.key, given=False)
        else:
            self._offer(self._launch.key_problem)

    def _offer(self, problem: str) -> None:
        """Show what there is to begin with."""
        lines = (
            "Mailsac in the terminal. It needs an API key of your account.\n"
            "To look around first, no account is needed.\n"
        )
        state = problem or "q ends the demo · the next start of sacterm leads back here"
        self._say(lines, state, bad=bool(problem))
        self._turn_to(Ways)

    def _wait(self, lines: str, state: str) -> None:
        """Show what is waited for."""
        self._say(lines, state)
        self._turn_to(None)

    def _turn_to(self, wanted: type[Ways | Input] | None) -> None:
        """Show what is chosen or typed into, or nothing of both."""
        for widget in self.query("Ways, Input"):
            widget.display = wanted is not None and isinstance(widget, wanted)
        if wanted is not None:
            self.set_focus(self.query_one(wanted))
        box = self.query_one(".dialog")
        box.border_subtitle = Content(f"esc {'goes back' if self._may_go_back else 'quits'}")

    def _ask(self, problem: str, *, clear: bool = True) -> None:
        lines = (
            "Mailsac in the terminal. It needs an API key of your account:\n"
            "make one at mailsac.com/api-keys, and paste it here.\n"
        )
        self._accept_input(clear=clear)
        state = problem or "enter checks it with Mailsac (1 op) and keeps it in the keyring"
        self._say(lines, state, bad=bool(problem))

    def _accept_input(self, *, clear: bool = True) -> None:
        field = self.query_one("#key", Input)
        if clear:
            field.clear()
        field.disabled = False
        self._turn_to(Input)

    def _say(self, lines: str, state: str, *, bad: bool = False) -> None:
        self.query_one("#lines", Static).update(Content(lines))
        self._tell(state, bad=bad)

    def _tell(self, state: str, *, bad: bool = False) -> None:
        line = self.query_one("#state", Static)
        line.set_class(bad, "bad")
        line.update(Content(display_line(state, 400)))

    @property
    def _may_go_back(self) -> bool:
        field = self.query_one("#key", Input)
        return field.display and not field.disabled and self._accepted is None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == "e":
            self._ask(self._launch.key_problem)
        elif event.option_id == "p":
            self._look()
        elif self._launch.demo is not None:
            self._start_demo(self._launch.demo)

    def on_paste(self, event: Paste) -> None:
        """What is pasted before anything was chosen is a key."""
        if self.query_one(Ways).display and (lines := event.text.split()):
            self._ask(self._launch.key_problem)
            self.query_one("#key", Input).insert_text_at_cursor(lines[0])

    @work(exclusive=True, group="key")
    async def _start_demo(self, start: Callable[[], Launch]) -> None:
        self._wait("Starting a Mailsac on this machine.", "a second or two…")
        try:
            # not in a thread of the pool: leaving meanwhile would have to wait for it
            self.dismiss(await asyncio.wrap_future(aside(start)))
        except SactermError as error:
            self._offer(str(error))

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        title, hint = DisplayText("See a public inbox"), DisplayText(_LOOK)
        answer = await self.app.push_screen_wait(
            Ask(title, hint, "name or name@mailsac.com", address_fault)
        )
        if answer is None or (email := canonical(answer)) is None:
            return
        url = inbox_page(email)
        if await asyncio.to_thread(open_in_browser, url, self.environ):
            self._tell(f"opened {url} in the browser")
        else:
            self._tell(f"no browser is here to open {url}")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        key = event.value.strip()
        if self._accepted is not None and not key:
            self.dismiss(self._accepted)
        elif key:
            event.input.disabled = True
            self._tell("asking Mailsac whose key this is…")
            self._check(key, given=True)

    @work(exclusive=True, group="key")
    async def _await_keyring(self, asking: Future[tuple[str | None, str]]) -> None:
        self._launch.key, self._launch.key_problem = await asyncio.wrap_future(asking)
        self._launch.asking = None
        self.dismiss(None)

    @work(exclusive=True, group="key")
    async def _check(self, key: str, *, given: bool) -> None:
        tries = 0
        while True:
            try:
                account = await self._launch.check(key)
                break
            except KeyRefused as error:
                self._ask(f"{error} · is it whole?")
                return
            except ServiceError as error:
                if given or not error.passing:
                    self._ask(f"{error} · enter tries again", clear=not given)
                    return
                wait = getattr(error, "retry_after", None) or _AGAIN[min(tries, len(_AGAIN) - 1)]
                self._tell(f"{error} · tries again in {wait:.0f} s", bad=True)
                tries += 1
                await asyncio.sleep(wait)
        if given:
            await self._keep(key, account)
        else:
            self.dismiss((key, account))

    async def _keep(self, key: str, account: Account) -> None:
        self._tell("the key is good, keeping it in the keyring…")
        try:
            # not in a thread of the pool: a keyring that hangs would hold up the end of the app
            await asyncio.wrap_future(aside(partial(self._launch.keep_key, key)))
        except KeyringUnavailable as error:
            self._accepted = (key, account)
            who, why = display_line(account.id, 60), display_line(str(error), 300)
            self._say(
                f"Welcome, {who}. The key is good, but it could not be kept:\n{why}\n",
                "enter goes on with it for this run only · to keep it, set MAILSAC_KEY",
            )
            self._accept_input()
        except SactermError as error:
            self._ask(str(error))
        else:
            self.dismiss((key, account))

    def action_leave(self) -> None:
        if self._may_go_back:
            self._offer(self._launch.key_problem)
        else:
            self.app.exit()
