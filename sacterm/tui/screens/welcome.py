"""The first screen of an account that is not known yet: takes a key, or checks the one there is.

It is also what there is to see while the keyring lets the app wait for the key.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from sacterm.aside import aside
from sacterm.errors import KeyRefused, KeyringUnavailable, SactermError, ServiceError
from sacterm.model import Account
from sacterm.reading.text import display_line
from sacterm.tui.launch import Launch

_AGAIN = (2, 4, 8, 15, 30)  # seconds between tries while the service cannot be reached


class Welcome(Screen[tuple[str, Account]]):
    """Ends with a key that the service took and whose it is, or empty when the keyring answered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+q", "leave", "Quit", show=False),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self._launch = launch
        self._accepted: tuple[str, Account] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="welcome"), Vertical(classes="dialog") as box:
            box.border_title = Content("sacterm")
            box.border_subtitle = Content("esc quits")
            yield Static(id="lines")
            key = Input(password=True, placeholder="k_…", id="key")
            key.cursor_blink = False
            yield key
            yield Static(id="state", classes="quiet")

    def on_mount(self) -> None:
        if self._launch.asking is not None:
            self._say("Asking the keyring for the key.", "it may be waiting for you to unlock it…")
            self.query_one("#key").display = False
            self._await_keyring(self._launch.asking)
        elif self._launch.key:
            self._say(
                "Opening the account for the first time.", "asking Mailsac whose key this is…"
            )
            self.query_one("#key").display = False
            self._check(self._launch.key, given=False)
        else:
            self._ask(self._launch.key_problem)

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
        field.display = True
        field.disabled = False
        self.set_focus(field)

    def _say(self, lines: str, state: str, *, bad: bool = False) -> None:
        self.query_one("#lines", Static).update(Content(lines))
        self._tell(state, bad=bad)

    def _tell(self, state: str, *, bad: bool = False) -> None:
        line = self.query_one("#state", Static)
        line.set_class(bad, "bad")
        line.update(Content(display_line(state, 400)))

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
        self.app.exit()
