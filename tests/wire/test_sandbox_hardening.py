"""Clients that are slow, many, foreign or malformed do the sandbox and the others no harm."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from sacterm.sandbox.faults import Faults
from sacterm.sandbox.records import Forwarding, Plan
from sacterm.sandbox.server import ACCOUNT, Sandbox
from sacterm.sandbox.serving import Limits
from tests.waiting import until
from tests.wire.independent import (
    PATIENCE,
    Line,
    Rest,
    Smtp,
    bulk,
    dialled,
    letter,
    listening,
)

BOX = "box@mailsac.com"
HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /api/me HTTP/1.1\r\n" + HOST
POST = b"POST /api/private-addresses-bulk HTTP/1.1\r\n" + HOST
UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
ENVELOPE = (
    b"EHLO client.example\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<box@mailsac.com>\r\nDATA\r\n"
)
WAIT, COMMAND = 0.25, 0.6  # seconds
CAP = 4


def doors(sandbox: Sandbox) -> tuple[tuple[str, int], tuple[str, int]]:
    """Where HTTP and web sockets are, and where SMTP is."""
    web = urlsplit(sandbox.api_url)
    assert web.hostname
    assert web.port
    return (web.hostname, web.port), (sandbox.smtp_host, sandbox.smtp_port)


@pytest.fixture
async def hasty() -> AsyncIterator[Sandbox]:
    """A sandbox that does not wait for long."""
    async with Sandbox(limits=Limits(wait=WAIT, command=COMMAND)) as running:
        yield running


async def serves(sandbox: Sandbox) -> None:
    """Everything works: REST, mail in, mail out by the socket."""
    if sandbox.mailroom.address(BOX) is None:
        sandbox.mailroom.reserve(ACCOUNT, [BOX], Forwarding(enablews=True))
    assert (await Rest(sandbox.api_url, sandbox.key)("GET", "/me")).status == 200
    async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
        await ear.json()
        await Smtp(*doors(sandbox)[1]).send(letter("served"), BOX)
        assert await ear.subjects(1) == ["served"]


class TestForeign:
    @pytest.mark.skipif(sys.platform != "linux", reason="only there is all of 127/8 this machine")
    async def test_it_listens_on_loopback_unless_told(self) -> None:
        async with Sandbox() as quiet, Sandbox(host="0.0.0.0") as told:
            for _, port in doors(quiet):
                with pytest.raises(ConnectionRefusedError):
                    await asyncio.open_connection("127.0.0.2", port)
            for _, port in doors(told):
                async with dialled("127.0.0.2", port):
                    pass

    @pytest.mark.parametrize(
        "headers", [{"Host": "rebound.example"}, {"Origin": "https://evil.example"}]
    )
    async def test_pages_cannot_set_faults_nor_see_them(
        self, sandbox: Sandbox, headers: dict[str, str]
    ) -> None:
        control = Rest(sandbox.api_url.removesuffix("/api"), sandbox.key)
        for method in ("GET", "POST", "DELETE"):
            asked = await control(
                method, "/sandbox/faults", body={"garbage": True}, headers=headers
            )
            assert asked.status == 403
        assert sandbox.faults == Faults()


async def talk_on(line: Line, piece: bytes) -> None:
    """Says a little, again and again, until the connection is cut."""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(4 * PATIENCE):  # to fill the buffers on the way takes work
            while True:
                await line.say(piece)
                await asyncio.sleep(WAIT / 5)


async def dribble(line: Line, piece: bytes) -> bytes:
    """Talks on, and listens; what the server said until it hung up."""
    talking = asyncio.create_task(talk_on(line, piece))
    try:
        return await line.until_hung_up()
    finally:
        talking.cancel()
        await asyncio.wait([talking])


class TestSlowWeb:
    @pytest.mark.parametrize(
        ("said", "piece"),
        [
            (b"", b""),
            (b"G", b""),
            (GET, b"x: y\r\n"),
            (b"GET /incoming-messages HTTP/1.1\r\n" + HOST + UPGRADE, b"x: y\r\n"),
            (POST + b"Content-Length: 1000\r\n\r\n", b"x"),
            (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
            (b"POST /none HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n", b"x"),
            (GET + b"\r\n" + GET, b"x: y\r\n"),
        ],
        ids=["silent", "head", "headers", "handshake", "body", "chunks", "404", "second request"],
    )
    async def test_requests_that_do_not_end_are_cut(
        self, hasty: Sandbox, said: bytes, piece: bytes
    ) -> None:
        async with dialled(*doors(hasty)[0]) as line:
            await line.say(said)
            await dribble(line, piece)

    async def test_what_does_not_take_its_answers_is_cut(self, hasty: Sandbox) -> None:
        (message,) = hasty.mailroom.deliver(bulk(2_000_000), "shop@example.com", [BOX])
        path = f"/api/raw/{BOX}/{message.mail.id}?_mailsacKey={hasty.key}"
        async with dialled(*doors(hasty)[0], room=4096) as line:
            await line.say((b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + b"\r\n") * 5)
            await talk_on(line, b"GET")

    async def test_who_is_done_with_asking_may_take_time(self, hasty: Sandbox) -> None:
        rest = Rest(hasty.api_url, hasty.key)
        hasty.misbehave(Faults(delay=2 * WAIT, times=1))
        async with listening(hasty.socket_url, hasty.key, BOX) as ear:
            await ear.json()
            assert (await rest("GET", "/me")).status == 200, "it was the server that took its time"
            hasty.misbehave(Faults(notice=200))
            assert (await ear.json())["msg"] == "a notice", "a socket may be idle"


class TestSlowSmtp:
    @pytest.mark.parametrize(
        ("said", "piece"),
        [
            (b"", b""),
            (b"EHLO client.example\r\n", b""),
            (b"", b"N"),
            (b"", b"\r\n"),
            (ENVELOPE, b"x\r\n"),
        ],
        ids=["silent", "between", "command", "nonsense", "mail"],
    )
    async def test_clients_are_told_and_cut(
        self, hasty: Sandbox, said: bytes, piece: bytes
    ) -> None:
        async with dialled(*doors(hasty)[1]) as line:
            await line.say(said)
            assert (await dribble(line, piece)).splitlines()[-1].startswith(b"421")
        assert hasty.mailroom.ops(ACCOUNT) == 0

    async def test_a_mail_that_stops_is_cut_before(self) -> None:
        async with (
            Sandbox(limits=Limits(wait=WAIT)) as sandbox,
            dialled(*doors(sandbox)[1]) as line,
        ):
            await line.say(ENVELOPE + b"Subject: half")
            assert (await line.until_hung_up()).splitlines()[-1].startswith(b"421")

    async def test_what_takes_no_answers_is_cut(self, hasty: Sandbox) -> None:
        async with dialled(*doors(hasty)[1], room=4096) as line:
            await talk_on(line, (b"VRFY <<" + b"x" * 400 + b"\r\n") * 2000)

    async def test_who_is_busy_is_not_cut(self, hasty: Sandbox) -> None:
        async with dialled(*doors(hasty)[1]) as line:
            assert (await line.hear())[:3] == b"220"
            for _ in range(7):
                await asyncio.sleep(COMMAND / 6)
                await line.say(b"NOOP\r\n")
                assert (await line.hear())[:3] == b"250"


def _half_a_mail(_: Sandbox) -> bytes:
    return ENVELOPE + b"Subject: half"


def _silence(_: Sandbox) -> bytes:
    return b""


def _half_a_head(_: Sandbox) -> bytes:
    return GET


def _handshake(sandbox: Sandbox) -> bytes:
    path = f"GET /incoming-messages?key={sandbox.key}&addresses={BOX} HTTP/1.1\r\n"
    return path.encode() + HOST + UPGRADE + b"\r\n"


class TestMany:
    @pytest.mark.parametrize(
        ("door", "says"),
        [(0, _silence), (0, _half_a_head), (0, _handshake), (1, _silence), (1, _half_a_mail)],
    )
    async def test_two_hundred_idle_ones_do_no_harm(
        self, sandbox: Sandbox, door: int, says: Callable[[Sandbox], bytes]
    ) -> None:
        async with AsyncExitStack() as idle:
            lines = [
                await idle.enter_async_context(dialled(*doors(sandbox)[door])) for _ in range(200)
            ]
            for line in lines:
                await line.say(says(sandbox))
            if says is _handshake:
                await until(lambda: sandbox.sockets_open == 200)
            await serves(sandbox)
            assert not any(line.reader.at_eof() for line in lines)
        await serves(sandbox)

    async def test_more_than_the_limit_are_told_to_come_again(self) -> None:
        async with Sandbox(limits=Limits(connections=CAP)) as sandbox:
            for door, busy in enumerate((b"HTTP/1.1 503", b"421")):
                async with AsyncExitStack() as stack:
                    for _ in range(CAP):
                        await stack.enter_async_context(dialled(*doors(sandbox)[door]))
                    async with dialled(*doors(sandbox)[door]) as surplus:
                        assert (await surplus.until_hung_up()).startswith(busy)
            rest = Rest(sandbox.api_url, sandbox.key)
            async with asyncio.timeout(PATIENCE):
                while (await rest("GET", "/me")).status != 200:
                    pass
            await serves(sandbox)


class TestMalformed:
    @pytest.mark.parametrize(
        "flood",
        [
            GET + b"x: y\r\n" * 200_000,
            GET + b"x: " + b"y" * 1_000_000,
            b"GET /api/" + b"a/" * 500_000,
            b"x" * 1_000_000,
        ],
        ids=["headers", "one header", "URL", "no request"],
    )
    async def test_heads_without_end_are_refused(self, sandbox: Sandbox, flood: bytes) -> None:
        async with dialled(*doors(sandbox)[0]) as line:
            with contextlib.suppress(ConnectionError):
                await line.say(flood)
            answer = await line.until_hung_up()
        assert answer[:12] in (b"HTTP/1.1 400", b""), "a client that still sends may not see it"
        await serves(sandbox)

    @pytest.mark.parametrize(
        "framing",
        [
            b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
            b"Content-Length: +5\r\n\r\n",
            b"Content-Length: 5_0\r\n\r\n",
            b"Transfer-Encoding: xchunked\r\n\r\n",
            b"Transfer-Encoding: chunked, identity\r\n\r\n",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
            b"Transfer-Encoding : chunked\r\n\r\n",
            b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
            b"Transfer-Encoding: chunked\r\n\r\n0x5\r\n",
            b"X: a\rContent-Length: 5\r\n\r\n",
            b"X: a\0\r\n\r\n",
            b"Host: 127.0.0.1\r\n\r\n",
        ],
    )
    async def test_a_request_has_one_end_or_none(self, sandbox: Sandbox, framing: bytes) -> None:
        """What two servers would cut at different places hides a request (RFC 9112, 11.2)."""
        hidden = b"DELETE /sandbox/faults HTTP/1.1\r\n" + HOST
        hidden += b"Mailsac-Key: " + sandbox.key.encode() + b"\r\n\r\n"
        sandbox.misbehave(Faults(bare_frames=True))
        async with dialled(*doors(sandbox)[0]) as line:
            await line.say(POST + framing + hidden)
            answer = await line.until_hung_up()
        assert answer[9:12] in (b"400", b"403")
        assert answer.count(b"HTTP/1.1") == 1
        assert sandbox.faults.bare_frames

    @pytest.mark.parametrize(
        ("addresses", "more"),
        [(b"a" * 9000, b""), (b"", b"x: y\r\n" * 200), (b"", b"Content-Length: 5\r\n")],
        ids=["URL", "headers", "body"],
    )
    async def test_handshakes_that_cannot_be_read_are_refused(
        self, sandbox: Sandbox, addresses: bytes, more: bytes
    ) -> None:
        async with dialled(*doors(sandbox)[0]) as line:
            await line.say(b"GET /incoming-messages?addresses=" + addresses + b" HTTP/1.1\r\n")
            await line.say(HOST + UPGRADE + more + b"\r\n")
            assert (await line.until_hung_up()).startswith(b"HTTP/1.1 400")

    async def test_two_hundred_addresses_fit_a_handshake(self) -> None:
        async with Sandbox(plan=Plan(credits=200)) as sandbox:
            await self._listen_to_two_hundred(sandbox)

    async def _listen_to_two_hundred(self, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "qa.example")
        names = [f"checkout.{number:03}@qa.example" for number in range(200)]
        sandbox.mailroom.reserve(ACCOUNT, names, Forwarding(enablews=True))
        async with listening(sandbox.socket_url, sandbox.key, *names) as ear:
            assert (await ear.json())["addresses"] == names

    @pytest.mark.parametrize("path", ["/api/me", "/sandbox/faults", "/none"])
    async def test_only_one_path_is_a_socket(self, sandbox: Sandbox, path: str) -> None:
        url = sandbox.socket_url.replace("/incoming-messages", path)
        with pytest.raises(InvalidStatus) as refused:
            async with listening(url, sandbox.key):
                raise AssertionError
        assert refused.value.response.status_code == 403

    async def test_smtp_has_no_tls_and_takes_no_password(self, sandbox: Sandbox) -> None:
        async with dialled(*doors(sandbox)[1]) as line:
            await line.say(b"EHLO client.example\r\nSTARTTLS\r\nAUTH PLAIN AGEAYg==\r\nQUIT\r\n")
            greeting, *told = (await line.until_hung_up()).split(b"\r\n")[:-1]
        assert greeting.startswith(b"220")
        assert not any(b"STARTTLS" in one or b"AUTH" in one for one in told[:-3])
        assert [one[:3] for one in told[-3:]] == [b"454", b"538", b"221"]
