"""Mail in: a thin adapter around aiosmtpd, which runs on the sandbox's own event loop."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from sacterm.sandbox.intake import Intake
from sacterm.sandbox.records import SIZE_LIMIT
from sacterm.sandbox.serving import until

logger = logging.getLogger(__name__)

MAX_RECIPIENTS = 100  # of one mail; RFC 5321 wants at least that many

_END = b"\r\n.\r\n"


class _Bugs:
    """The only hook that aiosmtpd is given."""

    async def handle_exception(self, error: Exception) -> str:
        """A bug is told here, and not to whoever sends mail."""
        logger.error("an SMTP session failed", exc_info=error)
        return "451 4.3.0 Failed"


class Session(SMTP):
    """One client. Stricter than the library with envelopes, and quicker with what is in them."""

    def __init__(self, intake: Intake, sessions: set[Session]) -> None:
        super().__init__(
            _Bugs(),
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="sacterm sandbox",
            loop=asyncio.get_running_loop(),
        )
        self._intake = intake
        self._sessions = sessions

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

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        """Like the library's, but strict."""
        await self._strict(super().smtp_EHLO, hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        """Like the library's, but strict."""
        await self._strict(super().smtp_HELO, hostname)

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802
        """Like the library's, but strict."""
        await self._strict(super().smtp_VRFY, arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """Like the library's, but strict."""
        await self._strict(super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """Like the library's, but strict, and for a limited number of recipients."""
        if self.envelope and len(self.envelope.rcpt_tos) >= MAX_RECIPIENTS:
            await self.push("452 4.5.3 Too many recipients")
        else:
            await self._strict(super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        """Takes a mail, and says 250 once it is kept.

        Instead of the library's: that goes through the mail line by line without a pause, which
        holds up everybody for seconds when the lines are short, and refuses long ones, which
        programs that send HTML do write.
        """
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
        elif not self.envelope or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            raw = await self._read_data()
            envelope, self.envelope = self.envelope, Envelope()
            if raw is None or len(raw) > SIZE_LIMIT:
                await self.push(f"552 5.3.4 A message may have {SIZE_LIMIT} bytes at most")
            else:
                await self.push(await self._take(raw, envelope))

    async def _read_data(self) -> bytes | None:
        """What comes before CRLF, dot, CRLF, and nothing else ends it (RFC 5321, 4.1.1.4).

        None for a mail that is far too large: what came of it was thrown away.
        """
        data = bytearray(b"\r\n")  # of the command itself: the first line can be the dot
        seen = 0
        overflown = False
        while (end := data.find(_END, seen)) < 0:
            if len(data) > 2 * SIZE_LIMIT:
                overflown = True
                del data[: -len(_END)]
            seen = max(0, len(data) - len(_END))
            data += await self._reader.read(2 * SIZE_LIMIT)  # all there is
        self._reader.feed_data(data[end + len(_END) :])  # commands sent without waiting
        if overflown:
            return None
        return bytes(data[:end] + b"\r\n").replace(b"\r\n.", b"\r\n")[2:]

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

    async def _strict(
        self, command: Callable[[Any], Coroutine[Any, Any, None]], arg: str | None
    ) -> None:
        """Refuses what is not printable, lone surrogates too, and what the parser chokes on."""
        if arg is not None and not arg.isprintable():
            await self.push("501 5.5.2 Control characters are not allowed here")
            return
        try:
            await command(arg)
        except (IndexError, ValueError, RecursionError):
            await self.push("501 5.5.2 That cannot be understood")


class SmtpServer:
    """Listens for mail until it is closed.

    Args:
        listening: a bound socket; it is closed with the server.
        intake: where mail goes.
    """

    def __init__(self, listening: socket.socket, intake: Intake) -> None:
        self._listening = listening
        self._intake = intake
        self._sessions: set[Session] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Accepts clients from now on."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Session(self._intake, self._sessions), sock=self._listening
        )

    async def close(self) -> None:
        """Cuts all clients off."""
        if self._server:
            self._server.close()
        for session in list(self._sessions):
            session.cut()
        await until(lambda: not self._sessions)
