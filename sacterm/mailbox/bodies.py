"""The whole of a message, for at most one op: fetched once, kept, derived here."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from sacterm.errors import NotFound, ServiceError, StoreFailed, Unreachable
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Store

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter

_KEPT = 32  # messages read
_LARGE = 200_000  # bytes
_NOT_YET = (0.5, 1.5, 3.0)  # seconds: a body may lag its listing for a moment
_YOUNG = 120.0  # seconds since receipt in which "not found" may mean "not yet"


class Outcome(Enum):
    """What came of reading a message."""

    HERE = "here"
    NOT_ASKED = "not asked"
    GONE = "gone"
    OFFLINE = "offline"
    FAILED = "failed"


class Reading(Struct, frozen=True):
    """A message, or why there is none.

    Attributes:
        outcome: whether there is a message, and if not, why.
        letter: the message, where it is ``HERE``.
        reason: one line for a person where it is not.
        is_whole: it is all of the message, not its beginning alone.
    """

    outcome: Outcome
    letter: Letter | None = None
    reason: str = ""
    is_whole: bool = True


class Bodies:
    """Reads messages, from the store where it can."""

    def __init__(
        self,
        store: Store,
        service: Callable[[], Service | None],
        changed: Callable[[], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        may_spend: Callable[[], bool] = lambda: True,
        now: Callable[[], float],
    ) -> None:
        """Set up.

        Args:
            store: where bodies are kept.
            service: the service, or None while there is no way to it.
            changed: called when a message turned out to be gone.
            sleep: waits for seconds.
            may_spend: whether ops may be spent that nobody asked for by a key.
            now: seconds since 1970.
        """
        self._store = store
        self._service = service
        self._changed = changed
        self._sleep = sleep
        self._may_spend = may_spend
        self._now = now
        self._read: OrderedDict[str, Reading] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[Reading]] = {}

    async def read(self, id: str, *, fetch: bool, unasked: bool = False) -> Reading:
        """The body of a message.

        A fetch once begun is finished and kept even when the caller is cancelled: its op is spent.

        Args:
            id: the message.
            fetch: whether an op may be spent if the body is not here.
            unasked: nobody pressed a key for it: only as far as this run may spend by itself.

        Raises:
            StoreFailed: the store cannot be read or written.
        """
        if id in self._read:
            self._read.move_to_end(id)
            return self._read[id]
        raw = await self._store.raw(id)
        if raw is not None:
            return await self._parsed(id, raw)
        row = self._store.row(id)
        if row is None or row.gone:
            return Reading(Outcome.GONE, reason="Mailsac no longer has this message")
        if not fetch or (unasked and not self._may_spend()):
            return Reading(Outcome.NOT_ASKED)
        if id not in self._fetching:
            task = asyncio.create_task(self._fetch(id, row.inbox, row.received / 1000, unasked))
            self._fetching[id] = task
            task.add_done_callback(lambda _: self._fetching.pop(id, None))
        return await asyncio.shield(self._fetching[id])

    async def beginning(self, id: str) -> Reading | None:
        """What a large message that is here begins with, long before all of it is read.

        Raises:
            StoreFailed: the store cannot be read.
        """
        row = self._store.row(id)
        if id in self._read or row is None or (row.size or 0) < _LARGE:
            return None
        if (raw := await self._store.raw(id)) is None:
            return None
        return await asyncio.to_thread(_derive_beginning, raw)

    async def close(self) -> None:
        """End what is being fetched."""
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(self, id: str, inbox: str, received: float, unasked: bool) -> Reading:
        service = self._service()
        if service is None:
            return Reading(Outcome.OFFLINE, reason="not connected yet")
        young = self._now() - received < _YOUNG
        for wait in (*(_NOT_YET if young else ()), None):
            try:
                raw = await service.raw(inbox, id)
                break
            except NotFound:
                if wait is None:
                    await self._store.set_gone(id)
                    self._changed()
                    return Reading(Outcome.GONE, reason="Mailsac no longer has this message")
                await self._sleep(wait)
                if unasked and not self._may_spend():
                    return Reading(Outcome.FAILED, reason="Mailsac does not have it yet")
            except Unreachable as error:
                return Reading(Outcome.OFFLINE, reason=str(error))
            except ServiceError as error:
                return Reading(Outcome.FAILED, reason=str(error))
        reading = await self._parsed(id, raw)
        with contextlib.suppress(StoreFailed):  # it is shown; the status line tells of the disk
            await self._store.keep_raw(id, raw)
            self._changed()  # its code and its link are known now
        return reading

    async def _parsed(self, id: str, raw: bytes) -> Reading:
        # off the event loop: a hostile message may take half a second
        self._read[id] = await asyncio.to_thread(_derive, raw)
        while len(self._read) > _KEPT:
            self._read.popitem(last=False)
        return self._read[id]


def _derive_beginning(raw: bytes) -> Reading | None:
    from sacterm.reading.letter import read_beginning

    letter = read_beginning(raw)
    return Reading(Outcome.HERE, letter, is_whole=False) if letter else None


def _derive(raw: bytes) -> Reading:
    from sacterm.reading.letter import read_letter

    letter = read_letter(raw)
    # read here, where it holds nobody up, and not when the screen first asks
    _ = letter.parts, letter.journey, letter.link
    return Reading(Outcome.HERE, letter)
