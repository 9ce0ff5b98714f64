"""One connection to the socket of the service, from its handshake to its end."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)
from websockets.frames import CloseCode

from sacterm.errors import CertificateRefused, KeyRefused
from sacterm.mailsac.dates import http_date
from sacterm.mailsac.decode import Confirmed, Failed, Frame, error_text, frame
from sacterm.mailsac.network import (
    BAD_PROXY,
    certificate_refused,
    is_loopback,
    is_plain,
    is_usable,
    why,
)
from sacterm.mailsac.retry import retry_after

LARGEST_FRAME = 32 * 2**20  # bytes
INLINE = 256_000  # bytes; a larger frame would hold up the screen while it is decoded


class Pace(Struct, frozen=True):
    """How long the feed waits for what, in seconds."""

    handshake: float = 10.0
    confirmation: float = 15.0
    ping: float = 15.0
    pong: float = 10.0
    closing: float = 2.0
    health: float = 10.0  # after which a connection counts as good, if it brought no mail before


class Fault(Struct, frozen=True):
    """Why a connection ended or could not be made.

    Attributes:
        reason: a few words for a person, maybe with some of the service.
        wait: the seconds that the service asks for.
        remedy: not empty where trying again is no use.
        clean: the service ended it, so that all that it sent before has arrived.
    """

    reason: str
    wait: float = 0.0
    remedy: str = ""
    clean: bool = False


class _Connect(connect):
    """A handshake that follows no redirect: the URL, with the key in it, stays where it is."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class Link:
    """One connection for a set of names.

    Attributes:
        names: what it asks for.
        confirmed: what the service confirmed; empty before it did.
        since: when it did, by the clock of the owner.
        is_proven: it brought mail.
    """

    def __init__(
        self,
        names: frozenset[str],
        *,
        url: str,
        pace: Pace,
        context: Callable[[], ssl.SSLContext],
        tell: Callable[[Link, Frame | Fault], None],
        keep_up: Callable[[], Awaitable[None]],
    ) -> None:
        """Prepare the connection; :meth:`run` makes it.

        Args:
            names: addresses and domains.
            url: with the names and the key, and so a secret.
            pace: the limits.
            context: gives the TLS context; called in a thread.
            tell: called with each frame, and last with the fault that ended it all.
            keep_up: comes back when more can be told.
        """
        self.names = names
        self.confirmed: frozenset[str] = frozenset()
        self.since = 0.0
        self.is_proven = False
        self._url = url
        self._pace = pace
        self._context = context
        self._tell = tell
        self._keep_up = keep_up
        self._socket: ClientConnection | None = None

    async def run(self) -> None:
        """Connect and hand on every frame until the connection ends."""
        try:
            fault = await self._listen()
        except (OSError, WebSocketException) as error:
            fault = self._fault(error)
        finally:
            if self._socket is not None:
                self._socket.transport.abort()
                await self._socket.wait_closed()
        self._tell(self, fault)

    async def close(self) -> None:
        """Ask the service to close; what it sent before is still handed on by :meth:`run`."""
        if self._socket is not None:
            await self._socket.close()

    def cut(self) -> None:
        """End the connection without a word; :meth:`run` ends as after any loss."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _listen(self) -> Fault:
        if not is_usable(self._url):
            raise InvalidURI("", "")
        try:
            self._socket = await self._open()
        except OSError:
            raise  # a bad certificate is a ValueError too
        except (ImportError, ValueError):  # of a proxy, whose URL may hold a password
            return Fault(BAD_PROXY)
        confirmed = False
        async with asyncio.timeout(self._pace.confirmation) as patience:
            while True:
                data = await self._socket.recv(decode=False)
                heard = frame(data) if len(data) < INLINE else await asyncio.to_thread(frame, data)
                match heard:
                    case Confirmed():
                        confirmed = True
                        patience.reschedule(None)
                    case Failed(status=401 | 403):
                        return _refusal(heard.status, heard.text)
                    case Failed() if not confirmed:
                        return Fault(heard.said())
                self._tell(self, heard)
                await self._keep_up()

    async def _open(self) -> ClientConnection:
        tls: dict[str, Any] = {}
        if not is_plain(self._url):
            tls["ssl"] = await asyncio.to_thread(self._context)
        return await _Connect(
            self._url,
            proxy=None if is_loopback(self._url) else True,
            open_timeout=self._pace.handshake,
            ping_interval=self._pace.ping,
            ping_timeout=self._pace.pong,
            close_timeout=self._pace.closing,
            max_size=LARGEST_FRAME,
            logger=_silent(),
            **tls,
        )

    def _fault(self, error: Exception) -> Fault:
        match error:
            case InvalidStatus():
                return _answered(error)
            case ConnectionClosed():
                return _closed(error)
            case InvalidURI():
                return Fault("the socket URL cannot be used")
            case WebSocketException():
                return Fault("the answer was no web-socket handshake")
            case TimeoutError() if self._socket is not None:
                return Fault("the service confirmed nothing")
        remedy = CertificateRefused.remedy if certificate_refused(error) else ""
        return Fault(why(error), remedy=remedy)


def _silent() -> logging.Logger:
    """A logger for the library, which logs the URL and all headers; no configuration reaches it."""
    return logging.Logger("silent", level=logging.CRITICAL + 1)


def _answered(error: InvalidStatus) -> Fault:
    status = error.response.status_code
    if status in (401, 403):
        return _refusal(status, error_text(bytes(error.response.body or b"")))
    if 300 <= status < 400:
        return Fault(f"a redirect ({status}), which is not followed")
    headers = error.response.headers
    there = http_date(headers.get("Date")) or datetime.now(UTC)
    wait = retry_after(headers.get("Retry-After"), there)
    if wait:
        return Fault(f"{status}, waits {wait:.0f} s", wait=wait)
    return Fault(f"the service answered {status}")


def _refusal(status: int, said: str) -> Fault:
    words = f"the service refuses the key ({status})"
    return Fault(f"{words}: {said}" if said else words, remedy=KeyRefused.remedy)


def _closed(error: ConnectionClosed) -> Fault:
    if error.rcvd is not None:
        return Fault(f"the service closed the connection ({error.rcvd.code})", clean=True)
    match error.sent.code if error.sent else None:
        case None:
            return Fault("the connection was cut")
        case CloseCode.INTERNAL_ERROR:  # what the library sends for a missing pong
            return Fault("no answer to a ping")
        case CloseCode.MESSAGE_TOO_BIG:
            return Fault("a frame was larger than 32 MiB")
    return Fault("the service broke the web-socket protocol")
