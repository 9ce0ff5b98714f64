"""What is live: follows the feed, takes in its mail, and has listed what it may have missed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from sacterm.mailbox.coverage import Coverage
from sacterm.mailbox.needs import Problem
from sacterm.mailbox.service import Feed
from sacterm.mailbox.status import Board, Change, FeedPhase
from sacterm.mailbox.store import Store
from sacterm.mailbox.throttle import Throttle
from sacterm.model import (
    Connecting,
    FeedEvent,
    Listening,
    Lost,
    MailArrived,
    Message,
    Notice,
    Refused,
)

FIRST_LISTING = 3.0  # seconds the first listing waits for the socket, so that one is enough
_ALL_LISTEN = 1.0  # seconds a listing waits for all connections, where there are several
_LISTINGS = 2.0  # seconds between two for the sake of gaps, so that a bad line costs few ops
_MANY, _SELDOM = 60, 300.0  # of them, and seconds after that: a line may be bad all day
_GARBLED = 60.0  # seconds between two for the sake of frames that were not understood
_ODD, _SELDOM_ODD = 10, 1800.0  # the same of these


class Live:
    """What the feed is asked for, and what comes of it.

    Attributes:
        coverage: what may be claimed of each address and domain.
        gap: has listed what a gap may have hidden.
    """

    def __init__(
        self,
        store: Store,
        board: Board,
        *,
        now: Callable[[], datetime],
        arrived: Callable[[Message], None],
        keep_up: Callable[[], Awaitable[None]],
        list_mail: Callable[[], None],
    ) -> None:
        """Set up.

        Args:
            store: knows what is to be forwarded.
            board: told how things stand.
            now: the time, aware.
            arrived: takes a mail.
            keep_up: comes back when it can take more.
            list_mail: has the account's mail listed.
        """
        self.coverage = Coverage()
        self.gap = Throttle(_LISTINGS, list_mail, often=_MANY, tired=_SELDOM)
        self._garbled = Throttle(_GARBLED, list_mail, often=_ODD, tired=_SELDOM_ODD)
        self._store = store
        self._board = board
        self._now = now
        self._arrived = arrived
        self._keep_up = keep_up
        self._feed: Feed | None = None
        self._is_over = False

    def subscribe(self) -> None:
        """Ask the feed for what the store says now."""
        self.coverage.take(self._store.addresses(), self._store.domains())
        wanted, confirmed = self.coverage.wanted, self.coverage.confirmed
        if self._feed:
            self._feed.subscribe(wanted)
        self._board.set(wanted=len(wanted), confirmed=len(confirmed))
        if not wanted:
            self._board.set(feed=FeedPhase.IDLE, feed_problem=None)

    def use(self, feed: Feed) -> None:
        """From now on ask this feed."""
        self._feed = feed

    async def follow(self, feed: Feed) -> None:
        """Take in what the feed says; ends with it."""
        async for event in feed.events():
            if not self._is_over:
                self._heed(event)
                await self._keep_up()

    def stop(self) -> None:
        """Take in nothing more, and have nothing more listed."""
        self._is_over = True
        self.gap.stop()
        self._garbled.stop()

    def _heed(self, event: FeedEvent) -> None:
        match event:
            case MailArrived(message):
                self._arrived(message)
            case Connecting():
                if self._board.status.feed is not FeedPhase.LISTENING:
                    self._board.set(feed=FeedPhase.CONNECTING)
            case Listening(addresses, domains, gap):
                self._confirm(addresses | domains, FeedPhase.LISTENING, None)
                if gap:
                    self.gap.ask(0.0 if self.coverage.is_whole else _ALL_LISTEN)
            case Lost(reason, retry_in, addresses, domains):
                retry_at = self._now() + timedelta(seconds=retry_in)
                problem = Problem(reason, "tries again by itself", retry_at)
                self._confirm(addresses | domains, FeedPhase.LOST, problem)
                self.gap.hurry()
            case Refused(reason, remedy, addresses, domains):
                problem = Problem(reason, remedy)
                self._confirm(addresses | domains, FeedPhase.REFUSED, problem)
                self.gap.hurry()
            case Notice(_, garbled):
                if garbled:
                    self._garbled.ask()

    def _confirm(self, names: Iterable[str], phase: FeedPhase, problem: Problem | None) -> None:
        self.coverage.confirm(names)
        confirmed = len(self.coverage.confirmed)
        self._board.set(feed=phase, feed_problem=problem, confirmed=confirmed)
        self._board.tell(Change.ADDRESSES)
