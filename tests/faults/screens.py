"""What the screen promises, on a terminal: the whole program, as people start it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from sacterm.mailsac.rest import MailsacClient
from sacterm.model import Address
from sacterm.sandbox.faults import Faults
from tests.e2e.people import KEY, sandbox_process, send_until_taken
from tests.e2e.terminal import Terminal
from tests.e2e.test_handing import environment
from tests.faults.row import Row, Run, must
from tests.faults.world import INBOX, lines
from tests.waiting import until

FROZEN = 30.0  # seconds until it is shown
REMEDY = 1.0


def app(urls: tuple[str, str, str], home: Path, *options: str) -> Terminal:
    """The program on a terminal.

    Args:
        urls: API, socket and key.
        home: where it keeps its files.
        options: for the command line.
    """
    api, socket, key = urls
    places = {"SACTERM_API_URL": api, "SACTERM_SOCKET_URL": socket, "MAILSAC_KEY": key}
    command = [sys.executable, "-m", "sacterm", *options]
    return Terminal(command, environment(home, **places), size=(140, 40))


async def sees(terminal: Terminal, *words: str, limit: float = 20.0) -> float:
    """Seconds until all the words were painted; whoever serves goes on meanwhile."""
    return await asyncio.to_thread(terminal.sees, *words, limit=limit)


async def leaves(terminal: Terminal) -> None:
    """Quit, as people do."""
    terminal.press("q")
    must(await asyncio.to_thread(terminal.ends) == 0, "it did not end in order")


async def frozen(home: Path) -> str:
    """The server's process is stopped, its sockets stay open; then it goes on."""
    with sandbox_process(home / "sandbox.jsonl") as places:
        client = MailsacClient(KEY, base_url=places["api"])
        await client.reserve(INBOX)
        await client.put_forwarding(Address(email=INBOX, websocket=True))
        await client.aclose()
        with app((places["api"], places["socket"], KEY), home) as terminal:
            await sees(terminal, "live · 1 of 1 confirmed")
            terminal.forget()
            os.kill(int(places["pid"]), signal.SIGSTOP)
            shown = await sees(terminal, "not live", "tries again", limit=60)
            terminal.forget()
            os.kill(int(places["pid"]), signal.SIGCONT)
            back = await sees(terminal, "live · 1 of 1 confirmed", limit=90)
            await leaves(terminal)
    return must(shown <= FROZEN, f"shown after {shown:.1f} s; {back:.1f} s later it is live again")


async def remedies(home: Path) -> str:
    """Refusals of all kinds while the program runs: when each was painted with its remedy."""
    async with lines() as world:
        with app(world.urls, home) as terminal:
            await sees(terminal, "live · 1 of 1 confirmed")
            terminal.forget()
            world.sandbox.misbehave(Faults(notice=401))
            frame = await sees(terminal, "not live", "set a valid key")
            await send_until_taken(world.sandbox.smtp_host, world.sandbox.smtp_port, 4711, INBOX)
            terminal.press("r")
            await sees(terminal, "Mail 4711", "live · 1 of 1 confirmed")
            terminal.forget()
            connects = len(world.socket.connected)
            world.sandbox.misbehave(Faults(refuse_sockets=403, drop_sockets=True))
            await until(lambda: len(world.socket.connected) > connects)
            handshake = await sees(terminal, "not live", "set a valid key")
            world.sandbox.misbehave(Faults())
            terminal.press("r")
            await sees(terminal, "live · 1 of 1 confirmed")
            terminal.forget()
            world.sandbox.misbehave(Faults(status=401))
            terminal.press("r")
            rest = await sees(terminal, "set a valid key", "refuses the key")
            await leaves(terminal)
    figure = f"frame {frame:.2f} s, handshake {handshake:.2f} s, REST {rest:.2f} s"
    return must(max(frame, handshake, rest) <= REMEDY, figure)


async def countdown(home: Path) -> str:
    """The service wants to be left alone for a while, which is shown second by second."""
    async with lines() as world:
        with app(world.urls, home) as terminal:
            await sees(terminal, "live · 1 of 1 confirmed")
            counted = []
            for faults in (
                Faults(status=429, retry_after=4),
                Faults(refuse_sockets=503, retry_after=4, drop_sockets=True),
            ):
                terminal.forget()
                world.sandbox.misbehave(faults)
                if faults.status:
                    terminal.press("r")
                await sees(terminal, "tries again in 3 s", "tries again in 2 s")
                world.sandbox.misbehave(Faults())
                counted.append(await sees(terminal, "live · 1 of 1 confirmed"))
            await leaves(terminal)
    return f"3, 2 … painted for REST and handshake; live again {max(counted):.1f} s later"


async def kept_within(home: Path, limit: int) -> str:
    """A run that may spend so many ops by itself; lines are cut again and again."""
    async with lines() as world:
        with app(world.urls, home, "--ops-limit", str(limit)) as terminal:
            await sees(terminal, "live · 1 of 1 confirmed")
            begun = time.monotonic()
            while time.monotonic() < begun + 8:
                world.socket.cut()
                await asyncio.sleep(0.5)
            await sees(terminal, f"limit of {limit} ops")
            asked = world.sandbox.requests.total()
            terminal.press("r")
            await until(lambda: world.sandbox.requests.total() > asked)
            await asyncio.sleep(0.5)
            more = world.sandbox.requests.total() - asked
            await leaves(terminal)
    return must(asked == limit and more == 1, f"{asked} ops of {limit}; r spends {more} more")


async def _frozen(run: Run) -> str:
    return await frozen(run.home)


async def _remedies(run: Run) -> str:
    return await remedies(run.home)


async def _countdown(run: Run) -> str:
    return await countdown(run.home)


async def _kept_within(run: Run) -> str:
    return await kept_within(run.home, 6)


ROWS = (
    Row(
        "frozen",
        "frozen peer: process stopped, socket open",
        "shown as reconnecting within 30 s, recovered by itself",
        _frozen,
        patience=200,
    ),
    Row(
        "remedy",
        "401 and 403 in a frame, at the handshake and of REST, on a terminal",
        "a remedy within 1 s, the rest keeps working",
        _remedies,
    ),
    Row(
        "countdown",
        "429 and 503 with Retry-After, on a terminal",
        "a countdown is shown",
        _countdown,
    ),
    Row(
        "ops-limit",
        "--ops-limit 6 on a line that is cut again and again",
        "automatic spending stops at 6 and says so",
        _kept_within,
    ),
)
