"""Web sockets: who listens, to what, and what they are sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from sacterm.sandbox.answers import SPENT, WRONG_KEY, error_response, fault_response, misshapen
from sacterm.sandbox.faults import Faults
from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.present import Json, frame_json
from sacterm.sandbox.records import Message
from sacterm.sandbox.registry import domain_of, normal

QUEUE_LIMIT = 32 * 1024 * 1024  # characters that wait for one socket to read
CLOSE_GRACE = 1.0  # seconds for a socket that does not read to take its close frame
LATE = 0.05  # seconds a frame is held back by reorder_frames
GARBAGE = '{"status":200,"email":{"_id":'

# What sending raises when the client has left, or broke the protocol and is being thrown out.
_LEFT = (WebSocketDisconnect, RuntimeError)

TransportOf = Callable[[WebSocket], asyncio.Transport | None]


class _Silence(asyncio.Protocol):
    """Takes a connection over and says nothing on it; its end is told to whose it was.

    What comes is read and thrown away: a connection that is not read never hears its peer leave.
    """

    def __init__(self, before: asyncio.BaseProtocol) -> None:
        self._before = before

    def connection_lost(self, error: Exception | None) -> None:
        self._before.connection_lost(error)


class Listener:
    """One open socket, with the frames that wait for it."""

    def __init__(
        self,
        socket: WebSocket,
        account: str,
        names: frozenset[str],
        transport: asyncio.Transport | None,
    ) -> None:
        self.account = account
        self.names = names
        self._socket = socket
        self._transport = transport
        self._waiting: deque[str] = deque()
        self._size = 0
        self._some = asyncio.Event()
        self._overflow = asyncio.Event()
        self._stalled = False
        self._close_code = 0

    def offer(self, frame: str) -> None:
        """Queues a frame. A socket that lets too many wait is closed with 1013."""
        if self._stalled or self._overflow.is_set():
            return
        self._size += len(frame)
        if self._waiting and self._size > QUEUE_LIMIT:
            self._waiting.clear()
            self._overflow.set()
            return
        self._waiting.append(frame)
        self._some.set()

    def close(self, code: int) -> None:
        """Closes in an orderly way, after the frames that wait."""
        self._close_code = code
        self._some.set()

    def stall(self) -> None:
        """Falls silent for ever: sends nothing, hears nothing, answers no ping."""
        self._waiting.clear()
        if self._transport and not self._stalled:
            self._transport.set_protocol(_Silence(self._transport.get_protocol()))
            self._transport.resume_reading()
        self._stalled = True

    def cut(self) -> None:
        """Ends the connection without a word."""
        if self._transport:
            self._transport.abort()

    async def serve(self) -> None:
        """Sends what is queued until the client goes, or does not keep up."""
        tasks = [
            asyncio.create_task(work)
            for work in (self._read(), self._write(), self._overflow.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        if self._overflow.is_set():
            await self._close_slow_reader()

    async def _read(self) -> None:
        """What clients say means nothing; that they leave does."""
        while (await self._socket.receive())["type"] != "websocket.disconnect":
            pass

    async def _write(self) -> None:
        with contextlib.suppress(*_LEFT):
            while True:
                while self._waiting:
                    frame = self._waiting.popleft()
                    self._size -= len(frame)
                    await self._socket.send_text(frame)
                if self._close_code:
                    await self._socket.close(self._close_code)
                self._some.clear()
                await self._some.wait()

    async def _close_slow_reader(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_GRACE):
                await self._socket.close(1013, "too slow")
        except (TimeoutError, *_LEFT):
            self.cut()


class Hub:
    """All open sockets of a sandbox.

    Attributes:
        opened: how many sockets were accepted so far.
        faults: how to misbehave.
    """

    def __init__(self, mailroom: Mailroom, faults: Faults, transport_of: TransportOf) -> None:
        self.opened = 0
        self.faults = faults
        self._mailroom = mailroom
        self._transport_of = transport_of
        self._listeners: set[Listener] = set()
        self._hold_next = False
        mailroom.listeners.append(self.publish)

    @property
    def open(self) -> int:
        """How many sockets are open."""
        return len(self._listeners)

    async def connect(self, socket: WebSocket) -> None:
        """Serves ``/incoming-messages?key=&addresses=&_id=`` until the socket ends."""
        account = self._mailroom.account_of(socket.query_params.get("key", ""))
        if refusal := self._refusal(account):
            await socket.send_denial_response(refusal)
            return
        await socket.accept()
        self.opened += 1
        names = frozenset(map(normal, socket.query_params.get("addresses", "").split(",")))
        listener = Listener(socket, account or "", names, self._transport_of(socket))
        self._greet(listener)
        self._listeners.add(listener)
        try:
            await listener.serve()
        finally:
            self._listeners.discard(listener)

    def _refusal(self, account: str | None) -> Response | None:
        if self.faults.refuse_sockets:
            return fault_response(self.faults.refuse_sockets, self.faults)
        if account is None:
            # A wrong key may get through the handshake and be told by a frame.
            return None if self.faults.status_frame else error_response(401, WRONG_KEY)
        return error_response(429, SPENT) if self._mailroom.spent(account) else None

    def _greet(self, listener: Listener) -> None:
        if self.faults.stall_sockets:
            listener.stall()
        elif status := self.faults.status_frame:
            listener.offer(_encoded({"status": status, "msg": "a fault on command"}))
            listener.close(1008)
        else:
            live = sorted(
                name for name in listener.names if self._mailroom.forwards(listener.account, name)
            )
            listener.names = frozenset(live)
            listener.offer(
                _encoded(
                    {
                        "status": 200,
                        "msg": "Listening",
                        "addresses": [name for name in live if "@" in name],
                        "domains": [name for name in live if "@" not in name],
                    }
                )
            )
            if self.faults.close_sockets:
                listener.close(self.faults.close_sockets)

    def publish(self, message: Message) -> int:
        """Queues a mail for each socket that listens for it and may have it."""
        names = (message.mail.inbox, domain_of(message.mail.inbox))
        reached = [
            listener
            for listener in self._listeners
            if any(
                name in listener.names and self._mailroom.forwards(listener.account, name)
                for name in names
            )
        ]
        if reached:
            self._send(reached, self._frame(message))
        return len(reached)

    def _frame(self, message: Message) -> str:
        shown = frame_json(message)
        frame = shown if self.faults.bare_frames else {"status": 200, "email": shown}
        if self.faults.wrong_schema_frames:
            frame = misshapen(frame, message.mail.arrival)
        text = _encoded(frame)
        return text[: len(text) // 2] if self.faults.truncate_frames else text

    def _send(self, listeners: list[Listener], frame: str) -> None:
        if self.faults.drop_frames:
            return
        frames = [GARBAGE] * self.faults.garbage_frames
        frames += [frame] * (1 + self.faults.duplicate_frames)
        self._hold_next = self.faults.reorder_frames and not self._hold_next
        delay = LATE if self._hold_next else 0.0
        for listener in listeners:
            for piece in frames:
                if delay:
                    asyncio.get_running_loop().call_later(delay, listener.offer, piece)
                else:
                    listener.offer(piece)

    def act(self) -> None:
        """Does now what the faults demand of sockets that are open already."""
        for listener in list(self._listeners):
            if self.faults.notice:
                listener.offer(_encoded({"status": self.faults.notice, "msg": "a notice"}))
            if self.faults.stall_sockets:
                listener.stall()
            if self.faults.drop_sockets:
                listener.cut()
        self.faults.notice = None
        self.faults.drop_sockets = False


def _encoded(frame: Json) -> str:
    return msgspec.json.encode(frame).decode()
