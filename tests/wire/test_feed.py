"""The socket half against a server that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from sacterm.mailsac.feed import Feed, spread
from sacterm.mailsac.link import Pace
from sacterm.model import (
    Connecting,
    FeedEvent,
    Listening,
    Lost,
    MailArrived,
    Notice,
    Refused,
)
from tests.waiting import until
from tests.wire.scripted import (
    PATIENCE,
    Peer,
    ScriptedHttp,
    ScriptedSocket,
    Time,
    answer,
    trusting,
    untrusted,
)

KEY = "k_canary/0123 456789"
A, B, C, D = "a@x.test", "b@x.test", "c@x.test", "x.test"
NOTHING = frozenset[str]()
QUICK = Pace(closing=0.1)

E = TypeVar("E", bound=FeedEvent)


class Heard:
    """A feed under test and what it told so far."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.events: list[FeedEvent] = []
        self._stream = feed.events()

    async def until(self, kind: type[E], that: Callable[[E], bool] = lambda event: True) -> E:
        """The next event of a kind; what comes before it is kept in :attr:`events`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await anext(self._stream)
                self.events.append(event)
                if isinstance(event, kind) and that(event):
                    return event

    async def mail(self, id: str) -> None:
        await self.until(MailArrived, lambda event: event.message.id == id)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def feeding(
    server: ScriptedSocket,
    time: Time | None = None,
    *,
    pace: Pace = QUICK,
    max_url: int = 4000,
) -> AsyncIterator[Heard]:
    time = time or Time()
    feed = Feed(
        KEY,
        url=server.url,
        max_url=max_url,
        pace=pace,
        sleep=time.sleep,
        clock=time.clock,
        jitter=lambda: 1.0,
    )
    try:
        yield Heard(feed)
    finally:
        await feed.aclose()


def links() -> int:
    """How many connections the feed has, in whatever state."""
    return sum("Link.run" in repr(task) for task in asyncio.all_tasks())


def asked(target: str) -> set[str]:
    (names,) = parse_qs(urlsplit(target).query)["addresses"]
    return set(names.split(","))


async def listening(heard: Heard, server: ScriptedSocket, *names: str) -> Peer:
    """Subscribe, confirm all of it, and read the feed up to there."""
    heard.feed.subscribe(names)
    peer = await server.peer()
    await peer.listens(names)
    await heard.until(Listening)
    return peer


# The usual way


async def test_a_subscription_is_confirmed_and_then_mail_arrives() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        heard.feed.subscribe([" B+1@X.test", A, D])
        peer = await server.peer()
        query = parse_qs(urlsplit(peer.target).query, strict_parsing=True)
        assert query == {"key": [KEY], "addresses": ["a@x.test,b+1@x.test,x.test"]}
        await peer.mails("early", A)
        await peer.listens([A.upper()], [D])
        await peer.says({"_id": "bare", "inbox": A})
        await peer.says({"status": 200, "msg": f"ok {KEY}"})
        await heard.until(Notice)
        assert [type(event) for event in heard.events] == [
            Connecting,
            MailArrived,
            Listening,
            MailArrived,
            Notice,
        ]
        assert heard.events[0] == Connecting((A, "b+1@x.test", D))
        assert heard.events[2] == Listening(frozenset({A}), frozenset({D}), frozenset({A, D}))
        assert heard.events[4] == Notice("ok •••")


async def test_nothing_is_connected_for_nothing() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        heard.feed.subscribe(["", " "])
        peer = await listening(heard, server, A)
        heard.feed.subscribe([])
        await peer.closed()
        assert len(server.targets) == 1
        assert [type(event) for event in heard.events] == [Connecting, Listening]


async def test_the_same_set_again_changes_nothing() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A, B)
        heard.feed.subscribe((B, A.upper(), A))
        heard.feed.retry_now()
        await peer.mails("m")
        await heard.mail("m")
        assert len(server.targets) == 1


# A changed set


async def test_a_changed_set_replaces_the_connection_without_a_gap() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A, B)
        await old.mails("before")
        heard.feed.subscribe([B, C])
        new = await server.peer()
        assert asked(new.target) == {B, C}
        await old.mails("during")
        await heard.mail("during")
        await new.listens([B, C])
        await old.mails("late")
        both = await heard.until(Listening)
        assert both == Listening(frozenset({B, C}), NOTHING, frozenset({C}))
        await old.closed()
        async with asyncio.timeout(PATIENCE):
            while links() > 1:
                await new.mails("between")
                await heard.mail("between")
        await new.mails("after")
        await heard.mail("after")
        ids = {event.message.id for event in heard.all(MailArrived)}
        assert ids >= {"before", "during", "after"}
        assert not heard.all(Lost)
        assert not heard.all(Notice)


async def test_what_was_on_its_way_by_the_old_connection_still_arrives() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A)
        heard.feed.subscribe([A, B])
        new = await server.peer()
        for number in range(200):
            await old.mails(str(number), subject="x" * 5000)
        await new.listens([A, B])
        await old.closed()
        await new.mails("last")
        await heard.mail("last")
        while len(heard.all(MailArrived)) < 201:
            await heard.until(MailArrived)


async def test_the_old_connection_stays_until_the_new_one_listens() -> None:
    time = Time()
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        old = await listening(heard, server, A)
        server.refusals += [(503, {}), (404, {})]
        heard.feed.subscribe([A, B])
        for delay in (1.0, 2.0):
            lost = await heard.until(Lost)
            assert (lost.retry_in, lost.addresses) == (delay, frozenset({A}))
        new = await server.peer()
        await old.mails("still")
        await heard.mail("still")
        await new.listens([A, B])
        assert (await heard.until(Listening)).gap == {B}
        await old.closed()


async def test_the_loss_of_the_old_connection_during_a_change_is_told() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A)
        heard.feed.subscribe([A, B])
        new = await server.peer()
        await old.socket.close(1012)
        lost = await heard.until(Lost)
        assert lost == Lost("the service closed the connection (1012)", 0.0)
        await new.listens([A, B])
        assert (await heard.until(Listening)).gap == {A, B}
        assert len(server.targets) == 2


async def test_a_change_that_is_taken_back_keeps_the_connection() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A)
        heard.feed.subscribe([A, B])
        new = await server.peer()
        heard.feed.subscribe([A])
        await new.closed()
        await old.mails("m")
        await heard.mail("m")
        heard.feed.subscribe([A, C])
        new = await server.peer()
        await new.listens([A, C])
        assert (await heard.until(Listening)).gap == {C}
        assert [asked(target) for target in server.targets] == [{A}, {A, B}, {A, C}]


async def test_an_old_connection_that_does_not_end_in_order_proves_nothing() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A)
        old.freeze()
        heard.feed.subscribe([A, B])
        await (await server.peer()).listens([A, B])
        assert (await heard.until(Listening)).gap == {B}
        assert (await heard.until(Notice)).garbled


async def test_an_old_connection_that_nobody_needs_may_end_as_it_likes() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        (await listening(heard, server, A)).freeze()
        heard.feed.subscribe([])
        heard.feed.subscribe([B])
        peer = await server.peer()
        async with asyncio.timeout(PATIENCE):
            while links() > 1:
                await peer.mails("between")
                await heard.mail("between")
        await peer.mails("after")
        await heard.mail("after")
        assert not heard.all(Notice)


async def test_an_old_connection_confirms_nothing_any_more() -> None:
    async with ScriptedSocket() as server, feeding(server, pace=Pace()) as heard:
        old = await listening(heard, server, A)
        old.freeze()
        heard.feed.subscribe([A, B])
        await (await server.peer()).listens([A])
        assert (await heard.until(Listening)).addresses == {A}
        await old.listens([A, B])
        await old.mails("m")
        await heard.mail("m")
        assert len(heard.all(Listening)) == 2


async def test_only_what_is_wanted_and_confirmed_is_claimed() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        heard.feed.subscribe([A, B, D])
        peer = await server.peer()
        await peer.listens([A, C], [])
        assert await heard.until(Listening) == Listening(frozenset({A}), NOTHING, frozenset({A}))
        await peer.listens([A, B], [D])
        told = await heard.until(Listening)
        assert told == Listening(frozenset({A, B}), frozenset({D}), frozenset({B, D}))
        heard.feed.subscribe([B, D])
        server.refusals.append((500, {}))
        lost = await heard.until(Lost)
        assert (lost.addresses, lost.domains) == (frozenset({B}), frozenset({D}))


# Several connections


def long_names(count: int) -> list[str]:
    return [f"{number:04}-{'x' * 40}@example.test" for number in range(count)]


async def test_a_long_set_is_spread_over_several_connections() -> None:
    names = long_names(60)
    async with ScriptedSocket() as server, feeding(server, max_url=1500) as heard:
        heard.feed.subscribe(names)
        peers = [await server.peer() for _ in range(3)]
        sets = [asked(peer.target) for peer in peers]
        assert sorted(name for names in sets for name in names) == names
        for peer, part in zip(peers, sets, strict=True):
            origin = len(server.url.removesuffix("/incoming-messages"))
            assert origin + len(peer.target) <= 1500
            await peer.listens(part)
            assert (await heard.until(Listening)).gap == part
        assert heard.all(Listening)[-1].addresses == set(names)

        # One name more and one less: the other connections are not touched.
        gone = min(sets[0])
        heard.feed.subscribe([name for name in names if name != gone] + [A])
        new = await server.peer()
        assert asked(new.target) == sets[0] - {gone} | {A}
        await new.listens(asked(new.target))
        told = await heard.until(Listening)
        assert told.gap == {A}
        assert told.addresses == set(names) - {gone} | {A}
        await peers[0].closed()
        await peers[1].mails("m")
        await heard.mail("m")
        assert len(server.targets) == 4


async def test_the_loss_of_one_connection_leaves_the_others() -> None:
    names = long_names(40)
    async with ScriptedSocket() as server, feeding(server, max_url=1500) as heard:
        heard.feed.subscribe(names)
        peers = [await server.peer() for _ in range(2)]
        for peer in peers:
            await peer.listens(asked(peer.target))
            await heard.until(Listening)
        await peers[0].socket.close(1001)
        lost = await heard.until(Lost)
        assert lost.addresses == asked(peers[1].target)
        again = await server.peer()
        assert asked(again.target) == asked(peers[0].target)
        await again.listens(asked(again.target))
        assert (await heard.until(Listening)).gap == asked(again.target)


def test_names_are_shared_out_with_few_changes() -> None:
    a, b, c, d = (frozenset({name}) for name in (A, B, C, D))
    room = 2 * len(A + ",")
    assert spread(NOTHING, [], room) == []
    assert spread(a | b | c, [], room) == [a | b, c]
    assert spread(b | c, [a | b, c], room) == [b, c]
    assert spread(b | c | d, [a | b, c], room) == [b | d, c]
    assert spread(c, [a | b, c], room) == [NOTHING, c]
    assert spread(c | d, [a | b, c], room) == [d, c]
    assert spread(a | b, [], 1) == [a, b]


# Trouble


async def test_a_server_that_accepts_and_closes_is_not_hammered() -> None:
    async def close(peer: Peer) -> None:
        await peer.listens([A])
        await peer.socket.close(1000)

    time = Time(until=60.0)
    async with ScriptedSocket(close) as server, feeding(server, time) as heard:
        heard.feed.subscribe([A])
        await heard.until(Lost, lambda lost: time.now + lost.retry_in > 60)
        assert 5 <= len(server.targets) <= 10
        assert time.waits == [1, 2, 4, 8, 16, 32]


async def test_delays_start_again_only_after_good_health() -> None:
    time = Time()
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        heard.feed.subscribe([A])
        delays = []
        for health in (0.0, 9.0, 11.0, 0.0, 0.0):
            peer = await server.peer()
            await peer.listens([A])
            await heard.until(Listening)
            time.now += health
            await peer.socket.close(1000)
            delays.append((await heard.until(Lost)).retry_in)
        assert delays == [1, 2, 1, 2, 4]


async def test_after_a_connection_that_brought_mail_the_wait_is_short() -> None:
    async with ScriptedSocket() as server, feeding(server, Time()) as heard:
        heard.feed.subscribe([A])
        delays = []
        for mails in (0, 0, 0, 1, 1, 0):
            peer = await server.peer()
            await peer.listens([A])
            await heard.until(Listening)
            for _ in range(mails):
                await peer.mails("m1", A)
            await peer.socket.close(1000)
            delays.append((await heard.until(Lost)).retry_in)
        assert delays == [1, 2, 4, 4, 4, 32]


async def test_a_wait_of_the_service_holds_for_everybody() -> None:
    time = Time(until=50.0)
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals = [(429, {"Retry-After": "60"})]
        heard.feed.subscribe([A])
        assert (await heard.until(Lost)).retry_in == 60
        time.now += 20
        heard.feed.retry_now()
        heard.feed.renew()
        heard.feed.subscribe([A, B])
        await until(lambda: time.waits[-1] == 40)
        assert len(server.targets) == 1
        time.now += 41
        heard.feed.retry_now()
        await (await server.peer()).listens([A, B])
        await heard.until(Listening)


async def test_after_sleep_no_connection_is_trusted() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A)
        heard.feed.renew()
        await heard.until(Lost)
        await old.closed()
        again = await server.peer()
        await again.listens([A])
        assert (await heard.until(Listening)).gap == {A}


async def test_a_way_that_is_there_again_ends_waits_but_no_refusal() -> None:
    time = Time(until=0.0)
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals = [(503, {}), (401, {})]
        heard.feed.subscribe([A])
        await heard.until(Lost)
        heard.feed.retry_now(refused=False)
        await heard.until(Refused)
        heard.feed.retry_now(refused=False)
        assert len(server.targets) == 2
        heard.feed.retry_now()
        await server.peer()


async def test_after_a_loss_everything_is_a_gap() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A, B)
        peer.socket.transport.abort()
        lost = await heard.until(Lost)
        assert lost == Lost("the connection was cut", 1.0)
        again = await server.peer()
        await again.listens([A, B])
        assert (await heard.until(Listening)).gap == {A, B}


@pytest.mark.parametrize(
    ("status", "headers", "reason", "delay"),
    [
        (404, {}, "the service answered 404", 1.0),
        (500, {}, "the service answered 500", 1.0),
        (503, {"Retry-After": "7"}, "503, waits 7 s", 7.0),
        (429, {"Retry-After": "30"}, "429, waits 30 s", 30.0),
        (429, {"Retry-After": "0"}, "the service answered 429", 1.0),
        (429, {}, "the service answered 429", 1.0),
        (200, {}, "the service answered 200", 1.0),
    ],
)
async def test_a_passing_refusal_is_tried_again(
    status: int, headers: dict[str, str], reason: str, delay: float
) -> None:
    time = Time()
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals.append((status, headers))
        heard.feed.subscribe([A])
        assert await heard.until(Lost) == Lost(reason, delay)
        await server.peer()
        assert time.waits == [delay]


async def test_a_short_named_wait_does_not_shorten_a_grown_delay() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        server.refusals += [(503, {"Retry-After": "1"})] * 4
        heard.feed.subscribe([A])
        assert [(await heard.until(Lost)).retry_in for _ in range(4)] == [1, 2, 4, 8]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with ScriptedHttp(answer(200)) as elsewhere, ScriptedSocket() as server:
        for location in (elsewhere.url.replace("http", "ws") + f"?key={KEY}", "/other", "?again"):
            async with feeding(server, Time(until=0)) as heard:
                server.refusals.append((status, {"Location": location.replace(" ", "")}))
                heard.feed.subscribe([A])
                lost = await heard.until(Lost)
                assert lost.reason == f"a redirect ({status}), which is not followed"
        assert elsewhere.requests == []
        assert len(server.targets) == 3


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_is_tried_once_until_a_person_asks(status: int) -> None:
    time = Time()
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals.append((status, {}))
        heard.feed.subscribe([A])
        refused = await heard.until(Refused)
        assert refused.reason == f"the service refuses the key ({status})"
        assert "sacterm key set" in refused.remedy
        heard.feed.subscribe([A])
        assert (links(), len(server.targets), time.waits) == (0, 1, [])
        heard.feed.retry_now()
        await (await server.peer()).listens([A])
        await heard.until(Listening)
        assert len(server.targets) == 2


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("status", [401, 403])
async def test_a_status_frame_may_refuse_the_key(status: int, confirmed: bool) -> None:
    time = Time()
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        heard.feed.subscribe([A])
        peer = await server.peer()
        if confirmed:
            await peer.listens([A])
        await peer.says({"status": status, "msg": f"no {KEY}\x1b"})
        refused = await heard.until(Refused)
        assert refused.reason == f"the service refuses the key ({status}): no •••"
        assert refused.addresses == set()
        await peer.closed()
        assert (len(server.targets), time.waits) == (1, [])


async def test_a_refused_change_keeps_what_was_there() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        old = await listening(heard, server, A)
        server.refusals.append((403, {}))
        heard.feed.subscribe([A, B])
        assert (await heard.until(Refused)).addresses == {A}
        await old.mails("m")
        await heard.mail("m")
        await old.socket.close(1001)
        refused = await heard.until(Refused)
        assert (refused.addresses, refused.remedy != "") == (NOTHING, True)
        assert len(server.targets) == 2
        heard.feed.subscribe([A])
        await (await server.peer()).listens([A])
        assert (await heard.until(Listening)).gap == {A}


async def test_other_status_frames() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        heard.feed.subscribe([A])
        await (await server.peer()).says({"status": 429, "msg": "slow down"})
        assert (await heard.until(Lost)).reason == "slow down (429)"
        peer = await server.peer()
        await peer.listens([A])
        await peer.says({"status": 500, "msg": "hiccup"})
        assert await heard.until(Notice) == Notice("hiccup (500)")
        await peer.mails("m")
        await heard.mail("m")


async def test_an_invalid_certificate_is_refused_at_once() -> None:
    time = Time()
    async with ScriptedSocket(tls=untrusted()) as server, feeding(server, time) as heard:
        heard.feed.subscribe([A])
        refused = await heard.until(Refused)
        assert "certificate" in refused.reason
        assert refused.remedy
        assert (server.targets, time.waits) == ([], [])


async def test_an_own_authority_can_be_trusted() -> None:
    async with ScriptedSocket(tls=untrusted()) as server:
        feed = Feed(KEY, url=server.url, ssl_context=trusting())
        await listening(Heard(feed), server, A)
        await feed.aclose()


async def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ws_proxy", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with ScriptedSocket() as server, feeding(server) as heard:
        await listening(heard, server, A)


async def test_no_network_is_lost_and_tried_again() -> None:
    async with ScriptedSocket() as server:
        pass
    time = Time(until=3.0)
    async with feeding(server, time) as heard:
        heard.feed.subscribe([A])
        assert await heard.until(Lost) == Lost("the connection was refused", 1.0)
        assert await heard.until(Lost) == Lost("the connection was refused", 2.0)


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1/x", "ws://", "ws://127.0.0.1:99999", "ws://[", "ws://a..b/#f"]
)
async def test_a_url_that_cannot_be_used_is_lost(url: str) -> None:
    feed = Feed(KEY, url=url, sleep=Time(until=0).sleep)
    heard = Heard(feed)
    feed.subscribe([A])
    assert (await heard.until(Lost)).reason == "the socket URL cannot be used"
    await feed.aclose()


@pytest.mark.parametrize("said", [answer(101), b"SSH-2.0-OpenSSH_9.9\r\n\r\n", b""])
async def test_what_is_no_web_socket_is_lost(said: bytes) -> None:
    async with ScriptedHttp(said) as server:
        feed = Feed(KEY, url=server.url.replace("http", "ws"), sleep=Time(until=0).sleep)
        heard = Heard(feed)
        feed.subscribe([A])
        assert (await heard.until(Lost)).reason == "the answer was no web-socket handshake"
        await feed.aclose()


async def test_a_server_that_does_not_answer_the_handshake_is_lost() -> None:
    async with ScriptedHttp(None) as server:
        pace = Pace(handshake=0.05)
        url = server.url.replace("http", "ws")
        feed = Feed(KEY, url=url, pace=pace, sleep=Time(until=0).sleep)
        heard = Heard(feed)
        feed.subscribe([A])
        assert (await heard.until(Lost)).reason == "no answer in time"
        await feed.aclose()


async def test_a_socket_that_confirms_nothing_is_lost() -> None:
    pace = Pace(confirmation=0.05)
    async with ScriptedSocket() as server, feeding(server, pace=pace) as heard:
        heard.feed.subscribe([A])
        peer = await server.peer()
        await peer.mails("m")
        lost = await heard.until(Lost)
        assert lost == Lost("the service confirmed nothing", 1.0)
        assert heard.all(MailArrived)
        await peer.closed()


async def test_a_confirmed_socket_may_be_silent_for_longer() -> None:
    pace = Pace(confirmation=0.05)
    async with ScriptedSocket() as server, feeding(server, pace=pace) as heard:
        peer = await listening(heard, server, A)
        end = asyncio.get_running_loop().time() + 0.06
        while asyncio.get_running_loop().time() < end:
            await (await peer.socket.ping())
        await peer.mails("m")
        await heard.mail("m")
        assert not heard.all(Lost)


async def test_a_frozen_peer_is_found_by_a_ping() -> None:
    pace = Pace(ping=0.02, pong=0.05, closing=0.02)
    async with ScriptedSocket() as server, feeding(server, pace=pace) as heard:
        peer = await listening(heard, server, A)
        peer.freeze()
        assert (await heard.until(Lost)).reason == "no answer to a ping"


async def test_wire_rubbish_is_lost() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        peer.socket.transport.write(b"\xff\xff\xff\xff")
        assert (await heard.until(Lost)).reason == "the service broke the web-socket protocol"


# Frames


async def test_a_large_mail_arrives() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        assert not [thread for thread in threading.enumerate() if "asyncio_" in thread.name]
        await peer.mails("large", raw="é" * 3_000_000)
        await peer.mails("small")
        await heard.mail("large")
        assert [thread for thread in threading.enumerate() if "asyncio_" in thread.name]
        (event,) = heard.all(MailArrived)
        assert event.message.raw == "é".encode() * 3_000_000
        await heard.mail("small")


async def test_a_frame_beyond_the_limit_is_lost_and_said() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        await peer.mails("huge", raw="x" * 32 * 2**20)
        assert (await heard.until(Lost)).reason == "a frame was larger than 32 MiB"


async def test_many_unread_frames_do_not_hold_up_the_pongs() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        for number in range(300):
            await peer.mails(str(number))
        async with asyncio.timeout(PATIENCE):
            await (await peer.socket.ping())
        await heard.mail("299")
        ids = [int(event.message.id) for event in heard.all(MailArrived)]
        assert ids == list(range(300))


async def test_what_nobody_takes_in_waits_in_the_socket_and_arrives_in_order() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        for number in range(3000):
            await peer.mails(str(number))
        for _ in range(1000):
            await asyncio.sleep(0)  # all that can go on does
        assert 1000 <= heard.feed._queue.qsize() < 1100
        await heard.mail("2999")
        ids = [int(event.message.id) for event in heard.all(MailArrived)]
        assert ids == list(range(3000))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "no json",
        "[" * 100_000,
        b"\xff\xfe",
        b"[1]",
        json.dumps({"status": 200, "email": {"_id": 1}}),
        "x" * 300_000,
    ],
    ids=str,
)
async def test_garbage_is_an_event_and_the_next_mail_arrives(said: str | bytes) -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        await peer.says(said)
        await peer.mails("next")
        await heard.mail("next")
        (notice,) = heard.all(Notice)
        assert notice.garbled


async def test_text_that_is_no_utf8_does_not_end_the_connection() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        await peer.socket.send(b'{"_id": "m", "inbox": "a@x.test", "subject": "\xff"}', text=True)
        await heard.mail("m")


# Asked to wait, and asked not to


async def test_a_person_can_end_the_wait() -> None:
    time = Time(until=0)
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals.append((503, {}))
        heard.feed.subscribe([A])
        assert (await heard.until(Lost)).retry_in == 1
        heard.feed.retry_now()
        peer = await server.peer()
        time.wake.set()
        await peer.listens([A])
        await heard.until(Listening)
        assert len(server.targets) == 2


async def test_a_changed_set_ends_the_wait() -> None:
    time = Time(until=0)
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals.append((503, {}))
        heard.feed.subscribe([A])
        await heard.until(Lost)
        heard.feed.subscribe([A, B])
        await (await server.peer()).listens([A, B])
        await heard.until(Listening)


async def test_an_empty_set_ends_the_tries() -> None:
    time = Time(until=0)
    async with ScriptedSocket() as server, feeding(server, time) as heard:
        server.refusals.append((503, {}))
        heard.feed.subscribe([A])
        await heard.until(Lost)
        heard.feed.subscribe([])
        heard.feed.retry_now()
        await listening(heard, server, B)
        assert [asked(target) for target in server.targets] == [{A}, {B}]


# The end


async def ends_in_time(feed: Feed) -> None:
    async with asyncio.timeout(1):
        await feed.aclose()
        async for _ in feed.events():
            pass
    left = [repr(task) for task in asyncio.all_tasks()]
    assert not [task for task in left if "/sacterm/mailsac/" in task or "keepalive" in task]


async def test_the_end_is_quick_with_peers_that_do_not_answer() -> None:
    async with ScriptedSocket() as server, ScriptedHttp(None) as silent:
        feed = Feed(KEY, url=server.url)
        heard = Heard(feed)
        (await listening(heard, server, A)).freeze()
        feed.subscribe([A, B])
        (await server.peer()).freeze()
        await ends_in_time(feed)

        feed = Feed(KEY, url=silent.url.replace("http", "ws"))
        feed.subscribe([A])
        await silent.asked()
        await ends_in_time(feed)


async def test_the_end_says_goodbye() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        peer = await listening(heard, server, A)
        await ends_in_time(heard.feed)
        await peer.closed()
        assert peer.socket.close_code == 1000


async def test_nothing_happens_after_the_end() -> None:
    async with ScriptedSocket() as server, feeding(server) as heard:
        await heard.feed.aclose()
        await heard.feed.aclose()
        heard.feed.subscribe([A])
        heard.feed.retry_now()
        assert [event async for event in heard.feed.events()] == []
        assert (links(), server.targets) == (0, [])


# The key


async def test_the_key_is_in_no_log_repr_or_event(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)
    async with ScriptedSocket() as server, feeding(server) as heard:
        server.refusals += [(status, {}) for status in (401, 302, 503)]
        heard.feed.subscribe([A])
        await heard.until(Refused)
        heard.feed.retry_now()
        await heard.until(Lost)
        peer = await server.peer()
        await peer.says({"status": 500, "msg": KEY})
        await heard.until(Lost)
        peer = await server.peer()
        await peer.listens([A])
        await heard.until(Listening)
        tasks = [repr(task) for task in asyncio.all_tasks()]
        shown = [*map(repr, heard.events), *tasks, repr(heard.feed), caplog.text]
        assert not [text for text in shown if "canary" in text]


async def test_a_fault_of_ours_reaches_the_consumer_without_the_key() -> None:
    def broken() -> float:
        raise ZeroDivisionError

    async with ScriptedSocket() as server:
        feed = Feed(KEY, url=server.url, clock=broken)
        heard = Heard(feed)
        feed.subscribe([A])
        await (await server.peer()).listens([A])
        with pytest.raises(ZeroDivisionError) as caught:
            await heard.until(Listening)
        error = caught.value
        whole = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        inner = [text for text in whole if __file__ not in text]
        assert inner
        assert not [text for text in inner if "canary" in text]
        await feed.aclose()
