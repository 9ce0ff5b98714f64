"""A Mailsac in a process of its own: REST by the sandbox, the socket by what it is told to send."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

import msgspec
from websockets.asyncio.server import ServerConnection, serve

from sacterm.sandbox.records import Forwarding, Mail, Marks, Plan, Record
from sacterm.sandbox.server import Sandbox
from tests.bench import letters

KEY = "k_bench0123456789"
FIRST = 500_000  # the number of the first mail that is sent


class Places(msgspec.Struct, frozen=True):
    """Where the service is."""

    api: str
    socket: str
    account: str


class Sent(msgspec.Struct, frozen=True):
    """When the first and the last of some frames were sent."""

    first: float
    last: float


class Service:
    """The service, from outside.

    Attributes:
        places: where it is.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.places = msgspec.json.decode(self._line(), type=Places)

    def send(self, count: int) -> None:
        """Have it send the next mails by the socket, as fast as they are taken."""
        assert self._process.stdin
        print(count, file=self._process.stdin, flush=True)

    def sent(self) -> Sent:
        """Wait until that is done."""
        return msgspec.json.decode(self._line(), type=Sent)

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@contextmanager
def service(stock: int = 0) -> Iterator[Service]:
    """A running service that knows the newest ``stock`` mails of a store of as many."""
    command = [sys.executable, "-m", "tests.bench.service", str(stock)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield Service(process)
        finally:
            process.kill()


def _stock(count: int) -> Iterator[Record]:
    now = letters.utc_now()
    for number in range(count):
        when = letters.received(number, count - 1, now)
        inbox = letters.ADDRESSES[number % len(letters.ADDRESSES)]
        id_ = letters.message_id(number)
        yield Mail(
            id=id_,
            inbox=inbox,
            original_inbox=inbox,
            envelope_from="no-reply@acme.example",
            received=when,
            arrival=number,
            raw=letters.raw(number, when),
            ip="192.0.2.1",
            via="",
            tls=True,
        )
        yield Marks(id=id_, read=number % 3 != 0)


def _frames() -> Iterator[bytes]:
    """Mail without end, each a second after the other."""
    begun = letters.utc_now()
    for number in range(FIRST, FIRST * 2):
        when = begun + timedelta(seconds=number - FIRST)
        yield letters.told(number, when, letters.raw(number, when))


async def _serve(stock: int) -> None:
    logging.disable()
    peers: set[ServerConnection] = set()

    async def listen(peer: ServerConnection) -> None:
        names = list(letters.ADDRESSES)
        said = {"status": 200, "msg": "Listening", "addresses": names, "domains": []}
        await peer.send(msgspec.json.encode(said).decode())
        peers.add(peer)
        await peer.wait_closed()
        peers.discard(peer)

    plan = Plan(ops=1_000_000, messages=1_000_000, credits=1000)
    sandbox = Sandbox(key=KEY, plan=plan)
    sandbox.mailroom.reserve(sandbox.account, letters.ADDRESSES, Forwarding(enablews=True))
    sandbox.mailroom.load(_stock(stock))
    async with sandbox, serve(listen, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        socket = f"ws://127.0.0.1:{port}/incoming-messages"
        _say(Places(sandbox.api_url, socket, sandbox.account))
        frames = _frames()
        while line := await asyncio.to_thread(sys.stdin.readline):
            waiting = list(islice(frames, int(line)))
            times = []
            for frame in waiting:
                times.append(time.perf_counter())
                for peer in tuple(peers):
                    await peer.send(frame, text=True)
            _say(Sent(times[0], times[-1]))


def _say(record: msgspec.Struct) -> None:
    print(msgspec.json.encode(record).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
