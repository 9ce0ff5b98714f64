"""What is refused is tried once and told with a remedy; who wants to be left alone is."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

from msgspec import Struct

from sacterm.mailbox.needs import Problem
from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.sandbox.faults import Faults
from tests.e2e.people import port_of, send_until_taken, session_on
from tests.e2e.proxy import Proxy
from tests.faults.row import Row, Run, each, hurry, must
from tests.faults.world import INBOX, Lines, is_well, lines, settled, total
from tests.waiting import until
from tests.wire.scripted import ScriptedHttp, ScriptedSocket, untrusted

REMEDY = 1.0  # seconds of the world from the attempt to the remedy
SPEED = 20.0
Side = Literal["REST", "socket"]


class Refusal(Struct, frozen=True):
    """One way to be refused.

    Attributes:
        what: who says no, and how.
        side: what is refused; the other side works.
        faults: what the sandbox does; None: a certificate that nobody trusts.
        tries: attempts that are allowed.
    """

    what: str
    side: Side
    faults: Faults | None
    tries: int = 1


REFUSALS = (
    *(Refusal(f"handshake {n}", "socket", Faults(refuse_sockets=n)) for n in (401, 403)),
    *(Refusal(f"first frame {n}", "socket", Faults(status_frame=n)) for n in (401, 403)),
    *(Refusal(f"later frame {n}", "socket", Faults(notice=n), tries=0) for n in (401, 403)),
    Refusal("certificate", "socket", None),
    Refusal("401", "REST", Faults(status=401)),
    Refusal("403", "REST", Faults(status=403)),
    Refusal("certificate", "REST", None),
)


async def is_tried_once(refusal: Refusal, home: Path, *, seconds: float) -> str:
    """One side is refused; the other goes on.

    Args:
        refusal: how.
        home: an empty folder.
        seconds: how long, by the loop's clock, nothing more must be tried.
    """
    what = f"{refusal.side}, {refusal.what}"
    async with lines() as world, AsyncExitStack() as servers:
        store = home / "account.db"
        async with session_on(*world.urls, Store(store)) as session:
            await settled(session)  # what is to be live is known from now on
        api, socket, key = world.urls
        line = world.rest if refusal.side == "REST" else world.socket
        if refusal.faults is None:
            line, url = await _untrusted(servers, refusal.side)
            api, socket = (url, socket) if refusal.side == "REST" else (api, url)
        elif refusal.tries:
            world.sandbox.misbehave(refusal.faults)
        async with session_on(api, socket, key, Store(store)) as session:
            if refusal.faults and not refusal.tries:
                await settled(session)
                world.sandbox.misbehave(refusal.faults)
            begun, connects, meter = time.monotonic(), len(line.connected), world.sandbox.requests
            before = meter.total()
            await until(lambda: (found := _problem(session, refusal.side)) and found.remedy)
            took = time.monotonic() - begun
            await _other_side_works(world, session, refusal.side)
            with hurry(SPEED):
                await asyncio.sleep(seconds)
            tries = len(line.connected) - connects
            if refusal.side == "REST" and refusal.faults:
                tries = meter.total() - before
            found = _problem(session, refusal.side)
    must(found and found.retry_at is None, f"{what}: after {seconds:.0f} s it says {found}")
    figure = f"{what}: remedy in {took * 1000:.0f} ms, {tries} attempts in {seconds:.0f} s"
    return must(took <= REMEDY and tries <= refusal.tries, figure)


async def _untrusted(servers: AsyncExitStack, side: Side) -> tuple[Proxy, str]:
    tls = untrusted()
    server = ScriptedHttp(None, tls=tls) if side == "REST" else ScriptedSocket(tls=tls)
    await servers.enter_async_context(server)
    proxy = await servers.enter_async_context(Proxy(port_of(server.url)))
    return proxy, server.url.replace(f":{proxy.target}", f":{proxy.port}")


def _problem(session: Session, side: Side) -> Problem | None:
    return session.status.problem if side == "REST" else session.status.feed_problem


async def _other_side_works(world: Lines, session: Session, refused: Side) -> None:
    """Mail that comes now is shown: by the socket, or by a listing."""
    before = total(session)
    if refused == "REST":
        await until(lambda: session.status.confirmed == 1)
    else:
        await until(lambda: session.status.online)
    await send_until_taken(world.sandbox.smtp_host, world.sandbox.smtp_port, 1, INBOX)
    if refused == "socket":
        await session.list_inbox(INBOX)
    await until(lambda: total(session) > before)


async def is_left_alone(status: Literal[429, 503], side: Side, *, seconds: int) -> str:
    """The service says how long it wants no request, and a person asks meanwhile.

    Args:
        status: what it answers.
        side: who is told so: a listing, or the handshake of the socket.
        seconds: how long.
    """
    async with lines() as world, session_on(*world.urls) as session:
        await settled(session)
        loop, sandbox = asyncio.get_running_loop(), world.sandbox
        if side == "REST":
            sandbox.misbehave(Faults(status=status, retry_after=seconds))
            session.refresh()
        else:
            sandbox.misbehave(Faults(refuse_sockets=status, retry_after=seconds, drop_sockets=True))
        await until(
            lambda: (found := _problem(session, side)) and str(status) in found.text, limit=10
        )
        begun, connects, asked = loop.time(), len(world.socket.connected), sandbox.requests.total()
        found = _problem(session, side)
        must(found and found.retry_at, f"{side} {status}: no countdown in {found}")
        sandbox.misbehave(Faults())
        with hurry(SPEED):
            if side == "REST":
                session.refresh()
                await until(lambda: sandbox.requests.total() > asked, limit=seconds)
            else:
                await until(lambda: len(world.socket.connected) > connects, limit=seconds)
        waited = loop.time() - begun
        await until(lambda: is_well(session), limit=10)
    figure = f"{side} {status}: the next after {waited:.1f} s of {seconds}"
    return must(waited >= seconds - 0.2, figure)


async def _refusals(run: Run) -> str:
    homes = [run.home / str(place) for place in range(len(REFUSALS))]
    for home in homes:
        home.mkdir()
    cases = zip(REFUSALS, homes, strict=True)
    return await each(is_tried_once(refusal, home, seconds=60) for refusal, home in cases)


async def _left_alone(run: Run) -> str:
    seconds = random.Random(run.seed).randrange(20, 60)
    cases: tuple[tuple[Literal[429, 503], Side], ...] = (
        (429, "REST"),
        (503, "REST"),
        (429, "socket"),
        (503, "socket"),
    )
    return await each(is_left_alone(*case, seconds=seconds) for case in cases)


ROWS = (
    Row(
        "refused",
        "401, 403 at the handshake or in a frame, or of REST; a bad certificate",
        "one attempt, a remedy within 1 s, the rest keeps working",
        _refusals,
    ),
    Row(
        "retry-after",
        "429 or 503 with Retry-After, of REST and of the handshake",
        "no request early; a countdown (on the screen: see countdown)",
        _left_alone,
    ),
)
