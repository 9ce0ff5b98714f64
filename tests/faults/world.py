"""The sandbox behind lines that can be cut, an account to read, and what is found in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sacterm.mailbox.session import Session
from sacterm.mailbox.status import FeedPhase
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.sandbox.records import Forwarding, Plan
from sacterm.sandbox.server import Sandbox
from tests.e2e.people import letter, port_of
from tests.e2e.proxy import Proxy, behind
from tests.faults.row import must
from tests.waiting import until

INBOX = "signup@mailsac.com"
LIVE = Forwarding(enablews=True)
PLENTY = Plan(ops=1_000_000, messages=1_000_000, credits=1000)


class Lines(NamedTuple):
    """A sandbox, with REST and socket each behind a line of its own."""

    sandbox: Sandbox
    rest: Proxy
    socket: Proxy

    @property
    def urls(self) -> tuple[str, str, str]:
        """What a session is given: API, socket, key; both through the lines."""
        api = behind(self.rest)(self.sandbox.api_url)
        return api, behind(self.socket)(self.sandbox.socket_url), self.sandbox.key


@asynccontextmanager
async def lines(*live: str, plan: Plan = PLENTY) -> AsyncIterator[Lines]:
    """A running sandbox with some addresses that are forwarded to the socket."""
    async with Sandbox(plan=plan) as sandbox:
        sandbox.mailroom.reserve(sandbox.account, live or (INBOX,), LIVE)
        port = port_of(sandbox.api_url)
        async with Proxy(port) as rest, Proxy(port) as socket:
            yield Lines(sandbox, rest, socket)


async def settled(session: Session, limit: float = 20.0) -> None:
    """Wait until all is live, the history is listed, and nothing is wrong."""
    await until(lambda: is_well(session) and "list" in session.ledger.run, limit=limit)


def is_well(session: Session) -> bool:
    """Whether the session is online and live, without complaint."""
    status = session.status
    return (
        status.online
        and status.feed is FeedPhase.LISTENING
        and status.confirmed == status.wanted
        and (status.problem, status.feed_problem, status.cache_problem) == (None, None, None)
    )


class Meter:
    """Counts requests at the server.

    Args:
        world: with the server.
        begun: how many came before; None: all until now.
    """

    def __init__(self, world: Lines, begun: int | None = None) -> None:
        self._sandbox = world.sandbox
        self._begun = world.sandbox.requests.total() if begun is None else begun

    @property
    def asked(self) -> int:
        """Requests that the server got."""
        return self._sandbox.requests.total() - self._begun

    def agreed(self, spent: int) -> str:
        """The figure, where the ledger agrees with the server.

        Raises:
            Broken: it does not.
        """
        must(spent == self.asked, f"{self.asked} ops at the server, but {spent} in the ledger")
        return f"{spent} op{'s' * (spent != 1)}"


def total(session: Session) -> int:
    """How much mail is known here."""
    return session.store.counts(ALL).total


def stock(sandbox: Sandbox, count: int, inboxes: Sequence[str] = (INBOX,)) -> None:
    """Lay mail of the last days into the inboxes, by turns, without going by SMTP."""
    begun, step = datetime.now(UTC) - timedelta(days=3), timedelta(days=2) / count
    for number in range(count):
        to = inboxes[number % len(inboxes)]
        received = begun + number * step
        sandbox.mailroom.deliver(letter(number, to), "a@b.example", [to], received=received)


class Found(NamedTuple):
    """How what is known here differs from what the server has."""

    lost: int
    doubled: int
    in_order: bool

    def __str__(self) -> str:
        order = "right" if self.in_order else "WRONG"
        return f"{self.lost} lost, {self.doubled} doubled, order {order}"

    @property
    def is_right(self) -> bool:
        """Whether it does not differ."""
        return self == (0, 0, True)


def compare(store: Store, sandbox: Sandbox) -> Found:
    """Hold the list of all mail against that of the server, both newest first.

    Mail of the same millisecond has no order.
    """
    there = [(m.mail.id, m.mail.received) for m in sandbox.mailroom.of_account(sandbox.account)]
    here = [(row.id, row.received) for row in store.page(ALL, 0, len(there) + 1000)]
    times = {id_: round(received.timestamp() * 1000) for id_, received in there}
    known = Counter(id_ for id_, _ in here)
    return Found(
        lost=len(times.keys() - known.keys()),
        doubled=known.total() - len(known & Counter(list(times))),
        in_order=[received for _, received in here] == list(times.values())
        and all(times.get(id_) == received for id_, received in here),
    )
