"""The sandbox's web socket, heard by the ``websockets`` library."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from sacterm.sandbox.records import SIZE_LIMIT, Forwarding
from sacterm.sandbox.registry import new_key
from sacterm.sandbox.server import ACCOUNT, STRANGER, TAKEN, Sandbox
from sacterm.sandbox.sockets import QUEUE_LIMIT
from tests.waiting import until
from tests.wire.independent import Rest, Smtp, bulk, letter, listening

ON = Forwarding(enablews=True)
BOX, SILENT = "box@mailsac.com", "silent@mailsac.com"


@pytest.fixture
async def open_ear(sandbox: Sandbox) -> None:
    """An account with one address that is forwarded and one that is not."""
    sandbox.mailroom.reserve(ACCOUNT, [BOX], ON)
    sandbox.mailroom.reserve(ACCOUNT, [SILENT])


def deliver(sandbox: Sandbox, to: str, subject: str = "hello") -> None:
    sandbox.mailroom.deliver(letter(subject), "shop@example.com", [to])


class TestHandshake:
    async def test_confirms_what_is_live_and_nothing_else(self, sandbox: Sandbox) -> None:
        room = sandbox.mailroom
        room.add_domain(ACCOUNT, "live.example", websocket=True)
        room.add_domain(ACCOUNT, "off.example")
        room.add_domain(STRANGER, "theirs.example", websocket=True)
        room.reserve(ACCOUNT, [BOX, "*@off.example"], ON)
        room.reserve(ACCOUNT, [SILENT])
        room.set_forwarding(STRANGER, TAKEN, ON)
        asked = ["BOX@mailsac.com", SILENT, TAKEN, "public@mailsac.com", "*@off.example"]
        asked += ["live.example", "off.example", "theirs.example", "nobodys.example"]
        async with listening(sandbox.socket_url, sandbox.key, *asked) as ear:
            assert await ear.json() == {
                "status": 200,
                "msg": "Listening",
                "addresses": ["*@off.example", BOX],
                "domains": ["live.example"],
            }

    async def test_without_addresses_it_listens_to_nothing(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key) as ear:
            first = await ear.json()
        assert (first["addresses"], first["domains"]) == ([], [])

    @pytest.mark.parametrize("key", ["", "k_wrong"])
    async def test_a_wrong_key_is_401(self, sandbox: Sandbox, key: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with listening(sandbox.socket_url, key, BOX):
                raise AssertionError
        assert refused.value.response.status_code == 401
        assert sandbox.sockets_opened == 0

    async def test_it_is_off_when_the_ops_are_spent(self, sandbox: Sandbox) -> None:
        sandbox.mailroom.charge(ACCOUNT, sandbox.mailroom.plan(ACCOUNT).ops)
        with pytest.raises(InvalidStatus) as refused:
            async with listening(sandbox.socket_url, sandbox.key, BOX):
                raise AssertionError
        assert refused.value.response.status_code == 429

    async def test_foreign_pages_are_refused(self, sandbox: Sandbox) -> None:
        own = f"http://{urlsplit(sandbox.socket_url).netloc}"
        async with listening(sandbox.socket_url, sandbox.key, origin=own) as ear:
            assert (await ear.json())["msg"] == "Listening"
        with pytest.raises(InvalidStatus) as refused:
            async with listening(sandbox.socket_url, sandbox.key, origin="https://evil.example"):
                raise AssertionError
        assert refused.value.response.status_code == 403

    async def test_foreign_hosts_are_refused(self, sandbox: Sandbox) -> None:
        web = Rest(sandbox.api_url.removesuffix("/api"), sandbox.key)
        handshake = {
            "Host": "rebound.example",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        answer = await web("GET", "/incoming-messages", headers=handshake, key="")
        assert answer.status == 403


@pytest.mark.usefixtures("open_ear")
class TestMail:
    async def test_a_frame_holds_the_whole_message(
        self, sandbox: Sandbox, rest: Rest, smtp: Smtp
    ) -> None:
        raw = (
            "Received: a\r\nReceived: b\r\nFrom: Shop <shop@example.com>\r\nSubject: ü\r\n"
            "Content-Type: text/html; charset=utf-8\r\n\r\n<p>hé</p>\r\n"
        ).encode()
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            await smtp.send(raw, "box+tag@mailsac.com")
            frame = await ear.json()
        assert frame["status"] == 200
        mail = frame["email"]
        (listed,) = (await rest("GET", f"/addresses/{BOX}/messages")).json
        assert {name: mail[name] for name in listed} == listed
        assert mail["raw"].encode() == raw
        assert (mail["text"].strip(), mail["html"].strip()) == ("hé", "<p>hé</p>")
        assert mail["body"] == mail["html"]
        assert mail["headers"]["received"] == ["a", "b"], "a list where there are several"
        assert mail["headers"]["subject"] == "ü", "a string where there is one"

    async def test_goes_to_whom_it_was_sent_only(self, sandbox: Sandbox) -> None:
        async with AsyncExitStack() as stack:
            ears = [
                await stack.enter_async_context(listening(sandbox.socket_url, key, *names))
                for key, names in (
                    (sandbox.key, [BOX]),
                    (sandbox.key, [BOX, SILENT]),
                    (sandbox.key, [SILENT]),
                    (stranger_key(sandbox), [BOX, TAKEN]),
                )
            ]
            for ear in ears:
                await ear.json()
            deliver(sandbox, SILENT, "not forwarded")
            deliver(sandbox, "public@mailsac.com")
            deliver(sandbox, BOX, "forwarded")
            assert [await ear.subjects(1) for ear in ears[:2]] == [["forwarded"]] * 2
            quiet = await asyncio.gather(*(ear.hears_nothing() for ear in ears))
            assert all(quiet)

    async def test_comes_once_even_if_two_names_fit(self, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example", websocket=True)
        sandbox.mailroom.reserve(ACCOUNT, ["a@own.example"], ON)
        async with listening(
            sandbox.socket_url, sandbox.key, "own.example", "a@own.example"
        ) as ear:
            await ear.json()
            deliver(sandbox, "a@own.example")
            assert await ear.subjects(1) == ["hello"]
            assert await ear.hears_nothing()

    async def test_a_domain_covers_all_its_addresses(self, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example", websocket=True)
        sandbox.mailroom.reserve(ACCOUNT, ["off@own.example"])
        async with listening(sandbox.socket_url, sandbox.key, "own.example") as ear:
            await ear.json()
            for local in ("off", "any", "any+tag"):
                deliver(sandbox, f"{local}@own.example", local)
            assert await ear.subjects(3) == ["off", "any", "any+tag"]

    async def test_a_catch_all_gets_what_no_address_takes(self, sandbox: Sandbox) -> None:
        sandbox.mailroom.add_domain(ACCOUNT, "own.example")
        sandbox.mailroom.reserve(ACCOUNT, ["*@own.example", "own@own.example"], ON)
        async with listening(sandbox.socket_url, sandbox.key, "*@own.example") as ear:
            await ear.json()
            deliver(sandbox, "own@own.example", "not this")
            deliver(sandbox, "any@own.example", "this")
            assert await ear.subjects(1) == ["this"]

    async def test_stops_when_it_is_switched_off(self, sandbox: Sandbox, rest: Rest) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            await rest("PUT", f"/addresses/{BOX}", body={"enablews": False})
            deliver(sandbox, BOX, "unheard")
            assert await ear.hears_nothing()
            await rest("PUT", f"/addresses/{BOX}", body={"enablews": True})
            deliver(sandbox, BOX, "heard")
            assert await ear.subjects(1) == ["heard"]

    async def test_switched_on_later_it_needs_a_new_socket(
        self, sandbox: Sandbox, rest: Rest
    ) -> None:
        async with listening(sandbox.socket_url, sandbox.key, SILENT) as ear:
            await ear.json()
            await rest("PUT", f"/addresses/{SILENT}", body={"enablews": True})
            deliver(sandbox, SILENT)
            assert await ear.hears_nothing()
        async with listening(sandbox.socket_url, sandbox.key, SILENT) as ear:
            assert (await ear.json())["addresses"] == [SILENT]

    async def test_nothing_is_sent_again_after_a_gap(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
        deliver(sandbox, BOX)
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            assert await ear.hears_nothing()

    async def test_the_largest_mail_fits_a_frame(self, sandbox: Sandbox, smtp: Smtp) -> None:
        raw = bulk(SIZE_LIMIT)
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            await smtp.send(raw, BOX)
            frame = await ear.text()
        assert len(frame) > SIZE_LIMIT
        assert "x" * 998 in frame

    async def test_each_publish_after_the_first_costs_an_op(
        self, sandbox: Sandbox, rest: Rest
    ) -> None:
        async def cost() -> int:
            before = sandbox.mailroom.ops(ACCOUNT)
            deliver(sandbox, BOX)
            return sandbox.mailroom.ops(ACCOUNT) - before

        async with AsyncExitStack() as stack:
            assert await cost() == 1, "the mail itself"
            for expected in (1, 2, 3):
                ear = await stack.enter_async_context(
                    listening(sandbox.socket_url, sandbox.key, BOX)
                )
                await ear.json()
                assert await cost() == expected
            body = {"enablews": True, "webhook": "https://x.example"}
            await rest("PUT", f"/addresses/{BOX}", body=body)
            assert await cost() == 4


@pytest.mark.usefixtures("open_ear")
class TestClients:
    async def test_what_they_say_means_nothing(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            for said in ("hello", b"\0\1", "{"):
                await ear.connection.send(said)
            await (await ear.connection.ping())
            deliver(sandbox, BOX)
            assert await ear.subjects(1) == ["hello"]

    async def test_those_that_do_not_read_are_dropped_and_hold_up_nobody(
        self, sandbox: Sandbox, smtp: Smtp
    ) -> None:
        raw = bulk(2_000_000)
        async with (
            listening(sandbox.socket_url, sandbox.key, BOX, max_queue=1) as deaf,
            listening(sandbox.socket_url, sandbox.key, BOX) as ear,
        ):
            await ear.json()
            deaf.connection.transport.pause_reading()
            sent = QUEUE_LIMIT // len(raw) + 5
            for _ in range(sent):
                await smtp.send(raw, BOX)
                await ear.text()
            await until(lambda: sandbox.sockets_open == 1)
            deaf.connection.transport.resume_reading()
            assert await deaf.closed() in (1013, None)


async def test_the_key_is_in_no_log_and_no_repr(
    sandbox: Sandbox, rest: Rest, smtp: Smtp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets.client").setLevel(logging.WARNING)  # the test's own
    await rest("GET", "/me", key="", _mailsacKey=sandbox.key)
    async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
        await ear.json()
        await smtp.send(letter(), BOX)
    logging.getLogger("websockets.client").setLevel(logging.NOTSET)
    assert "box@mailsac.com" in caplog.text, "logs are seen"
    assert sandbox.key not in caplog.text
    assert sandbox.key not in repr(sandbox) + repr(sandbox.mailroom) + repr(sandbox.faults)


async def test_all_is_over_within_two_seconds() -> None:
    tasks, threads = asyncio.all_tasks(), threading.active_count()
    sandbox = Sandbox()
    await sandbox.__aenter__()
    sandbox.mailroom.reserve(ACCOUNT, [BOX], ON)
    async with AsyncExitStack() as clients:
        deaf, ear = [
            await clients.enter_async_context(listening(sandbox.socket_url, sandbox.key, BOX))
            for _ in range(2)
        ]
        deaf.connection.transport.pause_reading()
        for host, port in (address(sandbox.api_url), (sandbox.smtp_host, sandbox.smtp_port)):
            _, idle = await asyncio.open_connection(host, port)
            clients.callback(idle.close)
        await Smtp(sandbox.smtp_host, sandbox.smtp_port).send(letter(), BOX)
        began = time.perf_counter()
        await sandbox.__aexit__()
        assert time.perf_counter() - began < 2.0
        assert await ear.closed() == 1012
        deaf.connection.transport.resume_reading()
    assert asyncio.all_tasks() == tasks
    assert threading.active_count() <= threads + 1, "the test's own client had one"


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def stranger_key(sandbox: Sandbox) -> str:
    key = new_key()
    sandbox.mailroom.create_account(STRANGER, key=key)
    return key
