"""How things stand, as the session tells the screen."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, Flag, auto

from msgspec import Struct

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
