"""Clients of the sandbox made of the standard library and ``websockets``, nothing of ours."""

from __future__ import annotations

import asyncio
import http.client
import json
import smtplib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 5.0  # seconds for what must happen
SILENCE = 0.2  # seconds in which nothing must happen


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Rest:
    """One connection for each request, nothing followed, nothing retried."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base
        self.key = key

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        headers: dict[str, str] | None = None,
        key: str | None = None,
        **query: object,
    ) -> Answer:
        """Asks below the base; the key goes into the header. ``key=""`` sends none."""
        sent = {} if key == "" else {"Mailsac-Key": key or self.key}
        target = urlsplit(self.base).path + path + (f"?{urlencode(query)}" if query else "")
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return await asyncio.to_thread(self._ask, method, target, data, sent | (headers or {}))

    def at(self, base: str) -> Rest:
        return Rest(base, self.key)

    def _ask(self, method: str, target: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=PATIENCE)
        try:
            connection.request(method, target, data, headers)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
        finally:
            connection.close()


class Smtp:
    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    async def send(self, raw: bytes, *to: str, sender: str = "shop@example.com") -> None:
        await asyncio.to_thread(self._send, raw, to, sender)

    async def talk(self, *lines: bytes) -> list[int]:
        """Sends raw lines, one by one, and gives the status of each answer, the greeting's first.

        A line that is no command (the end of DATA apart) must not be sent alone.
        """
        return await asyncio.to_thread(self._talk, lines)

    def _send(self, raw: bytes, to: tuple[str, ...], sender: str) -> None:
        with smtplib.SMTP(
            self.host, self.port, local_hostname="client.example", timeout=PATIENCE
        ) as smtp:
            international = not "".join((sender, *to)).isascii()
            smtp.sendmail(sender, to, raw, ["SMTPUTF8"] if international else [])

    def _talk(self, lines: tuple[bytes, ...]) -> list[int]:
        with socket.create_connection((self.host, self.port), timeout=PATIENCE) as connection:
            answers = connection.makefile("rb")
            statuses = [_status(answers.readline)]
            for line in lines:
                connection.sendall(line)
                statuses.append(_status(answers.readline))
            return statuses


def _status(readline: Any) -> int:
    while True:
        line = readline()
        if line[3:4] != b"-":
            return int(line[:3] or b"0")


def letter(subject: str = "hello", *, to: str = "box@mailsac.com", text: str = "hi") -> bytes:
    """A small mail, as a program would write it."""
    return (
        f"From: Shop <shop@example.com>\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    ).encode()


class Line:
    """A connection of bare bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, *texts: bytes) -> None:
        self.writer.write(b"".join(texts))
        await self.writer.drain()

    async def hear(self) -> bytes:
        """A line."""
        return await asyncio.wait_for(self.reader.readline(), PATIENCE)

    async def until_hung_up(self) -> bytes:
        """What comes until the server hangs up."""
        heard = bytearray()
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                while piece := await self.reader.read(65_536):
                    heard += piece
        return bytes(heard)


@asynccontextmanager
async def dialled(host: str, port: int, *, room: int | None = None) -> AsyncIterator[Line]:
    """A connection, which keeps little of what is not read where there is little ``room``."""
    connection = socket.socket()
    connection.setblocking(False)
    if room:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    await asyncio.get_running_loop().sock_connect(connection, (host, port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=room or 65_536)
    try:
        yield Line(reader, writer)
    finally:
        writer.transport.abort()  # a close would wait for what the server does not read
        with suppress(ConnectionError):
            await writer.wait_closed()


def bulk(size: int) -> bytes:
    """A mail of so many bytes, in lines as long as SMTP lets them be (RFC 5321, 4.5.3.1.6)."""
    head = b"Subject: big\r\n\r\n"
    lines = (b"x" * 998 + b"\r\n") * (size // 1000)
    return head + lines[: size - len(head) - 2] + b"\r\n"


def segment(text: str) -> str:
    """A piece of a path, percent-encoded."""
    return quote(text, safe="")


@asynccontextmanager
async def listening(url: str, key: str, *names: str, **options: Any) -> AsyncIterator[Ear]:
    """A web socket for addresses and domains."""
    query = urlencode({"key": key, "addresses": ",".join(names), "_id": "somebody"})
    options = {"max_size": 32 * 2**20, "close_timeout": 1, "proxy": None} | options
    async with connect(f"{url}?{query}", **options) as connection:
        yield Ear(connection)


class Ear:
    """Hears frames."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def text(self) -> str:
        async with asyncio.timeout(PATIENCE):
            frame = await self.connection.recv()
        assert isinstance(frame, str)
        return frame

    async def json(self) -> Any:
        return json.loads(await self.text())

    async def subjects(self, count: int) -> list[str]:
        """The subjects of so many mail frames."""
        return [(await self.json())["email"]["subject"] for _ in range(count)]

    async def hears_nothing(self) -> bool:
        try:
            async with asyncio.timeout(SILENCE):
                await self.connection.recv()
        except TimeoutError:
            return True
        return False

    async def closed(self) -> int | None:
        """Waits for the end; the code that the server closed with, None for a cut."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.connection.recv()
        received = self.connection.protocol.close_rcvd
        return received.code if received else None
