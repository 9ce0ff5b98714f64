"""What the server recycled is kept here and marked; what it has not got yet is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sacterm.mailbox.bodies import Outcome
from sacterm.mailbox.session import Session
from sacterm.mailbox.views import ALL
from sacterm.sandbox.faults import Faults
from tests.e2e.people import session_on
from tests.faults.row import Row, Run, each, hurry, must
from tests.faults.world import INBOX, Meter, lines, settled, stock, total
from tests.waiting import until

Act = Callable[[Session, str], Awaitable[object]]


async def _read(session: Session, id: str) -> object:
    reading = await session.bodies.read(id, fetch=True)
    must(reading.outcome is Outcome.GONE and reading.reason, f"read: {reading}")
    return reading.reason


ACTS: dict[str, Act] = {
    "read": _read,
    "mark": lambda session, id: session.triage.set_read([id], True),
    "star": lambda session, id: session.triage.set_starred([id], True),
    "move": lambda session, id: session.triage.set_folder([id], "trash"),
    "label": lambda session, id: session.triage.set_labels([id], add={"x"}),
    "delete": lambda session, id: session.triage.delete([id]),
}


async def is_kept(acts: dict[str, Act] = ACTS) -> str:
    """Mail goes at the server behind the client's back; then each thing is done with one of it."""
    async with lines() as world:
        stock(world.sandbox, len(acts))
        async with session_on(*world.urls, delete_grace=0.0) as session:
            await settled(session)
            await until(lambda: total(session) == len(acts))
            room = world.sandbox.mailroom
            room.delete(room.of_account(world.sandbox.account))
            told: list[str] = []
            session.hear_refusals(told.append)
            ids = session.store.ids(ALL, 0, len(acts) - 1)
            figures = []
            for id_, (what, act) in zip(ids, acts.items(), strict=True):
                figures.append(await _twice(session, Meter(world), id_, what, act, told))
            kept = total(session)
            marked = [row.gone for row in session.store.page(ALL, 0, len(acts))]
    deleted = "delete" in acts
    must(kept == len(acts) - deleted and all(marked), f"{kept} kept, marked gone: {marked}")
    return f"ops, and ops when it is done again: {', '.join(figures)}; {kept} kept and marked"


async def _twice(
    session: Session, meter: Meter, id: str, what: str, act: Act, told: list[str]
) -> str:
    told.clear()
    said = await act(session, id)
    await until(lambda: meter.asked == 1)
    await until(lambda: (row := session.store.row(id)) is None or row.gone)
    if what not in ("read", "delete"):
        await until(lambda: told)
    first = meter.asked
    if session.store.row(id):
        await act(session, id)
        await asyncio.sleep(0.1)
    return must(first == meter.asked == 1, f"{what} {first}+{meter.asked - first} ({said})")


async def comes_later(times: int) -> str:
    """A message is listed before the server can give the whole of it.

    Args:
        times: how often it says 404.
    """
    async with lines() as world, session_on(*world.urls) as session:
        await settled(session)
        room = world.sandbox.mailroom
        world.sandbox.misbehave(Faults(drop_frames=True))
        (mail,) = room.deliver(b"Subject: x\r\n\r\nhere\r\n", "a@b.example", [INBOX])
        await session.list_inbox(mail.mail.inbox)
        world.sandbox.misbehave(Faults(status=404, path="/raw", times=times))
        loop, meter = asyncio.get_running_loop(), Meter(world)
        begun = loop.time()
        with hurry(10):
            reading = await session.bodies.read(mail.mail.id, fetch=True)
        took = loop.time() - begun
    figure = f"404 {times} times: {reading.outcome.value} after {took:.1f} s, {meter.asked} ops"
    must(reading.letter and "here" in reading.letter.text, figure)
    return must(meter.asked == times + 1, figure)


async def _gone(run: Run) -> str:
    return await is_kept()


async def _later(run: Run) -> str:
    return await each(comes_later(times) for times in (1, 2, 3))


ROWS = (
    Row(
        "recycled",
        "messages recycled at the server, behind our back",
        "kept here, marked gone; acting on one says so and costs nothing further",
        _gone,
    ),
    Row(
        "raw-404",
        "raw asked for before the server has it",
        "retried shortly, then shown",
        _later,
    ),
)
