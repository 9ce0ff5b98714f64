"""The socket half of the service: an endless stream of events, kept up by its own supervisor."""

from __future__ import annotations

import asyncio
import math
import random
import ssl
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterator,
    Sequence,
)
from functools import cache, partial
from urllib.parse import quote

from sacterm.mailsac.decode import Confirmed, Failed, Frame, Garbled, Mail, Said
from sacterm.mailsac.link import Fault, Link, Pace
from sacterm.mailsac.network import trust
from sacterm.mailsac.retry import backoff
from sacterm.mailsac.values import plain
from sacterm.model import (
    Connecting,
    FeedEvent,
    Listening,
    Lost,
    MailArrived,
    Notice,
    Refused,
)

SOCKET_URL = "wss://sock.mailsac.com/incoming-messages"
PACE = Pace()
_SOON = 4.0  # seconds to the next try at most, after a connection that brought mail
_AHEAD = 1_000  # events that wait for the consumer, or a few more: the rest waits in the sockets
GOODBYE = 0.5  # seconds for the service to agree to an end


class _Chunk:
    """A part of the names that fits into one URL, and what is being done about it.

    ``live`` is the connection that was confirmed last, ``trial`` one that is to take its place:
    while names change, both are there. Where a trial failed, ``pause`` waits for the next
    one, or ``refused`` says why there will be none.
    """

    def __init__(self, delays: Iterator[float]) -> None:
        self.names: frozenset[str] = frozenset()
        self.delays = delays
        self.live: Link | None = None
        self.trial: Link | None = None
        self.trying: asyncio.Task[None] | None = None
        self.pause: asyncio.Task[None] | None = None
        self.next_try = 0.0
        self.not_before = 0.0  # the service asked for no try until then
        self.refused: Fault | None = None


