"""Certificates are checked, whatever the environment says, and through whatever proxy."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import sacterm
from sacterm.errors import CertificateRefused, SactermError, ServiceError
from sacterm.mailsac.feed import Feed
from sacterm.mailsac.probe import reach, try_socket
from sacterm.mailsac.rest import MailsacClient
from sacterm.model import FeedEvent, Listening, Lost, Refused
from tests.wire.scripted import (
    CERTIFICATE,
    PATIENCE,
    Peer,
    ScriptedHttp,
    ScriptedSocket,
    Time,
    answer,
    untrusted,
)

KEY = "k_canary0123456789"
ME = answer(200, {"_id": "me"})


@pytest.fixture(autouse=True)
def no_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own environment: neither authorities nor proxies."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


async def ask(url: str) -> None:
    client = MailsacClient(KEY, base_url=url, sleep=Time().sleep)
    try:
        await client.me()
    finally:
        await client.aclose()


async def first_word(url: str) -> FeedEvent:
    """How the feed takes to a socket."""
    feed = Feed(KEY, url=url, sleep=Time(until=0).sleep)
    feed.subscribe(["a@x.test"])
    try:
        async with asyncio.timeout(PATIENCE):
            async for event in feed.events():
                if isinstance(event, Listening | Lost | Refused):
                    return event
    finally:
        await feed.aclose()
    raise AssertionError("nothing came")


async def both_refuse(rest: str, socket: str) -> None:
    """REST, socket, and the doctor's looks at both."""
    for asking in (ask(rest), reach(rest, limit=PATIENCE), reach(socket, limit=PATIENCE)):
        with pytest.raises(CertificateRefused):
            await asking
    with pytest.raises(CertificateRefused):
        await try_socket(socket, KEY, limit=PATIENCE)
    assert isinstance(refused := await first_word(socket), Refused)
    assert "certificate" in refused.reason


@pytest.mark.parametrize(
    "environ",
    [
        {"SSL_CERT_FILE": "/nowhere/at/all.pem"},
        {"SSL_CERT_FILE": "/"},
        {"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""},
        {"SSL_CERT_FILE": "/etc/passwd", "SSL_CERT_DIR": "/nowhere"},
        {"PYTHONHTTPSVERIFY": "0", "CURL_CA_BUNDLE": "", "REQUESTS_CA_BUNDLE": ""},
    ],
    ids=str,
)
async def test_a_certificate_of_nobody_is_refused(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    tls = untrusted()
    async with ScriptedHttp(ME, tls=tls) as server, ScriptedSocket(tls=tls) as socket:
        await both_refuse(server.url, socket.url)
        assert (server.requests, socket.targets) == ([], [])


async def test_an_authority_of_the_environment_is_trusted_by_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.pem"
    own.write_text(CERTIFICATE[CERTIFICATE.index("-----BEGIN CERT") :])
    monkeypatch.setenv("SSL_CERT_FILE", str(own))

    async def confirm(peer: Peer) -> None:
        await peer.listens(["a@x.test"])

    tls = untrusted()
    async with ScriptedHttp(ME, tls=tls) as server, ScriptedSocket(confirm, tls=tls) as socket:
        await ask(server.url)
        assert (await reach(server.url, limit=PATIENCE)).tls.startswith("TLSv1.")
        await try_socket(socket.url, KEY, limit=PATIENCE)
        assert isinstance(await first_word(socket.url), Listening)


class Proxy:
    """Takes CONNECT and leads it to a port of this machine, whatever was asked for."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.target = 0
        self.heard = b""
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
        finally:
            server.close()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            self.heard += await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            ways = (self._pass(reader, far_writer), self._pass(far_reader, writer))
            await asyncio.gather(*ways)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # a client that trusts nobody goes away
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                self.heard += data
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_that_puts_itself_in_between_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy()
    async with ScriptedHttp(ME, tls=untrusted()) as server, proxy.running() as url:
        proxy.target = int(server.url.rpartition(":")[2].removesuffix("/api"))
        monkeypatch.setenv(name, url)
        with pytest.raises(CertificateRefused):
            await ask("https://mail.test/api")
        with pytest.raises(CertificateRefused):
            await reach("https://mail.test/api", limit=PATIENCE)
        if name != "ALL_PROXY":  # which web sockets do not look at
            assert isinstance(await first_word("wss://mail.test/in"), Refused)
        assert server.requests == []
    assert b"CONNECT mail.test:443 " in proxy.heard
    assert KEY.encode() not in proxy.heard


async def test_a_proxy_with_a_certificate_of_nobody_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = Proxy(tls=untrusted())
    async with proxy.running() as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        with pytest.raises(ServiceError):
            await ask("https://mail.test/api")
        assert not isinstance(await first_word("wss://mail.test/in"), Listening)
    assert proxy.heard == b""


def test_nothing_in_the_program_turns_the_checks_off() -> None:
    off = re.compile(
        r"verify\s*=\s*(False|None)|CERT_NONE|CERT_OPTIONAL|check_hostname\s*=|_create_unverified"
        r"|PROTOCOL_TLS\b|verify_mode\s*="
    )
    files = [*Path(sacterm.__file__).parent.rglob("*.py")]
    assert len(files) > 50
    assert [str(file) for file in files if off.search(file.read_text())] == []


@pytest.mark.parametrize(
    "proxy", ["foo://x", "http://user:hunter2@x:99999", "http://[", "socks5://user:hunter2@x"]
)
async def test_a_proxy_that_cannot_be_used_is_one_line_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(SactermError) as refused:
        client = MailsacClient(KEY, base_url="http://mail.test/api")
        await client.me()
    assert "hunter2" not in str(refused.value)
    for name in ("ws_proxy", "wss_proxy"):
        monkeypatch.setenv(name, proxy)
    feed = Feed(KEY, url="ws://mail.test/incoming-messages")
    feed.subscribe(["a@x.test"])
    async for event in feed.events():
        if isinstance(event, Lost):
            assert "hunter2" not in event.reason
            break
    await feed.aclose()
