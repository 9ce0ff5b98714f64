"""Mail in: a thin adapter around aiosmtpd, which runs on the sandbox's own event loop."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from sacterm.sandbox.intake import Intake
from sacterm.sandbox.records import SIZE_LIMIT
from sacterm.sandbox.serving import GRACE, Limits, until

logger = logging.getLogger(__name__)

MAX_RECIPIENTS = 100  # of one mail; RFC 5321 wants at least that many

LINE_LIMIT = 1000  # bytes of a line of a mail, with its CRLF (RFC 5321, 4.5.3.1.6)

_END = b"\r\n.\r\n"
_LIKE_THE_END = re.compile(rb"[\r\n]\.[\r\n]")
_TOO_LARGE = f"552 5.3.4 A message may have {SIZE_LIMIT} bytes at most"


class _Bugs:
    """The only hook that aiosmtpd is given."""

    async def handle_exception(self, error: Exception) -> str:
        """A bug is told here, and not to whoever sends mail."""
        logger.error("an SMTP session failed", exc_info=error)
        return "451 4.3.0 Failed"


class _Lines:
    """What a client sends, as the library reads it: ``readuntil`` gives a command.

    Left to itself the library ends a command at a bare LF (against RFC 5321, 2.3.8), so that the
    end of an address could be a command, and takes control characters.
    """

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self.read = stream.read
        self.feed_data = stream.feed_data
        self._stream = stream

    async def readuntil(self) -> bytes:
        """A line that ends with CRLF; an empty one, which is refused, for what is not printable."""
        line = await self._stream.readuntil(b"\r\n")
        return line if line[:-2].decode("utf-8", "surrogateescape").isprintable() else b"\r\n"


class _Busy(asyncio.Protocol):
    """A client too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections\r\n")
        transport.close()


class Session(SMTP):
    """One client. Stricter than the library with envelopes, and quicker with what is in them."""

    def __init__(self, intake: Intake, sessions: set[Session], limits: Limits) -> None:
        super().__init__(
            _Bugs(),
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="sacterm sandbox",
            timeout=limits.command,
            loop=asyncio.get_running_loop(),
        )
        self._intake = intake
        self._sessions = sessions
        self._limits = limits

    def _cb_client_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super()._cb_client_connected(_Lines(reader), writer)  # type: ignore[arg-type]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        super().connection_made(transport)
        self._sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """A client went."""
        self._sessions.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Ends the connection without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def _timeout_cb(self) -> None:
        """The client took too long. The library's would wait for it to take what it was sent."""
        self._writer.write(b"421 4.4.2 Too slow\r\n")
        self._writer.close()
        self.loop.call_later(GRACE, self.cut)

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802
        """Like the library's."""
        await self._parsed(super().smtp_VRFY, arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Like the library's."""
        await self._parsed(super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Like the library's, but for a limited number of recipients."""
        if self.envelope and len(self.envelope.rcpt_tos) >= MAX_RECIPIENTS:
            await self.push("452 4.5.3 Too many recipients")
        else:
            await self._parsed(super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Takes a mail, and says 250 once it is kept.

        Instead of the library's: that goes through the mail line by line without a pause, which
        holds up everybody for seconds when the lines are short.
        """
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
        elif not self.envelope or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            try:
                sent = await self._read_data()
            except TimeoutError:
                self._timeout_cb()
                return
            envelope, self.envelope = self.envelope, Envelope()
            if sent is None:
                await self.push(_TOO_LARGE)
                return
            raw = sent.replace(b"\r\n.", b"\r\n")[2:]
            await self.push(_objection(sent, raw) or await self._take(raw, envelope))

    async def _read_data(self) -> bytes | None:
        """What comes before CRLF, dot, CRLF, and nothing else ends it (RFC 5321, 4.1.1.4).

        It begins with the CRLF of the command, and ends with its own. None for a mail that is far
        too large: what came of it was thrown away.

        Raises:
            TimeoutError: nothing more came for too long.
        """
        data = bytearray(b"\r\n")  # of the command itself: the first line can be the dot
        seen = 0
        overflown = False
        while (end := data.find(_END, seen)) < 0:
            if len(data) > 2 * SIZE_LIMIT:
                overflown = True
                del data[: -len(_END)]
            seen = max(0, len(data) - len(_END))
            async with asyncio.timeout(self._limits.wait):
                data += await self._reader.read(2 * SIZE_LIMIT)  # all there is
        self._reader.feed_data(data[end + len(_END) :])  # commands sent without waiting
        if overflown:
            return None
        return bytes(data[: end + 2])

    async def _take(self, raw: bytes, envelope: Envelope) -> str:
        assert self.session is not None
        try:
            await self._intake.take(
                raw,
                "" if envelope.mail_from == "<>" else envelope.mail_from or "",
                envelope.rcpt_tos,
                ip=self.session.peer[0] if self.session.peer else "",
                via=self.session.host_name or "",
            )
        except OSError as error:
            logger.error("a mail could not be kept: %s", error)
            return "451 4.3.0 The mail could not be kept"
        return "250 2.0.0 Kept"

    async def _parsed(
        self, command: Callable[[Any], Coroutine[Any, Any, None]], arg: str | None
    ) -> None:
        """Refuses what the library's parser of addresses chokes on."""
        try:
            await command(arg)
        except (IndexError, ValueError, RecursionError):
            await self.push("501 5.5.2 That cannot be understood")


def _objection(sent: bytes, raw: bytes) -> str | None:
    """Why a mail is not taken, if it is not.

    Args:
        sent: as it came: its dots doubled, its end cut off but for the first CRLF.
        raw: the mail itself.
    """
    if len(raw) > SIZE_LIMIT:
        return _TOO_LARGE
    if _LIKE_THE_END.search(sent):
        # Some servers end a mail there, and take what follows for commands.
        return "554 5.6.0 A dot stands alone between line breaks that are not both CRLF"
    if _has_long_line(raw):
        return f"500 5.6.0 A line may have {LINE_LIMIT} bytes at most, with its CRLF (RFC 5321)"
    return None


def _has_long_line(raw: bytes) -> bool:
    """Goes from CRLF to the last CRLF in reach: a mail may have a million lines."""
    start = 0
    while start < len(raw):
        end = raw.rfind(b"\r\n", start, start + LINE_LIMIT)
        if end < 0:
            return True
        start = end + 2
    return False


class SmtpServer:
    """Listens for mail until it is closed.

    Args:
        listening: a bound socket; it is closed with the server.
        intake: where mail goes.
        limits: what clients are held to.
    """

    def __init__(self, listening: socket.socket, intake: Intake, limits: Limits) -> None:
        self._listening = listening
        self._intake = intake
        self._limits = limits
        self._sessions: set[Session] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Accepts clients from now on."""
        self._server = await asyncio.get_running_loop().create_server(
            self._client, sock=self._listening
        )

    def _client(self) -> asyncio.Protocol:
        if len(self._sessions) < self._limits.connections:
            return Session(self._intake, self._sessions, self._limits)
        return _Busy()

    async def close(self) -> None:
        """Cuts all clients off."""
        if self._server:
            self._server.close()
        for session in list(self._sessions):
            session.cut()
        await until(lambda: not self._sessions)
