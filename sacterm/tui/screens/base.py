"""What all parts of the main screen share: the session, the panes, and how to speak to the user.

The main screen does many things. What belongs together lies in one module: reading, triage,
finding, addresses. Each is a class over this one, and the main screen is all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Coroutine, Iterable, Iterator, Mapping

from textual import on
from textual.dom import DOMNode
from textual.reactive import var
from textual.screen import Screen

from sacterm.desktop.clipboard import copy_with_tool, fits_terminal, way
from sacterm.errors import SactermError, ServiceError, StoreFailed
from sacterm.mailbox.session import Session
from sacterm.mailbox.views import ALL, Row, View
from sacterm.reading.text import DisplayText, display_line
from sacterm.settings.options import Settings
from sacterm.tui import marks
from sacterm.tui.commands import Command, Offers, Where
from sacterm.tui.dates import Calendar
from sacterm.tui.keymap import Keymap
from sacterm.tui.widgets.find_bar import FindBar
from sacterm.tui.widgets.message_list import MessageList
from sacterm.tui.widgets.preview import Preview

ACTION = "action"

_PAINTED = 0.1  # seconds that are waited for a paint


class BaseScreen(Offers, Screen[None]):
    """State: which view. All else is the session's, or the widgets' own.

    Attributes:
        environ: says what programs, and what terminal, there are.
        has_opened: set unless an action is about to open something.
    """

    environ: Mapping[str, str] = os.environ
    view: var[View] = var(ALL, init=False)

    def __init__(
        self, session: Session, settings: Settings, keymap: Keymap, calendar: Calendar
    ) -> None:
        """Set up.

        Args:
            session: not started yet.
            settings: as the user chose them.
            keymap: the user's keys.
            calendar: how the user writes dates.
        """
        super().__init__()
        self._session = session
        self._settings = settings
        self._keymap = keymap
        self._key = keymap.key
        self._calendar = calendar
        self._selection: set[str] = set()
        self._range: tuple[str, frozenset[str]] | None = None  # its begin, and what was selected
        self.has_opened = asyncio.Event()
        self.has_opened.set()
        self._has_read = asyncio.Event()  # the first message, or why it cannot be
        self._messages = MessageList(
            session.store,
            self._selection,
            id="messages",
            now=session.now,
            unread=marks.UNREAD[settings.marks],
            calendar=calendar,
            columns=settings.columns_show,
        )
        self._preview = Preview(keymap, id="preview")
        self._find_bar = FindBar(keymap, id="find")

    def node_of(self, command: Command) -> DOMNode:
        """Where a command works that was not given by a key."""
        match command.where:
            case Where.PREVIEW:
                return self._preview
            case Where.LINES:
                return self.focused if isinstance(self.focused, Offers) else self._messages
        return self

    def _select(self, ids: Iterable[str]) -> None:
        chosen = set(ids)
        self._selection.clear()
        self._selection.update(chosen)
        self._messages.show_selection()

    def _select_none(self) -> None:
        self._range = None
        if self._selection:
            self._select(())

    def _chosen(self) -> list[str]:
        """The messages that an action is for: the selected ones, or the one under the cursor."""
        if self._selection:
            return list(self._selection)
        row = self._row()
        return [row.id] if row else []

    def _row(self) -> Row | None:
        """The message under the cursor; says so where there is none."""
        row = self._messages.selected
        if row is None:
            self.say(f"there is no message under the cursor · {self._key('next-address')} goes on")
        return row

    async def _copy(self, text: DisplayText, what: str) -> None:
        """Copy by all means there are, and say what was copied."""
        tool, terminal = way(self.environ)
        by_terminal = terminal and fits_terminal(text)
        if by_terminal:
            self.app.copy_to_clipboard(text)
        by_tool = tool is not None and await copy_with_tool(text, tool)
        if by_tool or by_terminal:
            self.say(f"copied {what}")
        elif terminal:
            self.say(f"too much for the terminal to copy: {len(text):,} characters", bad=True)
        else:
            self.say(f"nothing here can copy {what}", bad=True)

    def _ways(self) -> str:
        """How to get at an address."""
        return f"{self._key('next-address')} and {self._key('previous-address')} go through them"

    def _is_public(self) -> bool:
        return self._session.store.address(self.view.name) is None

    def say(
        self, text: str, *, bad: bool = False, lasting: bool = False, seconds: float = 5
    ) -> None:
        """Tell of something once, in a corner."""
        self.notify(
            display_line(text, 400),
            severity="error" if bad else "information",
            timeout=30 if bad or lasting else max(1, seconds),
            markup=False,
        )

    async def _confirmed(self, title: str, lines: tuple[str, ...], verb: str) -> bool:
        from sacterm.tui.screens.dialogs import Confirm

        shown = tuple(display_line(line, 400) for line in lines)
        return await self.app.push_screen_wait(Confirm(display_line(title, 300), shown, verb))

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Within it, a store that cannot be read is told of, and holds up nothing else."""
        try:
            yield
        except StoreFailed as error:
            self._complain(error)

    async def _painted(self) -> None:
        """Wait until what was changed is on the screen; not for long, should another cover it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PAINTED):
                await self.wait_for_refresh()

    def _complain(self, error: SactermError) -> None:
        self.say(f"{error} · {error.remedy}" if error.remedy else str(error), bad=True)

    @on(MessageList.Unreadable)
    def _tell_unreadable(self, event: MessageList.Unreadable) -> None:
        self._complain(event.error)

    def _do(self, action: Coroutine[None, None, None]) -> None:
        """Carry out what the user asked for; say why where it fails."""
        self.run_worker(self._guard(action), group=ACTION)

    def _ask(self, action: Coroutine[None, None, None]) -> None:
        """The same for what may ask something first: the keys that follow are its answer."""
        self.has_opened.clear()
        self._do(action)

    async def _guard(self, action: Coroutine[None, None, None]) -> None:
        try:
            await action
        except ServiceError as error:
            # what a person asked for is not tried again by itself
            remedy = f" · {error.remedy}" if error.remedy and not error.passing else ""
            self.say(f"{error}{remedy}", bad=True)
        except SactermError as error:
            self._complain(error)
        finally:
            self.has_opened.set()

    def on_screen_suspend(self) -> None:
        self.has_opened.set()
