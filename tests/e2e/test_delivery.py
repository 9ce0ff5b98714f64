"""Nothing is lost and nothing doubled, whatever happens to the connections."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from sacterm.mailbox.session import Session
from sacterm.mailbox.status import FeedPhase
from sacterm.mailbox.views import ALL
from sacterm.mailsac.rest import MailsacClient
from sacterm.model import Address
from sacterm.sandbox.records import Forwarding, Plan
from sacterm.sandbox.server import Sandbox
from tests.e2e.people import send_until_taken, session_on
from tests.e2e.proxy import Mode, Proxy, behind
from tests.waiting import until

PLENTY = Plan(ops=1_000_000, messages=1_000_000)
INBOX, MAILS = "signup@mailsac.com", 500


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def subjects(session: Session) -> list[str]:
    return sorted(row.subject for row in session.store.page(ALL, 0, 10_000))


async def send_all(host: str, port: int) -> None:
    for number in range(MAILS):
        await send_until_taken(host, port, number, INBOX)


async def harass(proxy: Proxy, rng: random.Random, times: int) -> None:
    """Cut, refuse and stall at random."""
    for _ in range(times):
        await asyncio.sleep(rng.uniform(0.02, 0.2))
        match rng.randrange(4):
            case 0 | 1:
                proxy.cut()
            case 2:
                proxy.set_mode(Mode.REFUSE)
                proxy.cut()
            case _:
                proxy.set_mode(Mode.STALL)
        await asyncio.sleep(rng.uniform(0.02, 0.15))
        if proxy.mode is Mode.STALL:
            proxy.cut()
        proxy.set_mode(Mode.PASS)


async def test_random_cuts_refusals_and_stalls_lose_and_double_nothing() -> None:
    async with Sandbox(plan=PLENTY) as sandbox, Proxy(port_of(sandbox.api_url)) as proxy:
        through = behind(proxy)
        sandbox.mailroom.reserve(sandbox.account, [INBOX], Forwarding(enablews=True))
        urls = through(sandbox.api_url), through(sandbox.socket_url)
        async with session_on(*urls, sandbox.key) as session:
            await until(lambda: session.status.feed is FeedPhase.LISTENING, limit=10)
            await asyncio.gather(
                harass(proxy, random.Random(7), 20),
                send_all(sandbox.smtp_host, sandbox.smtp_port),
            )
            expected = sorted(f"Mail {number}" for number in range(MAILS))
            await until(lambda: len(subjects(session)) >= MAILS, limit=75)
            await until(lambda: session.status.online, limit=75)
            assert subjects(session) == expected


KEY = "k_killtest0123456789"


@contextmanager
def sandbox_process(
    data: Path, port: int = 0, smtp_port: int = 0, *, key: str = KEY
) -> Iterator[dict[str, str]]:
    """The sandbox as people start it, and what it prints."""
    options = {"--data": data, "--port": port, "--smtp-port": smtp_port, "--key": key}
    arguments = [str(part) for option in options.items() for part in option]
    command = [sys.executable, "-m", "sacterm", "sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            lines = [process.stdout.readline().split() for _ in range(4)]
            yield dict[str, str](lines) | {"pid": str(process.pid)}
        finally:
            process.kill()


async def test_a_sandbox_that_is_killed_and_started_again_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    data = tmp_path / "sandbox.jsonl"
    with sandbox_process(data) as first:
        port, smtp_port = port_of(first["api"]), port_of(f"//{first['smtp']}")
        client = MailsacClient(KEY, base_url=first["api"])
        await client.reserve(INBOX)
        await client.put_forwarding(Address(email=INBOX, websocket=True))
        await client.aclose()
        async with session_on(first["api"], first["socket"], KEY) as session:
            await until(lambda: session.status.feed is FeedPhase.LISTENING, limit=10)
            sending = asyncio.create_task(send_all("127.0.0.1", smtp_port))
            await until(lambda: len(subjects(session)) > 100, limit=30)
            os.kill(int(first["pid"]), signal.SIGKILL)
            await until(lambda: session.status.feed is FeedPhase.LOST, limit=10)
            with sandbox_process(data, port, smtp_port):
                await asyncio.wait_for(sending, 60)
                await until(lambda: len(set(subjects(session))) >= MAILS, limit=75)
                await until(lambda: session.status.online, limit=30)
                # one mail may have been stored without its sender hearing of it, and sent again
                known = subjects(session)
                assert sorted(set(known)) == sorted(f"Mail {number}" for number in range(MAILS))
                assert len(known) <= MAILS + 1
                rows = session.store.page(ALL, 0, 10_000)
                assert len({row.id for row in rows}) == len(rows)
