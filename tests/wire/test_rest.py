"""The REST half against a server that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sacterm.errors import (
    CertificateRefused,
    KeyRefused,
    NotFound,
    OwnedByAnother,
    RateLimited,
    Rejected,
    ServerTrouble,
    ServiceError,
    TimedOut,
    Unexpected,
    Unreachable,
)
from sacterm.mailsac.rest import MailsacClient
from sacterm.model import Address
from tests.wire.scripted import ScriptedHttp, Time, answer, untrusted

KEY = "k_canary0123456789"
ME = {"_id": "me", "email": "me@x.test"}
MAIL = {"_id": "1", "inbox": "a@x.test"}
A = "a+b/c@é.test"
QUOTED = "a%2Bb%2Fc%40%C3%A9.test"
UNTIL = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
RECORD = Address(email="a@x.test", forward="f@x.test", websocket=True, info="n \ud800")


class Case:
    """A client on a scripted server, with what it counted and waited for."""

    def __init__(self, server: ScriptedHttp, *, key: str = KEY, timeout: float = 5.0) -> None:
        self.ops: list[str] = []
        self.time = Time()
        self.client = MailsacClient(
            key,
            base_url=server.url,
            on_op=self.ops.append,
            timeout=timeout,
            sleep=self.time.sleep,
            clock=self.time.clock,
        )

    async def __aenter__(self) -> Case:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()


Call = Callable[[MailsacClient], Awaitable[object]]

ROUTES: list[tuple[Call, object, str, str, str]] = [
    (lambda c: c.me(), ME, "me", "GET", "/me"),
    (lambda c: c.stats(), {}, "stats", "GET", "/me/stats"),
    (lambda c: c.addresses(), [], "addresses", "GET", "/addresses"),
    (lambda c: c.address(A), {}, "address", "GET", f"/addresses/{QUOTED}"),
    (
        lambda c: c.address("*@example.com"),
        {},
        "address",
        "GET",
        "/addresses/%2A%40example.com",
    ),
    (
        lambda c: c.availability(A),
        {"available": True},
        "availability",
        "GET",
        f"/addresses/{QUOTED}/availability",
    ),
    (lambda c: c.reserve(A), {}, "reserve", "POST", f"/addresses/{QUOTED}"),
    (lambda c: c.reserve_many([A]), [], "reserve", "POST", "/private-addresses-bulk"),
    (lambda c: c.release(A), "ok", "release", "DELETE", f"/addresses/{QUOTED}"),
    (
        lambda c: c.release(A, delete_messages=True),
        "ok",
        "release",
        "DELETE",
        f"/addresses/{QUOTED}?deleteAddressMessages=true",
    ),
    (
        lambda c: c.put_forwarding(RECORD),
        {},
        "forwarding",
        "PUT",
        "/addresses/a%40x.test",
    ),
    (
        lambda c: c.messages(A, limit=5000, until=UNTIL),
        [],
        "list",
        "GET",
        f"/addresses/{QUOTED}/messages?limit=1000&until=2026-01-02T03%3A04%3A05.678Z",
    ),
    (
        lambda c: c.inbox(limit=5, skip=10, since=UNTIL),
        {"messages": []},
        "list",
        "GET",
        "/inbox?limit=5&skip=10&since=2026-01-02T03%3A04%3A05.678Z",
    ),
    (lambda c: c.count(A), {"count": 3}, "list", "GET", f"/addresses/{QUOTED}/message-count"),
    (lambda c: c.starred(), [], "list", "GET", "/addresses/starred/messages"),
    (
        lambda c: c.search("a b&c"),
        {"messages": []},
        "search",
        "GET",
        "/inbox-search?query=a%20b%26c",
    ),
    (
        lambda c: c.filter(subject="s", sender="f", to="t", read=False),
        {"messages": []},
        "search",
        "GET",
        "/inbox-filter?andSubjectIncludes=s&andFrom=f&andTo=t&andRead=false",
    ),
    (lambda c: c.message(A, "1"), {}, "message", "GET", f"/addresses/{QUOTED}/messages/1"),
    (
        lambda c: c.headers(A, "1"),
        [],
        "message",
        "GET",
        f"/addresses/{QUOTED}/messages/1/headers"
        "?format=json-ordered&messageHeadersFormat=json-ordered",
    ),
    (
        lambda c: c.attachments(A, "1"),
        [],
        "attachment",
        "GET",
        f"/addresses/{QUOTED}/messages/1/attachments",
    ),
    (
        lambda c: c.attachment(A, "1", "a b.pdf"),
        b"",
        "attachment",
        "GET",
        f"/addresses/{QUOTED}/messages/1/attachments/a%20b.pdf",
    ),
    (lambda c: c.raw(A, "1"), b"", "raw", "GET", f"/raw/{QUOTED}/1"),
    (lambda c: c.text(A, "1"), b"", "body", "GET", f"/text/{QUOTED}/1"),
    (lambda c: c.body(A, "1"), b"", "body", "GET", f"/body/{QUOTED}/1"),
    (lambda c: c.dirty(A, "1"), b"", "body", "GET", f"/dirty/{QUOTED}/1"),
    (lambda c: c.toggle_star(A, "1"), {}, "star", "PUT", f"/addresses/{QUOTED}/messages/1/star"),
    (
        lambda c: c.set_read(A, "1", True),
        {},
        "read",
        "PUT",
        f"/addresses/{QUOTED}/messages/1/read/true",
    ),
    (
        lambda c: c.set_folder(A, "1", "spam"),
        {},
        "folder",
        "PUT",
        f"/addresses/{QUOTED}/messages/1/folder/spam",
    ),
    (
        lambda c: c.add_label(A, "1", "a/b ?#%"),
        {},
        "label",
        "PUT",
        f"/addresses/{QUOTED}/messages/1/labels/a%2Fb%20%3F%23%25",
    ),
    (
        lambda c: c.remove_label(A, "1", "l"),
        {},
        "label",
        "DELETE",
        f"/addresses/{QUOTED}/messages/1/labels/l",
    ),
    (lambda c: c.delete(A, "1"), {}, "delete", "DELETE", f"/addresses/{QUOTED}/messages/1"),
    (lambda c: c.purge(A), b"", "purge", "DELETE", f"/addresses/{QUOTED}/messages"),
    (
        lambda c: c.purge_domain("x.test"),
        b"",
        "purge",
        "POST",
        "/domains/x.test/delete-all-domain-mail",
    ),
    (lambda c: c.domains(), [], "domains", "GET", "/domains"),
    (lambda c: c.domain("x.test"), {}, "domains", "GET", "/domains/x.test"),
    (
        lambda c: c.domain_messages("x.test"),
        [],
        "list",
        "GET",
        "/domains/x.test/messages?limit=1000",
    ),
    (lambda c: c.validate(A), {}, "validate", "GET", f"/validations/addresses/{QUOTED}"),
    (lambda c: c.validate_many([A]), [], "validate", "POST", "/validations/addresses"),
    (
        lambda c: c.send(sender="a@x.test", to=["b@x.test"], subject="s"),
        {},
        "send",
        "POST",
        "/outgoing-messages",
    ),
]


@pytest.mark.parametrize(("call", "said", "kind", "method", "target"), ROUTES)
async def test_each_method_is_one_request_with_the_key_and_one_op(
    call: Call, said: object, kind: str, method: str, target: str
) -> None:
    async with ScriptedHttp(answer(200, said)) as server, Case(server) as case:
        await call(case.client)
        (request,) = server.requests
        assert (request.method, request.target) == (method, "/api" + target)
        assert request.headers["mailsac-key"] == KEY
        assert case.ops == [kind]


async def test_bodies_are_sent_as_documented() -> None:
    async with ScriptedHttp(answer(200, [])) as server, Case(server) as case:
        await case.client.reserve_many(["a@x.test", "b@x.test"])
        await case.client.validate_many(["c@x.test"])
        await case.client.send(sender="a@x.test", to=["b@x.test"], subject="s", html="<b>")
        await case.client.put_forwarding(RECORD)
        assert [json.loads(request.body) for request in server.requests] == [
            {"addresses": ["a@x.test", "b@x.test"]},
            {"emails": ["c@x.test"]},
            {"from": "a@x.test", "to": ["b@x.test"], "subject": "s", "text": "", "html": "<b>"},
            {
                "enablews": True,
                "forward": "f@x.test",
                "webhook": "",
                "webhookSlack": "",
                "webhookSlackToFrom": False,
                "info": "n \ud800",
            },
        ]
        assert {request.headers["content-type"] for request in server.requests} == {
            "application/json"
        }


async def test_bodies_come_back_as_they_are() -> None:
    async with ScriptedHttp(answer(200, b"\xff\x00\r\nx")) as server, Case(server) as case:
        assert await case.client.raw("a@x.test", "1") == b"\xff\x00\r\nx"
        assert await case.client.attachment("a@x.test", "1", "f") == b"\xff\x00\r\nx"
        assert await case.client.text("a@x.test", "1") == "\ufffd\x00\r\nx"


async def test_an_answer_that_does_not_repeat_what_was_asked_for() -> None:
    async with ScriptedHttp(answer(200, {"savedBy": "me"})) as server, Case(server) as case:
        starred = await case.client.toggle_star("A@x.test", "1")
        assert (starred.id, starred.inbox, starred.starred) == ("1", "a@x.test", True)
        assert (await case.client.address("a@x.test")).email == "a@x.test"
        assert (await case.client.domain("x.test")).domain.name == "x.test"
        assert (await case.client.validate("a@x.test")).email == "a@x.test"


@pytest.mark.parametrize("part", ["", ".", "..", " "])
async def test_a_part_that_would_make_another_route_is_not_sent(part: str) -> None:
    async with ScriptedHttp(answer()) as server, Case(server) as case:
        with pytest.raises(Rejected):
            await case.client.delete("a@x.test", part)
        with pytest.raises(Rejected):
            await case.client.release(part)
        assert (server.requests, case.ops) == ([], [])


# What goes wrong


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (400, Rejected, 1),
        (402, Rejected, 1),
        (405, Rejected, 1),
        (404, NotFound, 1),
        (418, RateLimited, 2),
        (420, RateLimited, 2),
        (429, RateLimited, 2),
        (500, ServerTrouble, 2),
        (503, ServerTrouble, 2),
        (302, Unexpected, 1),
        (304, Unexpected, 1),
    ],
)
async def test_each_status_is_an_error_of_ours(
    status: int, kind: type[ServiceError], attempts: int
) -> None:
    said = answer(status, {"message": f"no \x1b[31m{KEY}\u202e" + "y" * 400})
    async with ScriptedHttp(said) as server, Case(server) as case:
        with pytest.raises(kind) as caught:
            await case.client.stats()
        assert type(caught.value) is kind
        assert caught.value.status == status
        assert len(server.requests) == len(case.ops) == attempts
        text = str(caught.value)
        assert KEY not in text
        assert text.isprintable()
        assert status < 400 or "no [31m••• yyy" in text
        assert len(text) < 400

        server.requests.clear()
        with pytest.raises(kind):
            await case.client.delete("a@x.test", "1")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"error": "e", "validationErrors": ["v"]}, "e"),
        ({"validationErrors": ["v", "w"]}, "v, w"),
        (b"<html>no", "(400)"),
        ([1], "(400)"),
    ],
)
async def test_the_words_of_the_service_are_kept(said: object, shown: str) -> None:
    async with ScriptedHttp(answer(400, said)) as server, Case(server) as case:
        with pytest.raises(Rejected) as caught:
            await case.client.addresses()
        assert str(caught.value).endswith(shown)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_and_an_address_of_somebody_else(status: int) -> None:
    refused = answer(status, {"message": "no"})
    async with ScriptedHttp(refused, answer(200, ME), refused) as server, Case(server) as case:
        first = KeyRefused if status == 401 else OwnedByAnother
        with pytest.raises(first):
            await case.client.messages("a@x.test")
        await case.client.me()
        with pytest.raises(OwnedByAnother):
            await case.client.messages("a@x.test")
        with pytest.raises(OwnedByAnother):
            await case.client.domain("x.test")
        with pytest.raises(KeyRefused):
            await case.client.inbox()
        with pytest.raises(first):
            await case.client.messages("a@x.test")


@pytest.mark.parametrize("said", [None, {}, {"_id": None}])
async def test_an_account_that_is_not_there_is_a_refused_key(said: object) -> None:
    refused = answer(401)
    async with ScriptedHttp(answer(200, said), refused) as server, Case(server) as case:
        with pytest.raises(KeyRefused):
            await case.client.me()
        with pytest.raises(KeyRefused):
            await case.client.messages("a@x.test")


@pytest.mark.parametrize(
    "said", [b"<html>Sign in to the network", b"", b"[", b'"me"', b"[" * 100_000, b"\xff"]
)
async def test_an_answer_of_another_kind_is_unexpected(said: bytes) -> None:
    async with ScriptedHttp(answer(200, said)) as server, Case(server) as case:
        for call in (case.client.me, case.client.addresses, case.client.inbox):
            with pytest.raises(Unexpected):
                await call()
        assert len(server.requests) == 3


async def test_a_redirect_is_refused_and_the_key_stays_here() -> None:
    async with ScriptedHttp(answer(200, ME)) as elsewhere:
        redirect = answer(307, Location=elsewhere.url + "/me")
        async with ScriptedHttp(redirect) as server, Case(server) as case:
            with pytest.raises(Unexpected):
                await case.client.me()
            with pytest.raises(Unexpected):
                await case.client.delete("a@x.test", "1")
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\n",
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    ],
)
async def test_an_answer_that_is_cut_is_fetched_again(said: bytes) -> None:
    async with (
        ScriptedHttp(said, answer(200, {"storedMessages": 7})) as server,
        Case(server) as case,
    ):
        assert (await case.client.stats()).stored == 7
        assert case.ops == ["stats", "stats"]
    async with ScriptedHttp(said) as server, Case(server) as case:
        with pytest.raises(Unreachable):
            await case.client.stats()
        assert len(server.requests) == 2
        with pytest.raises(Unreachable):
            await case.client.delete("a@x.test", "1")
        assert len(server.requests) == 3


async def test_a_body_that_cannot_be_unpacked_is_unexpected() -> None:
    packed = answer(200, b"no gzip", Content_Encoding="gzip")
    async with ScriptedHttp(packed) as server, Case(server) as case:
        with pytest.raises(Unexpected):
            await case.client.me()


async def test_no_answer_is_a_timeout_that_is_tried_again_and_counted() -> None:
    async with ScriptedHttp(None) as server, Case(server, timeout=0.05) as case:
        with pytest.raises(TimedOut):
            await case.client.stats()
        assert (len(server.requests), case.ops) == (2, ["stats", "stats"])
        with pytest.raises(TimedOut):
            await case.client.reserve("a@x.test")
        assert (len(server.requests), case.ops) == (3, ["stats", "stats", "reserve"])


async def test_without_a_connection_nothing_is_counted() -> None:
    async with ScriptedHttp() as server:
        pass
    async with Case(server) as case:
        with pytest.raises(Unreachable) as caught:
            await case.client.stats()
        assert "refused" in str(caught.value)
        assert (case.ops, len(case.time.waits)) == ([], 1)


async def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with ScriptedHttp(answer(200, ME)) as server, Case(server) as case:
        assert (await case.client.me()).id == "me"


async def test_an_invalid_certificate_is_told_from_a_missing_network() -> None:
    async with ScriptedHttp(answer(200, ME), tls=untrusted()) as server, Case(server) as case:
        with pytest.raises(CertificateRefused):
            await case.client.me()
        assert (server.requests, case.ops, case.time.waits) == ([], [], [])


@pytest.mark.parametrize("scheme", ["HTTPS", "https"])
async def test_certificates_are_checked_however_the_url_is_written(scheme: str) -> None:
    async with ScriptedHttp(answer(200, ME), tls=untrusted()) as server:
        server.url = server.url.replace("https", scheme)
        async with Case(server) as case:
            with pytest.raises(CertificateRefused):
                await case.client.me()


@pytest.mark.parametrize(
    "url", ["", "no url", "ftp://x.test", "http://[", "http://127.0.0.1:99999", "http://a..b"]
)
async def test_a_url_that_cannot_be_used_is_said_to_be_one(url: str) -> None:
    client = MailsacClient(KEY, base_url=url)
    with pytest.raises(Unexpected, match="URL"):
        await client.me()
    await client.aclose()


@pytest.mark.parametrize("key", [KEY + "\nx: y", KEY + " ", KEY + "é", KEY + "\ud800"])
async def test_a_key_that_no_header_can_hold_is_refused_unsent(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedHttp(answer(200, ME)) as server, Case(server, key=key) as case:
        with pytest.raises(KeyRefused) as caught:
            await case.client.me()
        assert KEY not in str(caught.value) + caplog.text
        assert (server.requests, case.ops) == ([], [])


async def test_a_body_without_end_is_refused_while_it_comes() -> None:
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield bytes(2**20)

    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=flood()))
    client = MailsacClient(KEY, transport=transport)
    with pytest.raises(Unexpected, match="64 MiB"):
        await client.raw("a@x.test", "1")
    assert sent == 65
    await client.aclose()


# Waits


async def test_the_wait_that_the_service_names_is_kept() -> None:
    busy = answer(503, Retry_After="2")
    async with (
        ScriptedHttp(busy, answer(200, {"storedMessages": 7})) as server,
        Case(server) as case,
    ):
        await case.client.stats()
        assert case.time.waits == [2.0]


async def test_a_long_wait_is_left_to_the_caller() -> None:
    busy = answer(429, Retry_After="60")
    async with ScriptedHttp(busy) as server, Case(server) as case:
        with pytest.raises(RateLimited) as caught:
            await case.client.me()
        assert caught.value.retry_after == 60.0
        assert (len(server.requests), case.time.waits) == (1, [])


async def test_nothing_is_asked_before_the_service_wants_it() -> None:
    busy = answer(429, Retry_After="60")
    async with ScriptedHttp(busy, answer(200, ME)) as server, Case(server) as case:
        with pytest.raises(RateLimited):
            await case.client.me()
        for call in (case.client.me(), case.client.delete("a@x.test", "1"), case.client.inbox()):
            case.time.now += 10
            with pytest.raises(RateLimited, match="wants no request"):
                await call
        assert len(server.requests) == 1
        assert case.ops == ["me"]
        case.time.now += 31
        await case.client.me()
        assert len(server.requests) == 2


async def test_without_a_named_wait_it_is_about_half_a_second() -> None:
    async with (
        ScriptedHttp(answer(500), answer(200, {"storedMessages": 7})) as server,
        Case(server) as case,
    ):
        await case.client.stats()
        (wait,) = case.time.waits
        assert 0.25 <= wait <= 0.75


async def test_what_is_asked_unasked_is_sent_once() -> None:
    """Whoever needs it asks again, and knows what may be spent."""
    async with ScriptedHttp(answer(503)) as server, Case(server) as case:
        calls = (case.client.me(), case.client.addresses(), case.client.domains())
        of_mail = case.client.messages("a@x.test"), case.client.message("a@x.test", "1")
        for call in (*calls, case.client.inbox(), *of_mail):
            with pytest.raises(ServerTrouble):
                await call
        assert (len(server.requests), case.time.waits) == (6, [])


async def test_a_wait_is_the_services_whatever_the_clock_here_says() -> None:
    now = datetime.now(UTC) - timedelta(minutes=30)
    date, until_then = (f"{t:%a, %d %b %Y %H:%M:%S GMT}" for t in (now, now + timedelta(minutes=1)))
    busy = answer(429, Date=date, Retry_After=until_then)
    async with ScriptedHttp(busy) as server, Case(server) as case:
        with pytest.raises(RateLimited) as caught:
            await case.client.stats()
        assert caught.value.retry_after == 60.0
        with pytest.raises(RateLimited, match="wants no request"):
            await case.client.me()
        assert len(server.requests) == 1


async def test_a_second_try_keeps_the_wait_that_another_request_was_told() -> None:
    async with ScriptedHttp(answer(503), answer(429, Retry_After="600")) as server:
        async with Case(server) as case:
            told = asyncio.Event()

            async def sleep(seconds: float) -> None:
                with pytest.raises(RateLimited):
                    await case.client.me()
                told.set()

            case.client._exchange._sleep = sleep
            with pytest.raises(RateLimited, match="wants no request"):
                await case.client.stats()
            assert told.is_set()
        assert len(server.requests) == 2


# The two routes of forwarding


@pytest.mark.parametrize("status", [404, 405])
async def test_the_other_forwarding_route_is_tried_and_remembered(status: int) -> None:
    new = {"_id": "a@x.test", "enablews": True}
    async with ScriptedHttp(answer(status), answer(200, new)) as server, Case(server) as case:
        for _ in range(2):
            told = await case.client.put_forwarding(RECORD)
            assert told == Address(email="a@x.test", websocket=True)
        assert [request.target for request in server.requests] == [
            "/api/addresses/a%40x.test",
            "/api/private-address-forwarding/a%40x.test",
            "/api/private-address-forwarding/a%40x.test",
        ]
        assert len({request.body for request in server.requests}) == 1
        assert case.ops == ["forwarding"] * 3


async def test_a_refusal_is_not_taken_for_a_missing_route() -> None:
    async with ScriptedHttp(answer(400)) as server, Case(server) as case:
        with pytest.raises(Rejected):
            await case.client.put_forwarding(RECORD)
        assert len(server.requests) == 1


async def test_an_address_that_neither_route_knows_is_not_found() -> None:
    async with ScriptedHttp(answer(404)) as server, Case(server) as case:
        for _ in range(2):
            with pytest.raises(NotFound):
                await case.client.put_forwarding(RECORD)
        assert len(server.requests) == 4


@pytest.mark.parametrize("said", [b"", b"OK", {}, [], None])
async def test_a_change_that_is_answered_without_a_record(said: object) -> None:
    async with ScriptedHttp(answer(200, said)) as server, Case(server) as case:
        assert await case.client.put_forwarding(RECORD) is None
        assert await case.client.add_label("a@x.test", "1", "l") is None
        await case.client.set_read("a@x.test", "1", True)


# The key


async def test_the_key_is_in_no_log_repr_or_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    for said in (*(answer(s, {"message": KEY}) for s in (401, 302, 500)), b"", None):
        async with ScriptedHttp(said) as server, Case(server, timeout=0.05) as case:
            shown.append(repr(case.client) + str(case.client))
            with pytest.raises(ServiceError) as caught:
                await case.client.me()
        error = caught.value
        assert error.__cause__ is None
        assert error.__context__ is None
        shown += [repr(error), repr(error.__dict__)]
        while error.__traceback__ and __file__ in str(error.__traceback__.tb_frame):
            error.__traceback__ = error.__traceback__.tb_next  # this frame does hold the key
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert len(whole.stack) > 1
        shown += whole.format()
    assert len(caplog.records) > 20
    assert not [text for text in [*shown, caplog.text] if "canary" in text]


async def test_a_cancelled_request_may_have_been_counted() -> None:
    async with ScriptedHttp(None) as server, Case(server) as case:
        task = asyncio.create_task(case.client.me())
        await server.asked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert case.ops == ["me"]


async def test_a_wrong_clock_is_known_from_the_date_of_an_answer() -> None:
    there = datetime.now(UTC) + timedelta(hours=5)
    said = answer(200, [], Date=f"{there:%a, %d %b %Y %H:%M:%S GMT}")
    wrong = answer(503, {}, Date="Thu, 01 Jan 1970 00:00:00 GMT")
    async with ScriptedHttp(said, wrong) as server:
        client = MailsacClient(KEY, base_url=server.url)
        assert client.skew == timedelta()
        await client.addresses()
        assert abs(client.skew - timedelta(hours=5)) < timedelta(seconds=2)
        with pytest.raises(ServerTrouble):
            await client.set_read("a@x.test", "m1", True)
        assert client.skew > timedelta(hours=4)  # a proxy in between may have answered
        await client.aclose()
