"""A redirect, to wherever: the key is not sent after it."""

from __future__ import annotations

import asyncio

import pytest

from sacterm.errors import ServiceError, Unexpected
from sacterm.mailsac.feed import Feed
from sacterm.mailsac.probe import reach, try_socket
from sacterm.mailsac.rest import MailsacClient
from sacterm.model import Address, FeedEvent, Lost
from tests.wire.scripted import PATIENCE, ScriptedHttp, ScriptedSocket, Time, answer

KEY = "k_canary0123456789"
STATUSES = [300, 301, 302, 303, 305, 307, 308]
PLACES = {
    "another port": "{url}/me",
    "another name of this machine": "http://localhost:{port}/api/me",
    "no scheme": "//127.0.0.1:{port}/api/me",
    "a socket": "ws://127.0.0.1:{port}/api",
    "with user": "http://user:{key}@127.0.0.1:{port}/api",
    "the same origin": "/api/other",
    "the same page": "",
    "no URL": "http://[",
}


def location(place: str, elsewhere: ScriptedHttp) -> str:
    port = elsewhere.url.rpartition(":")[2].removesuffix("/api")
    return PLACES[place].format(url=elsewhere.url, port=port, key=KEY)


@pytest.mark.parametrize("place", PLACES)
async def test_rest_goes_nowhere(place: str) -> None:
    async with ScriptedHttp(answer(200, {"_id": "me"})) as elsewhere:
        for status in STATUSES:
            redirect = answer(status, Location=location(place, elsewhere), Refresh="0; url=/")
            async with ScriptedHttp(redirect) as server:
                client = MailsacClient(KEY, base_url=server.url, sleep=Time().sleep)
                calls = [
                    client.me(),
                    client.reserve("a@x.test"),
                    client.put_forwarding(Address(email="a@x.test")),
                    client.delete("a@x.test", "1"),
                ]
                for call in calls:
                    with pytest.raises(Unexpected, match=rf"redirect \({status}\)") as caught:
                        await call
                    assert KEY not in str(caught.value)
                await client.aclose()
                assert len(server.requests) == len(calls)
        assert elsewhere.requests == []


@pytest.mark.parametrize("place", PLACES)
async def test_the_socket_goes_nowhere(place: str) -> None:
    async with ScriptedHttp(answer(200)) as elsewhere, ScriptedSocket() as server:
        for status in STATUSES:
            server.refusals.append((status, {"Location": location(place, elsewhere)}))
            feed = Feed(KEY, url=server.url, sleep=Time(until=0).sleep)
            feed.subscribe(["a@x.test"])
            async with asyncio.timeout(PATIENCE):
                event: FeedEvent = await anext(events := feed.events())
                while not isinstance(event, Lost):
                    event = await anext(events)
            await feed.aclose()
            assert event.reason == f"a redirect ({status}), which is not followed"
        assert elsewhere.requests == []
        assert len(server.targets) == len(STATUSES)


async def test_the_looks_of_the_doctor_go_nowhere() -> None:
    async with ScriptedHttp(answer(200)) as elsewhere, ScriptedSocket() as socket:
        redirect = answer(307, Location=elsewhere.url)
        async with ScriptedHttp(redirect) as server:
            await reach(server.url, limit=PATIENCE)
            assert [request.method for request in server.requests] == ["HEAD"]
            assert KEY not in str(server.requests)
        socket.refusals.append((307, {"Location": elsewhere.url}))
        with pytest.raises(ServiceError, match=r"a redirect \(307\), which is not followed"):
            await try_socket(socket.url, KEY, limit=PATIENCE)
        assert elsewhere.requests == []
        assert len(socket.targets) == 1
