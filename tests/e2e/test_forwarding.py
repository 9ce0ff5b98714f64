"""Turning forwarding on and off, against the sandbox over real sockets."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

import pytest

from sacterm.errors import OwnedByAnother, Rejected
from sacterm.mailbox.addresses import NotReserved
from sacterm.mailbox.session import Session
from sacterm.mailbox.status import FeedPhase
from sacterm.mailbox.views import ALL, View
from sacterm.model import Liveness
from sacterm.sandbox.records import Forwarding, Plan
from sacterm.sandbox.server import TAKEN, Sandbox
from tests.e2e.people import session_on
from tests.waiting import until

LIVE, OTHER = "signup@mailsac.com", "billing@mailsac.com"
RECORD = Forwarding(
    info="the note",
    forward="books@msdc.example",
    webhook="https://hooks.example/a",
    webhook_slack="https://slack.example/b",
    webhook_slack_to_from=True,
)


async def record(sandbox: Sandbox, email: str) -> dict[str, Any]:
    def ask() -> dict[str, Any]:
        request = urllib.request.Request(
            f"{sandbox.api_url}/addresses/{email}", headers={"Mailsac-Key": sandbox.key}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    return await asyncio.to_thread(ask)


def letter(subject: str) -> bytes:
    return f"From: a@b.example\r\nSubject: {subject}\r\n\r\nx\r\n".encode()


def is_settled(session: Session) -> bool:
    """Live, and done with the listing that going live brings."""
    listed = session.store.meta("listed-to") is not None
    return listed and session.status.online and session.status.feed is FeedPhase.LISTENING


def subjects(session: Session) -> set[str]:
    return {row.subject for row in session.store.page(ALL, 0, 100)}


async def test_on_and_off_change_one_thing_and_follow_the_feed() -> None:
    async with Sandbox() as sandbox:
        room = sandbox.mailroom
        room.reserve(sandbox.account, [LIVE], Forwarding(enablews=True))
        room.reserve(sandbox.account, [OTHER], RECORD)
        before = await record(sandbox, OTHER)
        async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
            await until(lambda: is_settled(session))

            await sandbox.intake.take(letter("while off"), "a@b.example", [OTHER])
            await sandbox.intake.take(letter("live one"), "a@b.example", [LIVE])
            await until(lambda: "live one" in subjects(session))
            assert "while off" not in subjects(session)
            session.refresh()
            await until(lambda: "while off" in subjects(session))

            await session.addresses.set_websocket(OTHER, True)
            await until(lambda: session.liveness(OTHER) is Liveness.LIVE)
            during = await record(sandbox, OTHER)
            changed = {name for name in before if before[name] != during[name]}
            assert changed <= {"enablews", "enabledws", "updated"}
            assert during["enablews"] is True
            await sandbox.intake.take(letter("while on"), "a@b.example", [OTHER])
            await until(lambda: "while on" in subjects(session))

            await session.addresses.set_websocket(OTHER, False)
            assert session.liveness(OTHER) is Liveness.OFF
            after = await record(sandbox, OTHER)
            assert {n for n in before if before[n] != after[n]} <= {"updated"}
            await sandbox.intake.take(letter("off again"), "a@b.example", [OTHER])
            await sandbox.intake.take(letter("live two"), "a@b.example", [LIVE])
            await until(lambda: "live two" in subjects(session))
            assert "off again" not in subjects(session)


async def test_why_it_cannot_be_turned_on() -> None:
    async with (
        Sandbox(plan=Plan(credits=0)) as sandbox,
        session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session,
    ):
        await until(lambda: session.status.online)
        with pytest.raises(NotReserved):
            await session.addresses.set_websocket("free@mailsac.com", True)
        with pytest.raises(Rejected, match="credits"):
            await session.addresses.reserve("free@mailsac.com")
        with pytest.raises(OwnedByAnother):
            await session.addresses.set_websocket(TAKEN, True)
        with pytest.raises(OwnedByAnother):
            await session.list_inbox(TAKEN)


async def test_octets_that_a_frame_cannot_carry_are_fetched() -> None:
    raw = b"Subject: latin\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9\r\n"
    async with Sandbox() as sandbox:
        sandbox.mailroom.reserve(sandbox.account, [LIVE], Forwarding(enablews=True))
        async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
            await until(lambda: is_settled(session))
            await sandbox.intake.take(raw, "a@b.example", [LIVE])
            await until(lambda: "latin" in subjects(session))
            (row,) = session.store.page(ALL, 0, 10)
            letter_read = (await session.bodies.read(row.id, fetch=True)).letter
            assert letter_read is not None
            assert "café" in letter_read.text
            assert await session.store.raw(row.id) == raw


async def test_ops_agree_with_what_the_service_counted() -> None:
    async with Sandbox() as sandbox:
        sandbox.mailroom.reserve(sandbox.account, [LIVE], Forwarding(enablews=True))
        async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
            await until(lambda: is_settled(session))
            await sandbox.intake.take(letter("one"), "a@b.example", [LIVE])
            await until(lambda: "one" in subjects(session))
            (row,) = session.store.page(ALL, 0, 10)
            await session.triage.set_starred([row.id], True)
            await session.triage.set_read([row.id], True)
            await until(lambda: not session.store.count_unsent())
            await session.list_inbox("public@mailsac.com")
            assert (await session.bodies.read(row.id, fetch=True)).letter
            inbound = 1
            assert sandbox.mailroom.ops(sandbox.account) == session.ledger.spent + inbound
            assert session.ledger.left == 25_000 - sandbox.mailroom.ops(sandbox.account)
            assert session.store.counts(View.inbox(LIVE)).total == 1
