"""Tells of new mail while the window is not in front: once for what comes together.

It knows no screen. What it says goes where it is told to write: see :mod:`sacterm.desktop.notice`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from sacterm.desktop.notice import BELL, Tmux, ask_tmux, sequence, way
from sacterm.errors import StoreFailed
from sacterm.mailbox.session import Session
from sacterm.mailbox.views import Row
from sacterm.reading.text import display_line
from sacterm.settings.options import Settings
from sacterm.tui import wording

_GATHER = 1.0  # seconds from the first mail to the notice: what comes meanwhile is in it
_REST = 4.0  # seconds more until what came since is gathered

_NAMED = (
    "inbox IN (SELECT value FROM json_each(:names))"
    " OR domain IN (SELECT value FROM json_each(:names))"
)


class Notices:
    """Gathers what comes while nobody looks."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        write: Callable[[str], None],
        *,
        environ: Mapping[str, str] = os.environ,
        ask: Callable[[Mapping[str, str]], Tmux | None] = ask_tmux,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Set up; the window counts as in front until :meth:`look_away`.

        Args:
            session: whose mail.
            settings: how, and of what.
            write: sends to the terminal.
            environ: says what terminal there is.
            ask: asks tmux; may take a second.
            sleep: waits, in seconds.
        """
        self._session = session
        self._settings = settings
        self._write = write
        self._environ = environ
        self._ask = ask
        self._sleep = sleep
        self._is_away = False
        self._new: set[str] = set()
        self._waiting = asyncio.Event()
        session.hear_mail(self._take)

    def look_away(self, away: bool) -> None:
        """The window is no longer in front, or is again: then nothing of before is told."""
        self._is_away = away
        self._new.clear()
        self._waiting.clear()

    def _take(self, new: frozenset[str]) -> None:
        if self._is_away and new:
            self._new |= new
            self._waiting.set()

    async def run(self) -> None:
        """Tell of what comes, until cancelled."""
        while True:
            await self._waiting.wait()
            await self._sleep(_GATHER)
            new, self._new = self._new, set()
            self._waiting.clear()
            if said := await self._words(new):
                await self._tell(*said)
                await self._sleep(_REST)

    async def _words(self, new: Iterable[str]) -> tuple[str, str] | None:
        """Title and body, or None where there is nothing to tell."""
        try:
            inboxes = await self._wanted(new)
            row = self._session.store.row(next(iter(inboxes))) if len(inboxes) == 1 else None
        except StoreFailed:  # whoever reads mail tells of it
            return None
        return words(inboxes.values(), row) if inboxes else None

    async def _wanted(self, new: Iterable[str]) -> dict[str, str]:
        """What is to be told of, each message with its inbox."""
        store, of = self._session.store, self._settings.notices_of
        if not of:
            return await store.unread_among(new)
        kept = set(store.searches())
        names = msgspec.json.encode([name.lower() for name in of if name not in kept]).decode()
        wanted = await store.unread_among(new, _NAMED, {"names": names})
        for text in kept.intersection(of):
            query = self._session.query(text)
            wanted |= await store.unread_among(new, query.where, query.values)
        return wanted

    async def _tell(self, title: str, body: str) -> None:
        said = BELL
        if self._settings.notices_how == "desktop":
            tmux = await asyncio.to_thread(self._ask, self._environ)
            said = sequence(way(self._environ, tmux), title, body)
        if self._is_away:
            self._write(said)


def words(inboxes: Iterable[str], row: Row | None) -> tuple[str, str]:
    """Title and body of a notice.

    Of one message inbox, sender and subject: what it says, and the code in it, are not for
    whoever looks at the same desktop.

    Args:
        inboxes: of each message.
        row: the only one, if it is.
    """
    every = list(inboxes)
    several = set(every)
    title = "sacterm" if len(several) > 1 else f"sacterm · {display_line(every[0], 80)}"
    if row is not None:
        sender = display_line(row.sender_name or row.sender_address, 40) or "(nobody)"
        return title, f"{sender}: {display_line(row.subject, 100) or '(no subject)'}"
    where = f" in {wording.plural(len(several), 'inbox', 'inboxes')}" if len(several) > 1 else ""
    return title, f"{wording.number(len(every))} new{where}"
