"""What a session costs: counted at the server, and by the ledger, which have to agree."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.sandbox.faults import Faults
from tests.e2e.people import letter, send_steadily, session_on
from tests.e2e.proxy import Mode
from tests.e2e.terminal import Terminal
from tests.faults.delivery import CONNECTS
from tests.faults.row import Row, Run, each, hurry, must
from tests.faults.screens import app, leaves, sees
from tests.faults.world import INBOX, Lines, Meter, compare, is_well, lines, settled, stock, total
from tests.waiting import until

DOMAINS = ("shop.example", "bank.example")
ADDRESSES = tuple(f"a{number:02}@mailsac.com" for number in range(40))
MESSAGES = 1000
SPEED = 60.0
TEN_MINUTES = 600.0
START = 4  # ops: account, addresses, domains, one page


@asynccontextmanager
async def account() -> AsyncIterator[Lines]:
    """An account of 40 addresses and 2 domains with 1,000 messages, all of it live."""
    async with lines(*ADDRESSES) as world:
        room = world.sandbox.mailroom
        for name in DOMAINS:
            room.add_domain(world.sandbox.account, name, websocket=True)
        stock(world.sandbox, MESSAGES, [*ADDRESSES, *(f"x@{name}" for name in DOMAINS)])
        yield world


async def starts(home: Path) -> str:
    """A cold start, and a warm one with mail that is new."""
    async with account() as world:
        cold, cold_bytes = await _start(world, home, MESSAGES)
        stock_new(world, 10)
        warm, warm_bytes = await _start(world, home, MESSAGES + 10)
    size = f"{cold_bytes // 1000:,} and {warm_bytes // 1000:,} kB"
    figure = f"cold {cold} ops, warm {warm} ops; {size}"
    return must(cold <= START and warm <= START and warm_bytes < cold_bytes / 10, figure)


async def _start(world: Lines, home: Path, messages: int) -> tuple[int, int]:
    """Start, and stay for a while; the ops and the bytes that it took."""
    meter, answered = Meter(world), world.rest.answered
    async with session_on(*world.urls, Store(home / "account.db")) as session:
        await settled(session)
        await until(lambda: total(session) == messages)
        with hurry(SPEED):
            await asyncio.sleep(60)
        meter.agreed(session.ledger.spent)
        found = compare(session.store, world.sandbox)
    must(found.is_right, str(found))
    return meter.asked, world.rest.answered - answered


def stock_new(world: Lines, count: int) -> None:
    """Mail comes while nobody listens."""
    for number in range(count):
        to = ADDRESSES[number]
        world.sandbox.mailroom.deliver(b"Subject: new\r\n\r\nx\r\n", "a@b.example", [to])


async def one_cut(session: Session, world: Lines) -> str:
    """One cut of both lines, and the reconnect."""
    await settled(session)
    spent, meter = session.ledger.spent, Meter(world)
    world.socket.cut()
    world.rest.cut()
    await until(lambda: not is_well(session), limit=10)
    await settled(session)
    await until(lambda: session.ledger.spent > spent, limit=10)
    return must(meter.asked == 1, meter.agreed(session.ledger.spent - spent))


async def idles(session: Session, world: Lines, *, seconds: float) -> str:
    """Nothing happens, and nothing is asked for."""
    await settled(session)
    spent, meter, opened = session.ledger.spent, Meter(world), world.sandbox.sockets_opened
    with hurry(SPEED):
        await asyncio.sleep(seconds)
    opened = world.sandbox.sockets_opened - opened
    figure = f"{meter.agreed(session.ledger.spent - spent)} in {seconds / 60:.0f} minutes"
    return must(meter.asked == opened == 0 and is_well(session), f"{figure}, {opened} reconnects")


Down = Literal["503", "refused", "reset", "silent"]


async def is_down(how: Down, *, from_the_start: bool, speed: float, recovers: bool = True) -> str:
    """The server is down for ten minutes: what is asked of it meanwhile, for each route.

    Args:
        how: it answers 503; nobody listens; it resets connections, or says nothing.
        from_the_start: before the first answer; else while all is live and there is a change to
            tell of.
        speed: of the clock meanwhile.
        recovers: see how long it takes until all is well by itself.
    """
    async with account() as world, session_on(*world.urls) as session:
        if not from_the_start:
            await settled(session)
            await until(lambda: total(session) == MESSAGES)
        both, sandbox = (world.rest, world.socket), world.sandbox
        before, connects = sandbox.requests.copy(), len(world.rest.connected)
        opened, spent = len(world.socket.connected), Counter(session.ledger.run)
        if how == "503":
            sandbox.misbehave(Faults(status=503, refuse_sockets=503, drop_sockets=True))
        for line in both:
            if how == "refused":
                line.shut()
            line.set_mode({"reset": Mode.REFUSE, "silent": Mode.STALL}.get(how, Mode.PASS))
            line.cut()
        if not from_the_start:
            await session.triage.set_starred(session.store.ids(ALL, 0, 0), True)
        with hurry(speed):
            await asyncio.sleep(TEN_MINUTES)
        asked = sandbox.requests - before
        counted = Counter(session.ledger.run) - spent
        connects, opened = (
            len(world.rest.connected) - connects,
            len(world.socket.connected) - opened,
        )
        took = await _recovery(world, session) if recovers else 0.0
    when = "from the start" if from_the_start else "while live"
    most = max((asked if how == "503" else counted).values(), default=0)
    figure = f"{how} {when}: {most} for one need at most, {counted.total()} ops"
    figure += f", {connects} connects of REST, {opened} of the socket, well {took:.0f} s later"
    return must(most <= 10 and opened <= 10 * CONNECTS, figure)


async def _recovery(world: Lines, session: Session) -> float:
    """The server is up again; the seconds until all is well."""
    world.sandbox.misbehave(Faults())
    for line in (world.rest, world.socket):
        line.shut()
        await line.open()
        line.set_mode(Mode.PASS)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    with hurry(SPEED / 2):  # a listing takes a tenth of a second of the world
        await until(lambda: is_well(session) and total(session) == MESSAGES, limit=60)
    return loop.time() - begun


async def reads(home: Path, *, count: int) -> str:
    """Read what came by the socket and as much of the history; the same in the next run."""
    async with account() as world:
        async with session_on(*world.urls, Store(home / "account.db")) as session:
            await settled(session)
            await until(lambda: total(session) == MESSAGES)
            for number in range(count):
                to = ADDRESSES[number % len(ADDRESSES)]
                world.sandbox.mailroom.deliver(letter(number, to), "a@b.example", [to])
            await until(lambda: total(session) == MESSAGES + count)
            ids = session.store.ids(ALL, 0, 2 * count - 1)
            pushed = await _read(session, world, ids[:count])
            history = await _read(session, world, ids[count:])
        async with session_on(*world.urls, Store(home / "account.db")) as session:
            await settled(session)
            again = await _read(session, world, ids)
    figure = f"{count} that came by socket: {pushed}; {count} from history: {history}; all "
    figure += f"in the next run: {again}"
    return must((pushed, history, again) == ("0 ops", f"{count} ops", "0 ops"), figure)


async def _read(session: Session, world: Lines, ids: Sequence[str]) -> str:
    """Read messages twice, with all that the views show; what it cost."""
    spent, meter = session.ledger.spent, Meter(world)
    for id_ in [*ids, *ids]:
        letter = (await session.bodies.read(id_, fetch=True)).letter
        must(letter and letter.text and letter.parts and letter.journey is not None, f"{letter}")
    return meter.agreed(session.ledger.spent - spent)


async def reads_on_screen(home: Path, *, count: int) -> str:
    """The same on a terminal, each message in all six views."""
    async with lines() as world:
        stock(world.sandbox, count)
        with app(world.urls, home) as terminal:
            await sees(terminal, "live · 1 of 1 confirmed", f"{count} messages")
            history = await _read_all(terminal, world, count, "costs no more ops")
            smtp = world.sandbox.smtp_host, world.sandbox.smtp_port
            await send_steadily(*smtp, range(count, 2 * count), INBOX, pause=0.0)
            await sees(terminal, f"{2 * count} messages")
            pushed = await _read_all(terminal, world, count, "came by socket")
            await leaves(terminal)
    figure = f"{count} from history: {history} ops; {count} that came by socket: {pushed} ops"
    return must((history, pushed) == (count, 0), figure)


async def _read_all(terminal: Terminal, world: Lines, count: int, foot: str) -> int:
    meter = Meter(world)
    terminal.press("g")
    for _ in range(count):
        terminal.forget()
        terminal.press("\r")
        await sees(terminal, foot)
        terminal.press("23456")
        await sees(terminal, "Subject: Mail")
        terminal.press("1\x1b[Zj")
    return meter.asked


async def _idles(run: Run) -> str:
    async with account() as world, session_on(*world.urls) as session:
        return await idles(session, world, seconds=3600 * min(run.scale, 1.0))


async def _is_down(run: Run) -> str:
    ways: tuple[Down, ...] = ("503", "refused", "reset", "silent")
    speed = SPEED / min(max(run.scale, 0.2), 1.0)
    return await each(
        is_down(how, from_the_start=start, speed=speed) for how in ways for start in (True, False)
    )


async def _reads(run: Run) -> str:
    return await reads(run.home, count=20)


async def _reads_on_screen(run: Run) -> str:
    return await reads_on_screen(run.home, count=20)


async def _starts(run: Run) -> str:
    return await starts(run.home)


async def _one_cut(run: Run) -> str:
    async with account() as world, session_on(*world.urls) as session:
        return await one_cut(session, world)


ROWS = (
    Row(
        "start",
        "cold start; warm start with 10 new",
        "4 ops at most each; only what is new is paged",
        _starts,
    ),
    Row("one-cut", "one cut and reconnect", "1 op", _one_cut),
    Row(
        "idle",
        "idle for an hour, live (of a clock that runs 60 times as fast)",
        "0 ops",
        _idles,
        patience=200,
    ),
    Row("read", "read 20 that came by socket, and 20 from history", "0 ops; 20 ops, once", _reads),
    Row(
        "read-screen",
        "the same on a terminal, in all six views",
        "0 ops; 20 ops",
        _reads_on_screen,
    ),
    Row(
        "down",
        "a page of errors: server down for 10 minutes (of a clock 60 times as fast)",
        "at most 1 request a minute per need",
        _is_down,
        patience=200,
    ),
)
