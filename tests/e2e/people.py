"""Who sends mail in these tests, and who reads it: the real wire without a screen."""

from __future__ import annotations

import asyncio
import smtplib
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sacterm.mailbox.ledger import utc_now
from sacterm.mailbox.service import Connect, Wire
from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.mailsac.feed import Feed
from sacterm.mailsac.rest import MailsacClient

KEY = "k_killtest0123456789"


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


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


def letter(number: int, to: str, text: str = "") -> bytes:
    return (
        f"From: Acme <no-reply@acme.example>\r\nTo: {to}\r\nSubject: Mail {number}\r\n"
        f"\r\n{text or f'Your code is {number:06}'}\r\n"
    ).encode()


def send(host: str, port: int, number: int, to: str, text: str = "") -> None:
    """Send one mail by SMTP; back when the server has taken it.

    Raises:
        OSError: it was not taken, as far as is known.
    """
    with smtplib.SMTP(host, port, timeout=10) as client:
        client.sendmail("no-reply@acme.example", [to], letter(number, to, text))


async def send_until_taken(host: str, port: int, number: int, to: str) -> None:
    """As a sending host does: the same mail again until the server says that it has it."""
    while True:
        try:
            await asyncio.to_thread(send, host, port, number, to)
            return
        except OSError:
            await asyncio.sleep(0.05)


async def send_steadily(
    host: str, port: int, numbers: Iterable[int], to: str, *, pause: float
) -> None:
    """Send a mail for each number over one connection, with so many seconds between two."""
    client = await asyncio.to_thread(smtplib.SMTP, host, port, timeout=10)
    try:
        for number in numbers:
            mail = letter(number, to)
            await asyncio.to_thread(client.sendmail, "no-reply@acme.example", [to], mail)
            await asyncio.sleep(pause)
    finally:
        client.close()


def connector(api: str, socket: str, key: str) -> Connect:
    """Makes the real wire to a service; its time is the event loop's."""

    async def connect(on_op: Callable[[str], None]) -> Wire:
        clock = asyncio.get_running_loop().time
        client = MailsacClient(key, base_url=api, on_op=on_op, clock=clock)
        return Wire(client, Feed(key, url=socket, clock=clock))

    return connect


@asynccontextmanager
async def session_on(
    api: str,
    socket: str,
    key: str,
    store: Store | None = None,
    *,
    delete_grace: float = 10.0,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Session]:
    """A session over real sockets, started."""
    session = Session(
        store or Store(None),
        connector(api, socket, key),
        delete_grace=delete_grace,
        now=now,
    )
    session.start()
    try:
        yield session
    finally:
        await session.close()
        if session.failed.done() and not session.failed.cancelled():
            session.failed.result()
        await session.store.close()
