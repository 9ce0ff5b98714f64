"""A TCP proxy that cuts, refuses and stalls what passes through it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from enum import Enum
from typing import Self


class Mode(Enum):
    """What happens to connections."""

    PASS = "pass"
    REFUSE = "refuse"  # new ones are closed at once
    STALL = "stall"  # nothing passes, nothing closes


class Proxy:
    """Passes bytes between a free port of this machine and another port of it.

    Attributes:
        connected: when each connection was made, by the monotonic clock.
        asked: the first line of each that passed, with the URL.
        answered: bytes that came from the target.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.mode = Mode.PASS
        self.port = 0
        self.connected: list[float] = []
        self.asked: list[bytes] = []
        self.answered = 0
        self._moving = asyncio.Event()
        self._moving.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.shut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def open(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def shut(self) -> None:
        """Abort all that is open and listen no more: the system refuses connections."""
        assert self._server
        self._server.close()
        self.cut()

    def set_mode(self, mode: Mode) -> None:
        """Change what happens from now on, to open connections too."""
        self.mode = mode
        (self._moving.clear if mode is Mode.STALL else self._moving.set)()

    def strand(self) -> None:
        """Let nothing pass any more by what is open, without a word; new connections work."""
        self._moving.clear()
        self._moving = asyncio.Event()
        self.set_mode(self.mode)

    def cut(self) -> None:
        """Abort all that is open."""
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected.append(time.monotonic())
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.mode is Mode.REFUSE:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            with contextlib.suppress(asyncio.CancelledError):  # the end of the test
                await self._pass(reader, far_writer, far_reader, writer)
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._pump(reader, far_writer, self._note_request)),
            asyncio.create_task(self._pump(far_reader, writer, self._note_answer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        note: Callable[[bytes, bool], None],
    ) -> None:
        moving, is_first = self._moving, True
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                note(data, is_first)
                is_first = False
                await moving.wait()
                writer.write(data)
                await writer.drain()

    def _note_request(self, data: bytes, is_first: bool) -> None:
        if is_first:
            self.asked.append(data.partition(b"\r\n")[0])

    def _note_answer(self, data: bytes, is_first: bool) -> None:
        self.answered += len(data)


Behind = Callable[[str], str]


def behind(proxy: Proxy) -> Behind:
    """Turns a URL of the target into one that leads through the proxy."""
    return lambda url: url.replace(f":{proxy.target}", f":{proxy.port}")
