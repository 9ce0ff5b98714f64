"""Scenarios of faults that a seed decides, all kinds of them, while mail comes and is worked on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from sacterm.errors import SactermError
from sacterm.mailbox.session import Session
from sacterm.mailbox.views import ALL
from sacterm.sandbox.scenario import FRAMES, REST, SOCKETS, Kinds, play, random_scenario
from tests.e2e.people import send_steadily, session_on
from tests.faults.row import Row, Run, hurry, must
from tests.faults.world import INBOX, Found, compare, is_well, lines, settled, stock, total
from tests.waiting import until

ALL_KINDS = (REST, SOCKETS, FRAMES)
SPEED = 5.0
RECOVERY = 150.0  # seconds of the loop's clock: the longest wait after failures of some seconds


async def survives(
    seed: int,
    *,
    seconds: float,
    messages: int,
    kinds: Sequence[Kinds] = ALL_KINDS,
    speed: float = SPEED,
) -> str:
    """Play a scenario, and look at what is left when it has ended.

    Args:
        seed: decides all.
        seconds: how long it is, by the loop's clock.
        messages: how much mail comes meanwhile.
        kinds: groups of faults.
        speed: of the loop's clock.
    """
    async with lines() as world, session_on(*world.urls) as session:
        stock(world.sandbox, 50)
        await settled(session)
        await until(lambda: total(session) == 50)
        loop, sandbox = asyncio.get_running_loop(), world.sandbox
        with hurry(speed):
            scenario = random_scenario(seed, seconds, kinds=kinds)
            work = asyncio.create_task(_work(session, random.Random(seed)))
            await asyncio.gather(
                play(scenario, sandbox.misbehave, clock=loop.time),
                send_steadily(
                    sandbox.smtp_host,
                    sandbox.smtp_port,
                    range(messages),
                    INBOX,
                    pause=0.8 * seconds / messages,
                ),
            )
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            healthy = loop.time()
            while not _is_right(session, found := compare(session.store, sandbox)):
                if loop.time() - healthy > RECOVERY:
                    break
                await asyncio.sleep(0.1)
            took = loop.time() - healthy
        account = sandbox.mailroom.of_account(sandbox.account)
        there = {m.mail.id: (bool(m.marks.saved_by), set(m.marks.labels)) for m in account}
        rows = session.store.page(ALL, 0, len(there) + 100)
        wrong = sum(there.get(row.id) != (row.starred, set(row.labels)) for row in rows)
        figure = f"seed {seed}: {seconds:.0f} s, {len(there)} mails: {found}, {wrong} marks wrong"
        must(_is_right(session, found), f"{figure}; {session.status}")
        return must(not wrong, f"{figure}; healthy {took:.0f} s after the last fault")


def _is_right(session: Session, found: Found) -> bool:
    return found.is_right and is_well(session) and not session.store.count_unsent()


async def _work(session: Session, rng: random.Random) -> None:
    """Somebody reads, stars and labels, and is impatient at times; until cancelled."""
    while True:
        await asyncio.sleep(rng.uniform(0.2, 2.0))
        id_ = rng.choice(session.store.ids(ALL, 0, 30))
        try:
            match rng.randrange(5):
                case 0:
                    await session.bodies.read(id_, fetch=False)
                case 1 | 2:
                    await session.triage.set_starred([id_], rng.random() < 0.6)
                case 3:
                    await session.triage.set_labels([id_], add={f"l{rng.randrange(3)}"})
                case _:
                    session.refresh()
        except SactermError:
            pass  # told on the screen; what counts is what is left in the end


async def _chance(run: Run) -> str:
    """As many scenarios as there is time for, at least one."""
    figures: list[str] = []
    seed, seconds = run.seed, 120.0
    while not figures or run.left > 1.5 * seconds / SPEED:
        figures.append(await survives(seed, seconds=seconds, messages=200))
        seed += 1
    return f"{len(figures)} scenarios of {seconds:.0f} s; the last: {figures[-1]}"


ROWS = (
    Row(
        "chance",
        "random scenarios of all the sandbox's faults, for the rest of the time",
        "0 lost, 0 doubled, nothing crashes, status ends healthy",
        _chance,
        patience=3600,
    ),
)
