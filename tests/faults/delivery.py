"""Whatever happens to the connections, nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sacterm.mailbox.session import Session
from sacterm.mailbox.status import FeedPhase
from sacterm.mailbox.store import Store
from sacterm.model import Liveness
from sacterm.sandbox.faults import Faults
from sacterm.sandbox.server import Sandbox
from tests.e2e.people import letter, send_steadily, session_on
from tests.e2e.proxy import Mode, Proxy
from tests.faults.row import Row, Run, hurry, must
from tests.faults.screens import FROZEN, app, leaves, sees
from tests.faults.world import INBOX, Meter, compare, is_well, lines, settled, total
from tests.waiting import until

CAUGHT_UP = 5.0  # seconds after the last cut
CONNECTS = 10  # in a minute
URL = 4000  # characters
SPEED = 20.0


async def harm(proxies: Sequence[Proxy], rng: random.Random) -> None:
    """Cut lines; maybe they refuse, or let nothing pass, for a moment before they work again."""
    mode = rng.choice([Mode.PASS, Mode.PASS, Mode.REFUSE, Mode.STALL])
    for proxy in proxies:
        proxy.set_mode(mode)
        if mode is not Mode.STALL:
            proxy.cut()
    if mode is not Mode.PASS:
        await asyncio.sleep(rng.uniform(0.02, 0.3))
    for proxy in proxies:
        if mode is Mode.STALL:
            proxy.cut()
        proxy.set_mode(Mode.PASS)


async def random_cuts(rng: random.Random, *, messages: int, cuts: int, between: float = 0.6) -> str:
    """Cut socket, REST or both while mail comes in.

    Args:
        rng: says when and what.
        messages: how much mail comes.
        cuts: how often; the last time, the last of the mail comes meanwhile.
        between: seconds between two cuts, at most.
    """
    async with lines() as world, session_on(*world.urls) as session:
        sandbox, *both = world
        await settled(session)
        smtp = sandbox.smtp_host, sandbox.smtp_port
        last = range(messages - messages // 20, messages)
        moment = between / 2 * cuts / messages
        sending = asyncio.create_task(send_steadily(*smtp, range(last.start), INBOX, pause=moment))
        for _ in range(cuts - 1):
            await asyncio.sleep(rng.uniform(0.0, between))
            await harm(rng.choice([both, both[:1], both[1:]]), rng)
        await sending
        for proxy in both:
            proxy.set_mode(Mode.REFUSE)
            proxy.cut()
        await send_steadily(*smtp, last, INBOX, pause=0.0)
        for proxy in both:
            proxy.set_mode(Mode.PASS)
        healed = time.monotonic()
        await until(lambda: total(session) >= messages and is_well(session), limit=60)
        took = time.monotonic() - healed
        found = compare(session.store, sandbox)
        figure = f"{messages:,} mails, {cuts} cuts: {found}; caught up in {took:.1f} s"
        return must(found.is_right and took <= CAUGHT_UP, f"{figure}; {session.ledger.spent} ops")


def _has_more(session: Session, count: int) -> bool:
    return total(session) > count


def _is_back(session: Session, sandbox: Sandbox, opened: int) -> bool:
    return sandbox.sockets_opened > opened and is_well(session)


async def is_cut_often(times: int) -> str:
    """The socket is cut whenever it has brought a mail, and REST with it."""
    async with lines() as world, session_on(*world.urls) as session:
        sandbox, *both = world
        await settled(session)
        loop, longest = asyncio.get_running_loop(), 0.0
        for number in range(times):
            sandbox.mailroom.deliver(letter(number, INBOX), "a@b.example", [INBOX])
            await until(partial(_has_more, session, number))
            opened, begun = sandbox.sockets_opened, loop.time()
            for line in both:
                line.cut()
            with hurry(SPEED / 2):
                await until(partial(_is_back, session, sandbox, opened))
            longest = max(longest, loop.time() - begun)
        figure = f"{times} cuts: live again after {longest:.1f} s at most"
        return must(longest <= CAUGHT_UP, f"{figure}; {session.ledger.spent} ops")


async def accepts_and_closes(*, speed: float) -> str:
    """For a minute the socket says "Listening" and goes, while mail comes in."""
    async with lines() as world:
        sandbox = world.sandbox
        sandbox.misbehave(Faults(close_sockets=1000))
        async with session_on(*world.urls) as session:
            with hurry(speed):
                await send_steadily(
                    sandbox.smtp_host, sandbox.smtp_port, range(30), INBOX, pause=2.0
                )
            connects = len(world.socket.connected)
            sandbox.misbehave(Faults())
            with hurry(SPEED):
                await until(lambda: is_well(session) and total(session) == 30, limit=10)
            found = compare(session.store, sandbox)
    figure = f"{connects} connects in a minute; {found}"
    return must(found.is_right and connects <= CONNECTS, figure)


async def freezes() -> str:
    """The peer reads and says nothing any more, and closes nothing; then it goes on."""
    async with lines() as world, session_on(*world.urls) as session:
        await settled(session)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        world.socket.set_mode(Mode.STALL)
        with hurry(SPEED):
            await until(lambda: session.status.feed is FeedPhase.LOST, limit=FROZEN)
        shown = loop.time() - begun
        world.socket.set_mode(Mode.PASS)
        await until(lambda: is_well(session), limit=FROZEN)
        back = loop.time() - begun - shown
    return must(shown <= FROZEN, f"shown after {shown:.0f} s, back after {back:.0f} s more")


async def all_are_live(count: int) -> str:
    """So many addresses that they fit into no URL; mail for each of them comes by the socket."""
    names = [f"a-rather-long-name-é-{number:03}@mailsac.com" for number in range(count)]
    async with lines(*names) as world, session_on(*world.urls) as session:
        await settled(session)
        live = sum(session.liveness(name) is Liveness.LIVE for name in names)
        cold = Meter(world, begun=0).agreed(session.ledger.spent)
        meter = Meter(world)
        for number, name in enumerate(names):
            world.sandbox.mailroom.deliver(letter(number, name), "a@b.example", [name])
        await until(lambda: total(session) == count)
        longest = max(len(asked.split()[1]) for asked in world.socket.asked)
    figure = f"{live} of {count} confirmed by {len(world.socket.asked)} connections"
    figure += f", the longest URL has {longest:,} characters; start {cold}, mail {meter.asked}"
    good = (live, longest <= URL, meter.asked, session.ledger.spent) == (count, True, 0, 4)
    return must(good, figure)


async def is_killed(rng: random.Random, home: Path, *, messages: int, kills: int) -> str:
    """The program is killed while mail comes, and started again; no signal that it could catch."""
    async with lines() as world:
        smtp = world.sandbox.smtp_host, world.sandbox.smtp_port
        sending = asyncio.create_task(send_steadily(*smtp, range(messages), INBOX, pause=0.003))
        for _ in range(kills):
            with app(world.urls, home) as terminal:  # its end is a kill -9
                await sees(terminal, "Mail ")
                await asyncio.sleep(rng.uniform(0.0, 1.0))
        with app(world.urls, home) as terminal:
            await sees(terminal, "live · 1 of 1 confirmed")
            await sending
            await sees(terminal, f"{messages:,} messages", limit=30)
            await leaves(terminal)
        files = [file.name for file in home.rglob("*.set-aside")]
        (file,) = home.rglob("*.db")
        with contextlib.closing(sqlite3.connect(file)) as db:
            ((checked,),) = db.execute("PRAGMA integrity_check").fetchall()
        store = Store(file)
        found = compare(store, world.sandbox)
        await store.close()
    figure = f"{messages:,} mails, {kills} kills: {found}; integrity {checked}, set aside {files}"
    return must(found.is_right and checked == "ok" and not files, figure)


async def _random_cuts(run: Run) -> str:
    size = {"messages": run.sized(5000, 200), "cuts": run.sized(100, 10)}
    return await random_cuts(run.rng("cuts"), **size)


async def _is_cut_often(run: Run) -> str:
    return await is_cut_often(run.sized(100, 20))


async def _accepts_and_closes(run: Run) -> str:
    return await accepts_and_closes(speed=2)


async def _all_are_live(run: Run) -> str:
    return await all_are_live(200)


async def _is_killed(run: Run) -> str:
    return await is_killed(run.rng("kill"), run.home, messages=run.sized(1000, 300), kills=4)


ROWS = (
    Row(
        "cuts",
        "5,000 messages, 100 random cuts of socket, REST or both",
        "0 lost, 0 doubled, order right; caught up within 5 s of the last cut",
        _random_cuts,
        patience=300,
    ),
    Row(
        "often",
        "100 cuts, one after each mail that came",
        "live again within 5 s each time",
        _is_cut_often,
    ),
    Row(
        "accept-close",
        "a server that accepts and closes at once",
        "at most 10 connects a minute",
        _accepts_and_closes,
    ),
    Row(
        "live-200",
        "200 live addresses",
        "every one confirmed; URL limits respected",
        _all_are_live,
    ),
    Row(
        "kill",
        "kill -9 of the program while 1,000 arrive",
        "starts again, nothing damaged, nothing that the server still has is missing",
        _is_killed,
    ),
)
