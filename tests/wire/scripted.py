"""Small servers on loopback that do what a test tells them to, also what no server should."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request as Handshake
from websockets.http11 import Response

PATIENCE = 5.0  # seconds that a test waits for what must happen

# Signed by itself, for loopback, and used for nothing else: no client trusts it unasked.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCNcHpcpHfG5XjGaN
EVyeh/nJXOb7VuGK709MQZWWOYihRANCAAT1lbEIDV6/NpOchzZ3/WMf64GfJIPi
aUnxnAz1VIEpD/o68HHrlDHSwzMKPgJDRIoSXO22rctUVMEUXLDskYsk
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPWVsQgNXr82k5yH
Nnf9Yx/rgZ8kg+JpSfGcDPVUgSkP+jrwceuUMdLDMwo+AkNEihJc7baty1RUwRRc
sOyRiySjXjBcMBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAPBgNVHRMBAf8E
BTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUrWyB5Z5yZcWQ6vU+Y8xr
8iyzIrEwCgYIKoZIzj0EAwIDSQAwRgIhAI2O+PD9z/kZZj3PD3aP2T07jlESQtaV
EO63ihXQIfBrAiEA0dzO7MlCSQ24DcHfZKGRqUYWHwHbc5lmlsnXroHfFu4=
-----END CERTIFICATE-----
"""


def untrusted() -> ssl.SSLContext:
    """The TLS context of a server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "server.pem")
        file.write_text(CERTIFICATE)
        context.load_cert_chain(file)
    return context


def trusting() -> ssl.SSLContext:
    """The TLS context of a client that was told to trust it."""
    return ssl.create_default_context(cadata=CERTIFICATE[CERTIFICATE.index("-----BEGIN CERT") :])


class Time:
    """A clock that only its own sleep moves, and a sleep that takes no time.

    Args:
        until: seconds after which a sleep ends only when the test sets ``wake``.
    """

    def __init__(self, until: float = float("inf")) -> None:
        self.now = 0.0
        self.until = until
        self.waits: list[float] = []
        self.wake = asyncio.Event()

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.now + seconds > self.until:
            await self.wake.wait()
        self.now += seconds
        await asyncio.sleep(0)


class Request(Struct):
    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes


def answer(status: int = 200, said: object = None, **headers: str) -> bytes:
    """A whole answer; what is said goes as JSON, or as it is where it is bytes."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    lines = [f"HTTP/1.1 {status} So", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class ScriptedHttp:
    """Answers each request with the next of its answers, and with the last one from then on.

    An answer is sent as it is, and the connection closed; None is no answer at all.
    """

    def __init__(self, *answers: bytes | None, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._answers = answers
        self._tls = tls
        self._asked = asyncio.Event()
        self._done = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}/api"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._done.set()
        self._server.close()
        await self._server.wait_closed()

    async def asked(self) -> None:
        """Wait for the first request."""
        async with asyncio.timeout(PATIENCE):
            await self._asked.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            pairs = (line.partition(": ") for line in head[1:] if line)
            headers = {name.lower(): value for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.requests.append(Request(method, target, headers, body))
            self._asked.set()
            said = self._answers[min(len(self.requests), len(self._answers)) - 1]
            if said is None:
                await self._done.wait()
            else:
                writer.write(said)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, which is part of some tests
        finally:
            writer.close()


class Peer:
    """The server's end of one socket."""

    def __init__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.socket = socket
        self.target = socket.request.path

    async def says(self, frame: object) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def listens(self, addresses: Iterable[str] = (), domains: Iterable[str] = ()) -> None:
        confirmed = {"addresses": list(addresses), "domains": list(domains)}
        await self.says({"status": 200, "msg": "Listening", **confirmed})

    async def mails(self, id: str, inbox: str = "a@x.test", **more: object) -> None:
        await self.says({"status": 200, "email": {"_id": id, "inbox": inbox, **more}})

    async def closed(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.socket.wait_closed()

    def freeze(self) -> None:
        """Read nothing any more: no ping is answered, and no close."""
        self.socket.transport.pause_reading()


class ScriptedSocket:
    """Accepts sockets and hands them to the test, or does what its ``behaviour`` says with each.

    Attributes:
        targets: path and query of each handshake, accepted or not.
        refusals: answers to the next handshakes, as status and headers; None accepts.
    """

    def __init__(
        self,
        behaviour: Callable[[Peer], Awaitable[None]] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.targets: list[str] = []
        self.refusals: list[tuple[int, dict[str, str]] | None] = []
        self._behaviour = behaviour
        self._tls = tls
        self._peers: asyncio.Queue[Peer] = asyncio.Queue()
        self._open: list[Peer] = []

    async def __aenter__(self) -> Self:
        silent = logging.Logger("silent")  # tests look for the key in the logs of the client
        silent.disabled = True
        self._server: Server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=self._tls,
            process_request=self._handshake,
            ping_interval=None,
            close_timeout=0.1,
            logger=silent,
        )
        port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"{'wss' if self._tls else 'ws'}://127.0.0.1:{port}/incoming-messages"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for peer in self._open:
            peer.socket.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    async def peer(self) -> Peer:
        """The next socket that a client opened."""
        async with asyncio.timeout(PATIENCE):
            return await self._peers.get()

    async def _handshake(self, socket: ServerConnection, handshake: Handshake) -> Response | None:
        self.targets.append(handshake.path)
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is None:
            return None
        status, headers = refusal
        return Response(status, "So", Headers(Content_Length="0", **headers), b"")

    async def _serve(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self._open.append(peer)
        if self._behaviour is not None:
            await self._behaviour(peer)
        else:
            self._peers.put_nowait(peer)
            await socket.wait_closed()
