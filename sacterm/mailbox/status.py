"""How things stand, as the session tells the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, Flag, auto

from msgspec import Struct
from msgspec.structs import replace

from sacterm.mailbox.needs import Problem


class Change(Flag):
    """What to look at again."""

    MAIL = auto()
    ADDRESSES = auto()
    STATUS = auto()


class FeedPhase(Enum):
    """How the socket is."""

    IDLE = "idle"  # nothing is forwarded, so there is nothing to listen for
    CONNECTING = "connecting"
    LISTENING = "listening"
    LOST = "lost"
    REFUSED = "refused"


class Status(Struct, frozen=True):
    """How things stand.

    Attributes:
        online: the service answered last time.
        contact: when it last did; None: never.
        problem: what is wrong with REST, if anything.
        feed: how the socket is.
        feed_problem: what is wrong with it, if anything.
        wanted: how many addresses and domains should be live.
        confirmed: how many of them are.
        cache_problem: what is wrong with this disk, if anything.
    """

    online: bool = False
    contact: datetime | None = None
    problem: Problem | None = None
    feed: FeedPhase = FeedPhase.IDLE
    feed_problem: Problem | None = None
    wanted: int = 0
    confirmed: int = 0
    cache_problem: Problem | None = None


class Board:
    """Where the status hangs, and who is told to look at it, or at what else, again.

    Attributes:
        status: how things stand.
    """

    def __init__(self, status: Status) -> None:
        self.status = status
        self._listeners: list[Callable[[Change], None]] = []
        self._refusals: list[Callable[[str], None]] = []
        self._arrivals: list[Callable[[frozenset[str]], None]] = []

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Be told what to look at again; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def hear_refusals(self, listener: Callable[[str], None]) -> None:
        """Be told, in one line for a person, of each change that was taken back."""
        self._refusals.append(listener)

    def hear_mail(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Be told the ids of mail that has come."""
        self._arrivals.append(listener)

    def set(self, **values: object) -> None:
        """Change some of the status."""
        status = replace(self.status, **values)
        if status != self.status:
            self.status = status
            self.tell(Change.STATUS)

    def tell(self, change: Change) -> None:
        """Have everybody look again."""
        for listener in tuple(self._listeners):
            listener(change)

    def tell_of_mail(self, new: frozenset[str]) -> None:
        """Tell of mail that has come."""
        for listener in self._arrivals:
            listener(new)
        self.tell(Change.MAIL)

    def refuse(self, text: str) -> None:
        """Tell of a change that was taken back."""
        for listener in self._refusals:
            listener(text)