class Feed:
    """New mail as it arrives, for a set of addresses and domains that may change at any time."""

    def __init__(
        self,
        key: str,
        *,
        url: str = SOCKET_URL,
        max_url: int = 4000,
        ssl_context: ssl.SSLContext | None = None,
        pace: Pace = PACE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Make a feed that asks for nothing yet.

        Args:
            key: the Mailsac key; the service takes it in the URL alone.
            url: where the socket is, without key and names.
            max_url: characters that a URL may have, key and names included.
            ssl_context: in place of the usual authorities.
            pace: the limits of each connection.
            sleep: waits between two tries, in seconds.
            clock: seconds, never going back.
            jitter: numbers from 0 to 1, to spread the tries.
        """
        self._key = key
        self._url = url
        self._room = max_url - len(self._secret_url(frozenset()))
        self._context = cache(lambda: ssl_context or trust(url))
        self._pace = pace
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._wanted: frozenset[str] = frozenset()
        self._chunks: list[_Chunk] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue: asyncio.Queue[FeedEvent | BaseException | None] = asyncio.Queue()
        self._retired: set[Link] = set()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._closed = False

    def subscribe(self, names: Collection[str]) -> None:
        """Set the addresses and domains that are wanted, in place of the former. Never blocks.

        Where names change, a new connection is opened, and the old one closed once the new one
        is confirmed; connections whose names stay the same are left alone.
        """
        if self._closed:
            return
        self._wanted = frozenset(name.strip().lower() for name in names) - {""}
        parts = spread(self._wanted, [chunk.names for chunk in self._chunks], self._room)
        while len(self._chunks) < len(parts):
            self._chunks.append(_Chunk(self._delays()))
        for chunk, part in zip(self._chunks, parts, strict=True):
            if part != chunk.names:
                chunk.names = part
                self._try(chunk)

    async def events(self) -> AsyncIterator[FeedEvent]:
        """What happens, in order, for one consumer; ends after :meth:`aclose`."""
        while (event := await self._queue.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            if self._queue.qsize() <= _AHEAD:
                self._has_room.set()
            yield event

    def retry_now(self, *, refused: bool = True) -> None:
        """End all waits but those that the service asked for, and try at once.

        Args:
            refused: also what was refused: a person asked for it.
        """
        for chunk in self._chunks:
            if chunk.trial is None and (refused or not chunk.refused):
                self._try(chunk)

    def renew(self) -> None:
        """Trust no connection that is there: the machine slept. All are made anew."""
        for chunk in self._chunks:
            for link in (chunk.live, chunk.trial):
                if link is not None:
                    link.cut()
        self.retry_now(refused=False)

    async def aclose(self) -> None:
        """Close all connections and end the events, within a second whatever the service does."""
        if self._closed:
            return
        self._closed = True
        self._has_room.set()
        for chunk in self._chunks:
            self._halt(chunk)
            if chunk.live is not None:
                self._spawn(chunk.live.close())
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GOODBYE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._queue.put_nowait(None)

    # From one state of a chunk to the next

    def _try(self, chunk: _Chunk) -> None:
        """Open a connection for the names of the chunk, beside the one that it has."""
        self._halt(chunk)
        if not chunk.names:
            self._retire(chunk.live)
            chunk.live = None
        elif chunk.not_before and (wait := chunk.not_before - self._clock()) > 0:
            chunk.pause = self._spawn(self._try_later(chunk, wait))
        elif chunk.live is None or chunk.live.names != chunk.names:
            self._emit(Connecting(tuple(sorted(chunk.names))))
            chunk.trial = Link(
                chunk.names,
                url=self._secret_url(chunk.names),
                pace=self._pace,
                context=self._context,
                tell=partial(self._told, chunk),
                keep_up=self._keep_up,
            )
            chunk.trying = self._spawn(chunk.trial.run())

    def _halt(self, chunk: _Chunk) -> None:
        for task in (chunk.trying, chunk.pause):
            if task is not None:
                task.cancel()
        chunk.trial = chunk.trying = chunk.pause = chunk.refused = None

    def _told(self, chunk: _Chunk, link: Link, said: Frame | Fault) -> None:
        if self._closed:
            return
        match said:
            case Mail():
                link.is_proven = True
                self._emit(MailArrived(said.message))
            case Confirmed():
                self._listening(chunk, link, said.names)
            case Fault():
                self._ended(chunk, link, said)
            case Said():
                self._emit(Notice(plain(said.text, self._key)))
            case Failed():
                self._emit(Notice(plain(said.said(), self._key)))
            case Garbled():
                self._emit(Notice(said.text, garbled=True))

    def _listening(self, chunk: _Chunk, link: Link, names: frozenset[str]) -> None:
        if link not in (chunk.trial, chunk.live):
            return
        covered = self._confirmed()
        link.confirmed = names
        if link is chunk.trial:
            self._retire(chunk.live)
            chunk.live, chunk.trial, chunk.trying = link, None, None
            link.since = self._clock()
        gap = (names & self._wanted) - covered
        self._emit(Listening(*_by_kind(self._confirmed()), gap))

    def _ended(self, chunk: _Chunk, link: Link, fault: Fault) -> None:
        self._retired.discard(link)
        if link is chunk.trial:
            chunk.trial = chunk.trying = None
            self._failed(chunk, fault)
        elif link is chunk.live:
            chunk.live = None
            if self._clock() - link.since >= self._pace.health:
                chunk.delays = self._delays()
            if chunk.trial or chunk.pause or chunk.refused:
                self._report(chunk, fault)
            else:
                self._failed(chunk, fault, _SOON if link.is_proven else math.inf)
        elif link.confirmed & self._wanted and not fault.clean:
            # Its names counted as covered until its successor listened; that is not proven now.
            self._emit(Notice("an old connection ended too early", garbled=True))

    def _failed(self, chunk: _Chunk, fault: Fault, most: float = math.inf) -> None:
        if fault.remedy:
            chunk.refused = fault
        else:
            delay = max(min(next(chunk.delays), most), fault.wait)
            if fault.wait:
                chunk.not_before = self._clock() + fault.wait
            chunk.next_try = self._clock() + delay
            chunk.pause = self._spawn(self._try_later(chunk, delay))
        self._report(chunk, fault)

    def _report(self, chunk: _Chunk, fault: Fault) -> None:
        addresses, domains = _by_kind(self._confirmed())
        reason = plain(fault.reason, self._key)
        if chunk.refused:
            self._emit(Refused(reason, chunk.refused.remedy, addresses, domains))
        else:
            retry_in = max(chunk.next_try - self._clock(), 0.0)
            self._emit(Lost(reason, retry_in, addresses, domains))

    async def _try_later(self, chunk: _Chunk, delay: float) -> None:
        await self._sleep(delay)
        chunk.pause = None
        self._try(chunk)

    # Parts

    def _retire(self, link: Link | None) -> None:
        if link is not None:
            # what was sent to it is nowhere else: it is taken in before patience with it ends
            self._retired.add(link)
            self._has_room.set()
            self._spawn(link.close())

    def _confirmed(self) -> frozenset[str]:
        live = (chunk.live.confirmed for chunk in self._chunks if chunk.live)
        return frozenset[str]().union(*live) & self._wanted

    def _delays(self) -> Iterator[float]:
        return backoff(jitter=self._jitter)

    def _secret_url(self, names: frozenset[str]) -> str:
        start = f"{self._url}{'&' if '?' in self._url else '?'}"
        key = quote(self._key, safe="", errors="replace")
        return f"{start}key={key}&addresses={','.join(map(_quoted, sorted(names)))}"

    async def _keep_up(self) -> None:
        """Wait until the consumer has heard of most: what it cannot take waits in the sockets."""
        await self._has_room.wait()

    def _emit(self, event: FeedEvent) -> None:
        self._queue.put_nowait(event)
        if self._queue.qsize() > _AHEAD and not (self._closed or self._retired):
            self._has_room.clear()

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._queue.put_nowait(error)


def spread(
    names: frozenset[str], chunks: Sequence[frozenset[str]], room: int
) -> list[frozenset[str]]:
    """Share names out over URLs, so that as few chunks as possible change.

    Args:
        names: all that is wanted.
        chunks: how the former names were shared out.
        room: characters of a URL that are left for names.

    Returns:
        The former chunks without what is no longer wanted, in their places and maybe empty, each
        filled up with new names as far as there is room; then as many more as are needed. A name
        longer than the room has a chunk for itself.
    """
    parts = [set(chunk & names) for chunk in chunks]
    sizes = [sum(map(_size, part)) for part in parts]
    for name in sorted(names.difference(*parts)):
        size = _size(name)
        fitting = (at for at, used in enumerate(sizes) if used + size <= room or not used)
        at = next(fitting, len(parts))
        if at == len(parts):
            parts.append(set())
            sizes.append(0)
        parts[at].add(name)
        sizes[at] += size
    return [frozenset(part) for part in parts]


def _size(name: str) -> int:
    return len(_quoted(name)) + 1


def _quoted(name: str) -> str:
    return quote(name, safe="@", errors="replace")


def _by_kind(names: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    addresses = frozenset(name for name in names if "@" in name)
    return addresses, names - addresses
