"""Writes behind what comes by socket and what is spent, so that nobody waits for the disk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from sacterm.errors import StoreFailed
from sacterm.mailbox.ingest import Read
from sacterm.mailbox.ledger import Ledger
from sacterm.mailbox.store import Store
from sacterm.model import Message

_AGAIN = 2.0  # seconds until a write that failed is tried again: it costs nothing but the try
_AT_ONCE = 100  # mails that are stored as a whole or not at all
_MANY = 8  # mails: more are stored at once, and read later
_MUCH = 300  # mails that wait: more are left to the socket, as taking them in holds up writing


class Arrivals:
    """What waits to be written. Nothing of it is lost while the process lives."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        *,
        stored: Callable[[frozenset[str]], None],
        trouble: Callable[[StoreFailed | None], None],
        again: float = _AGAIN,
    ) -> None:
        """Set up.

        Args:
            store: where it goes.
            ledger: counts what arrived, and is written too.
            stored: called when mail was stored, with the ids that were new.
            trouble: called with what is wrong with the disk, or None when it works.
            again: seconds until a write that failed is tried again.
        """
        self._store = store
        self._ledger = ledger
        self._stored = stored
        self._trouble = trouble
        self._again = again
        self._mail: list[Message] = []
        self._contact: datetime | None = None
        self._waiting = asyncio.Event()
        self._closing = asyncio.Event()
        self._works = True
        self._has_room = asyncio.Event()
        self._has_room.set()

    def add(self, message: Message) -> None:
        """Take in a mail that came by socket."""
        self._mail.append(message)
        self._waiting.set()
        if len(self._mail) > _MUCH and self._works and not self._closing.is_set():
            self._has_room.clear()

    async def keep_up(self) -> None:
        """Wait while much waits to be written; not for a disk that fails, and not at the end."""
        await self._has_room.wait()

    def note_contact(self, moment: datetime) -> None:
        """Remember when the service last answered."""
        self._contact = moment
        self._waiting.set()

    def write_soon(self) -> None:
        """Something of the ledger waits."""
        self._waiting.set()

    def finish(self) -> None:
        """Write what waits, and end."""
        self._closing.set()
        self._waiting.set()
        self._has_room.set()

    async def run(self) -> None:
        """Write what arrives as it arrives, until :meth:`finish`."""
        unread = True  # an earlier run may have left some
        while not self._closing.is_set() or self._waiting.is_set():
            try:
                if unread and not self._waiting.is_set():
                    if unread := await self._store.read_postponed():
                        self._stored(frozenset())
                    continue
                await self._waiting.wait()
                self._waiting.clear()
                unread |= await self._write()
                self._works = True
                self._trouble(None)
            except StoreFailed as error:
                self._works = False
                self._has_room.set()
                self._trouble(error)
                if self._closing.is_set():
                    return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), self._again)
                self._waiting.set()

    async def _write(self) -> bool:
        """Write all that waits; whether some of it is to be read later."""
        in_haste = False
        reading = self._read(0)
        try:
            while told := await reading:
                in_haste |= told[0].is_postponed
                reading = self._read(len(told))  # while those before them are written
                new = await self._store.put(told, owned=True, pushed=True)
                del self._mail[: len(told)]  # not before it is stored
                if len(self._mail) <= _MUCH:
                    self._has_room.set()
                self._ledger.arrive(len(new))
                self._stored(new)
        finally:
            reading.cancel()
        await self._ledger.flush()
        if self._contact is not None:
            await self._store.set_meta({"contact": self._contact.isoformat()})
            self._contact = None
        return in_haste

    def _read(self, begin: int) -> asyncio.Task[list[Read]]:
        some = self._mail[begin : begin + _AT_ONCE]
        in_haste = len(some) > _MANY or begin > 0
        return asyncio.create_task(self._store.read_ahead(some, in_haste=in_haste))
