"""HTTP and web sockets: a thin adapter around uvicorn, on an event loop that already runs."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]+)?")

GRACE = 0.5  # seconds for clients to take the end of an answer when the server stops
KEEP_ALIVE = 60  # seconds from one request to the next

_REFUSAL = b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Limits:
    """How long clients may keep a sandbox waiting, in seconds, and how many they may be.

    Attributes:
        wait: for a request to come in whole, for an answer to be taken, for more of a mail.
        command: for the next command of SMTP, and for the whole of a mail; RFC 5321, 4.5.3.2.7,
            wants five minutes.
        connections: at each of the two doors. Both together must stay below the number of files
            that a process may open, which is 1,024 on most systems.
    """

    wait: float = 60.0
    command: float = 300.0
    connections: int = 450


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one.

    Raises:
        OSError: the port is in use, or the host is not one of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        # With its protocol named: asyncio sets TCP_NODELAY on no other, which costs 40 ms a line.
        door = socket.socket(family, kind, protocol)
        try:
            if os.name != "nt":
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
        except OSError:
            door.close()
            raise
    except OSError as error:
        raise OSError(f"cannot listen on {authority(host)}:{port}: {error.strerror}") from error
    return door


def authority(host: str) -> str:
    """The host as a URL has it."""
    return f"[{host}]" if ":" in host else host


async def until(condition: Callable[[], bool], limit: float = GRACE) -> bool:
    """Waits until the condition holds; False where the limit (seconds) comes first."""
    pause = 0.005
    for _ in range(int(limit / pause)):
        if condition():
            return True
        await asyncio.sleep(pause)
    return condition()


class Gate:
    """Refuses requests of foreign pages, and gives routes the path as it was sent.

    A page of another site can reach loopback through the user's browser: its ``Origin`` tells,
    or, where its name was rebound to this machine, the ``Host``.

    A request with two kinds of length is refused too: it may hide another (RFC 9112, 6.1).

    Paths keep their percent-encoding, so that an address or a label may hold a slash.

    Args:
        app: what is behind the gate.
        host: the name the server was bound by.
        refuse: answers what is not admitted.
    """

    def __init__(self, app: ASGIApp, host: str, refuse: ASGIApp) -> None:
        self._app = app
        self._refuse = refuse
        self._hosts = {"localhost", "127.0.0.1", "[::1]", authority(host.lower())}
        self._any_ip = host in ("0.0.0.0", "::")  # noqa: S104

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if self._admits(scope):
            await self._app({**scope, "path": scope["raw_path"].decode("ascii")}, receive, send)
        else:
            await self._refuse(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        headers = [(name, value.decode("latin-1").lower()) for name, value in scope["headers"]]
        if {b"content-length", b"transfer-encoding"} <= {name for name, _ in headers}:
            return False
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return False
        return all(value == f"http://{hosts[0]}" for name, value in headers if name == b"origin")

    def _is_ours(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if not match:
            return False
        return match[1] in self._hosts or (self._any_ip and _is_ip(match[1].strip("[]")))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class _Deadline:
    """Does something unless it is met in so many seconds from when it was first set."""

    def __init__(self, seconds: float, late: Callable[[], None]) -> None:
        self._seconds = seconds
        self._late = late
        self._timer: asyncio.TimerHandle | None = None

    def set(self) -> None:
        if not self._timer:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._late)

    def meet(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None


class _Client(H11Protocol):
    """One client of HTTP, held to the limits: uvicorn has one for the pause between requests only.

    Args:
        limits: the limits.
        given: what uvicorn gives.
    """

    def __init__(self, limits: Limits, **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._request, self._answer = (_Deadline(limits.wait, self._cut) for _ in range(2))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            self._refuse(b"503 Service Unavailable")
        else:
            self._request.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request.meet()
        self._answer.meet()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        upgraded = self.transport.get_protocol() is not self
        if upgraded or self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._request.meet()
        else:
            self._request.set()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._answer.set()

    def resume_writing(self) -> None:
        self._answer.meet()
        super().resume_writing()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        super().handle_websocket_upgrade(event)
        protocol = self.transport.get_protocol()
        # What its parser chokes on, as more than 8 kB of URL, uvicorn leaves without an answer.
        if isinstance(protocol, WebSocketsSansIOProtocol) and not protocol.handshake_initiated:
            self._refuse(b"400 Bad Request")

    def timeout_keep_alive_handler(self) -> None:
        self._cut()  # uvicorn's would wait for the end of an answer to be taken

    def _cut(self) -> None:
        self.transport.abort()

    def _refuse(self, status: bytes) -> None:
        self.transport.write(_REFUSAL % status)
        self.transport.close()


class WebServer:
    """Serves an ASGI app until it is closed. Logs no request: their URLs hold keys.

    Args:
        listening: a bound socket; it is closed with the server.
        app: the app.
        limits: what clients are held to.
    """

    def __init__(self, listening: socket.socket, app: ASGIApp, limits: Limits) -> None:
        self._listening = listening
        self._app = app
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            http=cast("type[asyncio.Protocol]", partial(_Client, limits)),
            ws="websockets-sansio",
            ws_max_size=64 * 1024,  # clients have nothing to say
            ws_ping_interval=None,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=KEEP_ALIVE,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        self._state = self._server.server_state

    async def start(self) -> None:
        """Accepts clients from now on."""
        await self._server.startup(sockets=[self._listening])

    def transport(self, scope: Scope) -> asyncio.Transport | None:
        """What carries a request or a socket, to be cut or paused; None when it is gone."""
        of_client = (
            connection.transport
            for connection in self._state.connections
            if getattr(connection, "client", None) == scope["client"]
        )
        return next(of_client, None)

    async def close(self) -> None:
        """Says good-bye to all clients (1012 to sockets), and cuts those that do not listen."""
        for server in self._server.servers:
            server.close()
        connections, tasks = self._state.connections, self._state.tasks
        for connection in list(connections):
            connection.shutdown()
        if not await until(lambda: not connections):
            for connection in list(connections):
                connection.transport.abort()
        await until(lambda: not connections and not tasks)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            # uvicorn logs an error for a handshake that was denied, unless it is over by then.
            await until(lambda: self.transport(scope) is None)
