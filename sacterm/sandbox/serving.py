"""HTTP and web sockets: a thin adapter around uvicorn, on an event loop that already runs."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]+)?")

GRACE = 0.5  # seconds for clients to take the end of an answer when the server stops


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


class WebServer:
    """Serves an ASGI app until it is closed. Logs no request: their URLs hold keys.

    Args:
        listening: a bound socket; it is closed with the server.
        app: the app.
    """

    def __init__(self, listening: socket.socket, app: ASGIApp) -> None:
        self._listening = listening
        self._app = app
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            http="h11",
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
            date_header=False,
            timeout_keep_alive=60,
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
