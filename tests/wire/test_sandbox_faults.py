"""The sandbox misbehaves on command, and only then."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from sacterm.sandbox.faults import HELP, Faults
from sacterm.sandbox.records import Forwarding
from sacterm.sandbox.server import ACCOUNT, Sandbox
from tests.waiting import until
from tests.wire.independent import Rest, dialled, letter, listening

BOX = "box@mailsac.com"


@pytest.fixture(autouse=True)
def _forwarded(sandbox: Sandbox) -> None:
    sandbox.mailroom.reserve(ACCOUNT, [BOX], Forwarding(enablews=True))


@pytest.fixture
def control(sandbox: Sandbox) -> Rest:
    """What people set faults with."""
    return Rest(sandbox.api_url.removesuffix("/api"), sandbox.key)


def deliver(sandbox: Sandbox, *subjects: str) -> None:
    for subject in subjects:
        sandbox.mailroom.deliver(letter(subject), "shop@example.com", [BOX])


class TestControl:
    async def test_sets_shows_and_ends_faults(self, control: Rest, rest: Rest) -> None:
        wanted = {"status": 503, "path": "/inbox", "times": 5}
        assert (await control("POST", "/sandbox/faults", body=wanted)).json == wanted
        assert (await rest("GET", "/inbox")).status == 503
        assert (await control("GET", "/sandbox/faults")).json == wanted | {"times": 4}
        assert (await control("DELETE", "/sandbox/faults")).json == {}
        assert (await rest("GET", "/inbox")).status == 200

    async def test_what_is_not_given_is_off(self, control: Rest, rest: Rest) -> None:
        await control("POST", "/sandbox/faults", body={"status": 503})
        await control("POST", "/sandbox/faults", body={"drop_frames": True})
        assert (await rest("GET", "/me")).status == 200

    @pytest.mark.parametrize(
        ("body", "named"),
        [({"statuss": 503}, "statuss"), ({"status": 200}, "status"), ({"delay": -1}, "delay")],
    )
    async def test_names_what_is_wrong(self, control: Rest, body: object, named: str) -> None:
        answer = await control("POST", "/sandbox/faults", body=body)
        assert answer.status == 400
        assert named in answer.json["validationErrors"][0]

    async def test_needs_the_key_and_costs_nothing(self, control: Rest, sandbox: Sandbox) -> None:
        for method in ("GET", "POST", "DELETE"):
            assert (await control(method, "/sandbox/faults", key="")).status == 401
        await control("GET", "/sandbox/faults")
        assert sandbox.mailroom.ops(ACCOUNT) == 0

    def test_every_fault_is_in_the_help(self) -> None:
        assert [name for name in Faults.__struct_fields__ if name not in HELP] == []


class TestRest:
    @pytest.mark.parametrize("status", [401, 403, 404, 418, 420, 429, 500, 502, 503])
    async def test_answers_with_a_status(self, sandbox: Sandbox, rest: Rest, status: int) -> None:
        sandbox.misbehave(Faults(status=status))
        answer = await rest("GET", "/me")
        assert answer.status == status
        assert answer.json["message"]
        assert "retry-after" not in answer.headers
        assert sandbox.mailroom.ops(ACCOUNT) == 0

    async def test_says_when_to_come_back(self, sandbox: Sandbox, rest: Rest) -> None:
        sandbox.misbehave(Faults(status=429, retry_after=2))
        assert (await rest("GET", "/me")).headers["retry-after"] == "2"

    async def test_hits_so_many_requests_of_one_path(self, sandbox: Sandbox, rest: Rest) -> None:
        sandbox.misbehave(Faults(status=500, times=2, path="/inbox"))
        statuses = [(await rest("GET", path)).status for path in ("/me", *["/inbox"] * 3)]
        assert statuses == [200, 500, 500, 200]

    async def test_answers_late(self, sandbox: Sandbox, rest: Rest) -> None:
        sandbox.misbehave(Faults(delay=0.2, times=1))
        began = time.perf_counter()
        assert (await rest("GET", "/me")).status == 200
        assert 0.2 <= time.perf_counter() - began < 1.0

    async def test_a_late_answer_holds_up_neither_others_nor_the_end(self) -> None:
        async with Sandbox() as sandbox:
            sandbox.misbehave(Faults(delay=60, times=1))
            rest = Rest(sandbox.api_url, sandbox.key)
            late = asyncio.create_task(rest("GET", "/me"))
            await until(lambda: sandbox.requests)
            assert (await rest("GET", "/me")).status == 200
            began = time.perf_counter()
        assert time.perf_counter() - began < 2.0
        await asyncio.wait([late])
        assert late.exception() is None or isinstance(late.exception(), OSError)

    async def test_is_done_and_cut_off_without_an_answer(
        self, sandbox: Sandbox, rest: Rest
    ) -> None:
        sandbox.misbehave(Faults(drop=True, times=1))
        with pytest.raises(http.client.RemoteDisconnected):
            await rest("POST", "/addresses/new@mailsac.com")
        assert (await rest("GET", "/addresses/new@mailsac.com")).json["owner"] == ACCOUNT

    async def test_dribbles(self, sandbox: Sandbox, control: Rest) -> None:
        sandbox.misbehave(Faults(slow=0.4))
        web = urlsplit(sandbox.api_url)
        async with dialled(web.hostname or "", web.port or 0) as line:
            asked = time.perf_counter()
            await line.say(b"GET /api/me?_mailsacKey=", sandbox.key.encode())
            await line.say(b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            pieces = []
            while piece := await line.reader.read(65_536):
                pieces.append(piece)
        assert time.perf_counter() - asked > 0.4
        assert len(pieces) > 10
        _, _, body = b"".join(pieces).partition(b"\r\n\r\n")
        assert json.loads(body)["_id"] == ACCOUNT

    async def test_what_dribbles_does_not_hold_up_the_end(self) -> None:
        async with Sandbox() as sandbox:
            sandbox.misbehave(Faults(slow=600))
            slow = asyncio.create_task(Rest(sandbox.api_url, sandbox.key)("GET", "/me"))
            await until(lambda: sandbox.requests)
            began = time.perf_counter()
        assert time.perf_counter() - began < 2.0
        await asyncio.wait([slow])

    async def test_answers_json_of_other_types(self, sandbox: Sandbox, rest: Rest) -> None:
        deliver(sandbox, "a", "b")
        right = (await rest("GET", "/inbox")).json
        sandbox.misbehave(Faults(wrong_schema=True))
        seen = set()
        for _ in range(12):
            wrong = (await rest("GET", "/inbox")).json
            assert wrong != right
            seen |= {(name, type(value).__name__) for name, value in wrong.items()}
        kinds = {name: {kind for this, kind in seen if this == name} for name in ("data", *right)}
        assert kinds["data"] == {"dict"}, "wrapped"
        assert kinds["messages"] == {"dict", "list"}
        assert kinds["unread"] == {"NoneType", "list", "str"}

    async def test_leaves_what_is_no_json_alone(self, sandbox: Sandbox, rest: Rest) -> None:
        deliver(sandbox, "a")
        (told,) = (await rest("GET", "/inbox")).json["messages"]
        sandbox.misbehave(Faults(wrong_schema=True))
        assert (await rest("GET", f"/raw/{BOX}/{told['_id']}")).content == letter("a")

    async def test_breaks_off_in_the_middle(self, sandbox: Sandbox, rest: Rest) -> None:
        sandbox.misbehave(Faults(truncate=True, times=1))
        with pytest.raises(http.client.IncompleteRead) as cut:
            await rest("GET", "/me")
        assert cut.value.partial.startswith(b'{"_id"')
        assert (await rest("GET", "/me")).status == 200

    async def test_answers_garbage(self, sandbox: Sandbox, rest: Rest) -> None:
        sandbox.misbehave(Faults(garbage=True))
        answer = await rest("GET", "/me")
        assert answer.status == 200
        with pytest.raises(ValueError, match="Unterminated"):
            _ = answer.json

    async def test_a_wrong_key_can_get_null(self, sandbox: Sandbox, rest: Rest) -> None:
        sandbox.misbehave(Faults(null_account=True))
        wrong = await rest("GET", "/me", key="k_wrong")
        assert (wrong.status, wrong.json) == (200, None)
        assert (await rest("GET", "/inbox", key="k_wrong")).status == 401
        assert (await rest("GET", "/me")).json["_id"] == ACCOUNT


class TestSockets:
    async def test_are_cut_at_once_without_a_close_frame(
        self, sandbox: Sandbox, control: Rest
    ) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            await control("POST", "/sandbox/faults", body={"drop_sockets": True})
            assert await ear.closed() is None
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            assert (await ear.json())["msg"] == "Listening"

    @pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
    async def test_are_refused_at_the_handshake(self, sandbox: Sandbox, status: int) -> None:
        sandbox.misbehave(Faults(refuse_sockets=status))
        with pytest.raises(InvalidStatus) as refused:
            async with listening(sandbox.socket_url, sandbox.key, BOX):
                raise AssertionError
        assert refused.value.response.status_code == status

    @pytest.mark.parametrize("key", ["k_wrong", None])
    async def test_are_told_a_status_instead_of_listening(
        self, sandbox: Sandbox, key: str | None
    ) -> None:
        sandbox.misbehave(Faults(status_frame=401))
        async with listening(sandbox.socket_url, key or sandbox.key, BOX) as ear:
            assert (await ear.json())["status"] == 401
            assert await ear.closed() == 1008

    async def test_are_closed_after_the_handshake(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(close_sockets=4001))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            assert (await ear.json())["msg"] == "Listening"
            assert await ear.closed() == 4001

    async def test_are_accepted_into_silence(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(stall_sockets=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            pong = asyncio.ensure_future(await ear.connection.ping())
            deliver(sandbox, "unheard")
            assert await ear.hears_nothing()
            assert not pong.done(), "half open: not even a pong"
            pong.cancel()
            ear.connection.transport.abort()

    async def test_fall_silent_while_they_listen(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            sandbox.misbehave(Faults(stall_sockets=True))
            sandbox.misbehave(Faults())
            deliver(sandbox, "unheard")
            assert await ear.hears_nothing()
            ear.connection.transport.abort()
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            assert (await ear.json())["msg"] == "Listening"

    async def test_that_fell_silent_are_forgotten_when_their_clients_leave(
        self, sandbox: Sandbox
    ) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            sandbox.misbehave(Faults(stall_sockets=True))
            sandbox.misbehave(Faults(stall_sockets=True))
            assert sandbox.sockets_open == 1
            ear.connection.transport.abort()
        await until(lambda: sandbox.sockets_open == 0)

    async def test_that_fell_silent_can_be_cut(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            sandbox.misbehave(Faults(stall_sockets=True))
            sandbox.misbehave(Faults(drop_sockets=True))
            assert await ear.closed() is None

    async def test_hear_a_notice(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            sandbox.misbehave(Faults(notice=429))
            assert (await ear.json())["status"] == 429
            deliver(sandbox, "still here")
            assert await ear.subjects(1) == ["still here"]


class TestFrames:
    async def test_are_dropped(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            sandbox.misbehave(Faults(drop_frames=True))
            deliver(sandbox, "lost")
            sandbox.misbehave(Faults())
            deliver(sandbox, "heard")
            assert await ear.subjects(1) == ["heard"]

    async def test_come_twice(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(duplicate_frames=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            deliver(sandbox, "a", "b")
            assert await ear.subjects(4) == ["a", "a", "b", "b"]

    async def test_come_in_another_order_but_all(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(reorder_frames=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            deliver(sandbox, *"abcde")
            heard = await ear.subjects(5)
        assert heard != list("abcde")
        assert sorted(heard) == list("abcde")

    async def test_come_with_garbage(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(garbage_frames=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            deliver(sandbox, "a")
            with pytest.raises(ValueError, match="Expecting"):
                await ear.json()
            assert await ear.subjects(1) == ["a"]

    async def test_come_cut_in_the_middle(self, sandbox: Sandbox) -> None:
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            sandbox.misbehave(Faults(truncate_frames=True))
            deliver(sandbox, "a ü \U0001f600" * 20)
            cut = await ear.text()
            sandbox.misbehave(Faults())
            deliver(sandbox, "b")
            assert await ear.subjects(1) == ["b"]
        assert cut.startswith('{"status":200,"email":{"_id":"')
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            json.loads(cut)

    async def test_come_with_other_types(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(wrong_schema_frames=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            deliver(sandbox, *"abcdefghijkl")
            frames = [await ear.json() for _ in range(12)]
        assert [list(frame) for frame in frames].count(["data"]) == 3, "wrapped"
        mails = [frame["email"] for frame in frames if "email" in frame]
        assert {type(mail["_id"]) for mail in mails} == {type(None), list, int}

    async def test_come_bare(self, sandbox: Sandbox) -> None:
        sandbox.misbehave(Faults(bare_frames=True))
        async with listening(sandbox.socket_url, sandbox.key, BOX) as ear:
            await ear.json()
            deliver(sandbox, "a")
            assert (await ear.json())["subject"] == "a"
