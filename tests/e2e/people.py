"""Who sends mail in these tests, and who reads it: the real wire without a screen."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sacterm.mailbox.service import Connect, Wire
from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.mailsac.feed import Feed
from sacterm.mailsac.rest import MailsacClient


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


def connector(api: str, socket: str, key: str) -> Connect:
    """Makes the real wire to a service."""

    async def connect(on_op: Callable[[str], None]) -> Wire:
        return Wire(MailsacClient(key, base_url=api, on_op=on_op), Feed(key, url=socket))

    return connect


@asynccontextmanager
async def session_on(
    api: str,
    socket: str,
    key: str,
    store: Store | None = None,
    *,
    delete_grace: float = 10.0,
) -> AsyncIterator[Session]:
    """A session over real sockets, started."""
    connect = connector(api, socket, key)
    session = Session(store or Store(None), connect, delete_grace=delete_grace)
    session.start()
    try:
        yield session
    finally:
        await session.close()
        if session.failed.done() and not session.failed.cancelled():
            session.failed.result()
        await session.store.close()
