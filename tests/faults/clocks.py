"""The machine sleeps, its clock is set, a month ends: all is there, ages and ledger are right."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sacterm.mailbox.session import Session
from sacterm.mailbox.views import ALL
from sacterm.tui.dates import Calendar
from tests.e2e.people import session_on
from tests.faults.row import Row, Run, each, hurry, must
from tests.faults.world import INBOX, Lines, Meter, compare, is_well, lines, settled, total
from tests.waiting import until

SPEED = 20.0
AWAKE = 10.0  # seconds in which it is noticed and all is caught up


class Wall:
    """A clock on the wall that goes by the event loop's time, and can be set."""

    def __init__(self, start: datetime | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._zero = (start or datetime.now(UTC)) - timedelta(seconds=self._loop.time())

    def now(self) -> datetime:
        """What it shows."""
        return self._zero + timedelta(seconds=self._loop.time())

    def move(self, by: timedelta) -> None:
        """Set it."""
        self._zero += by


def arrive(world: Lines, count: int, received: datetime | None = None) -> None:
    """Mail comes, without going by SMTP."""
    for _ in range(count):
        world.sandbox.mailroom.deliver(
            b"Subject: x\r\n\r\nx\r\n", "a@b.example", [INBOX], received=received
        )


async def sleeps(hours: float, age: str) -> str:
    """The machine sleeps while mail comes; the connections are dead when it wakes, and say nothing.

    That a machine sleeps shows in nothing but its clock on the wall, which went on meanwhile.

    Args:
        hours: how long.
        age: what is shown of a mail that came in the middle.
    """
    async with lines() as world:
        wall = Wall()
        world.sandbox.mailroom.now = wall.now
        async with session_on(*world.urls, now=wall.now) as session:
            arrive(world, 3)
            await settled(session)
            await until(lambda: total(session) == 3)
            world.rest.cut()  # nobody keeps an idle connection of REST for more than seconds
            world.socket.strand()
            wall.move(timedelta(hours=hours))
            arrive(world, 20, wall.now() - timedelta(hours=hours / 2))
            loop, meter = asyncio.get_running_loop(), Meter(world)
            begun, spent = loop.time(), session.ledger.spent
            with hurry(SPEED):
                await until(lambda: total(session) == 23 and is_well(session), limit=20)
            took = loop.time() - begun
            then = datetime.fromtimestamp(session.store.page(ALL, 0, 1)[0].received / 1000, UTC)
            shown = Calendar().age(then, wall.now())
            figure = f"slept {hours:g} h: caught up in {took:.0f} s, age {shown}"
            good = took <= AWAKE and shown == age
            return await _judged(world, session, meter, spent, figure, good)


async def is_set(by: timedelta) -> str:
    """The clock of this machine is set forward or back, which says nothing of the service's."""
    async with lines() as world:
        wall = Wall()
        async with session_on(*world.urls, now=wall.now) as session:
            arrive(world, 3)
            await settled(session)
            await until(lambda: total(session) == 3)
            meter, spent = Meter(world), session.ledger.spent
            wall.move(by)
            arrive(world, 10)
            with hurry(SPEED):
                await asyncio.sleep(30)  # a clock that is set looks like a sleep
            world.socket.cut()
            await until(lambda: not is_well(session))
            arrive(world, 10)
            await until(lambda: total(session) == 23 and is_well(session), limit=20)
            session.refresh()
            await until(lambda: meter.asked == session.ledger.spent - spent > 1)
            figure = f"clock set by {by.total_seconds() / 3600:+g} h"
            return await _judged(world, session, meter, spent, figure, True)


async def _judged(
    world: Lines, session: Session, meter: Meter, spent: int, figure: str, good: bool
) -> str:
    await until(lambda: meter.asked == session.ledger.spent - spent)
    found = compare(session.store, world.sandbox)
    return must(
        good and found.is_right, f"{figure}; {found}; {meter.agreed(session.ledger.spent - spent)}"
    )


async def month_ends() -> str:
    """A month ends while the session lives, at the service and here."""
    async with lines() as world:
        wall = Wall(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
        room = world.sandbox.mailroom
        room.now = wall.now
        async with session_on(*world.urls, now=wall.now) as session:
            arrive(world, 5)
            await settled(session)
            await until(lambda: total(session) == 5)
            before = session.ledger.left
            november, plan = room.ops(world.sandbox.account), room.plan(world.sandbox.account)
            must(before == plan.ops - november, f"in November {before} left, not {plan.ops}")
            wall.move(timedelta(minutes=2))
            arrive(world, 7)
            await until(lambda: total(session) == 12)
            session.refresh()
            await until(lambda: session.ledger.month.get("list"))
            await until(lambda: sum(session.ledger.month.values()) == 1)
            there, left = plan.ops - room.ops(world.sandbox.account), session.ledger.left
    return must(left == there, f"month ends: {left:,} ops left here, {there:,} there")


async def _clocks(run: Run) -> str:
    slept = sleeps(1, "30m"), sleeps(8, "4h")
    moved = (is_set(timedelta(hours=hours)) for hours in (-26, -1, 1, 26))
    return await each((*slept, *moved, month_ends()))


ROWS = (
    Row(
        "clocks",
        "machine asleep for hours, clock set back or forward, month change",
        "gap closed, ages right, ledger right",
        _clocks,
    ),
)
