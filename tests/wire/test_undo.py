"""Whatever is done and undone leaves store and service as they were: over real sockets."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from sacterm.mailbox.session import Session
from sacterm.mailbox.triage import FOLDERS
from sacterm.mailbox.views import ALL
from sacterm.sandbox.server import Sandbox
from tests.e2e.people import letter, session_on
from tests.waiting import until

INBOX = "signup@mailsac.com"
COUNT = 12
LABELS = ("urgent", "build 7/8", "ein Etikett")


def seen(session: Session) -> list[tuple[Any, ...]]:
    """How the messages look here."""
    return sorted(
        (row.id, row.unread, row.starred, sorted(row.labels), row.folder)
        for row in session.store.page(ALL, 0, 100)
    )


async def at_service(session: Session) -> list[tuple[Any, ...]]:
    """How the messages are at the service, asked anew."""
    wire = session._wire
    assert wire is not None
    page = await wire.service.inbox()
    return sorted(
        (m.id, not m.read, bool(m.starred), sorted(m.labels or ()), m.folder or "inbox")
        for m in page.messages
    )


async def act(session: Session, chance: random.Random) -> bool:
    """Do something to some messages; whether anything was changed."""
    triage = session.triage
    ids = [row.id for row in session.store.page(ALL, 0, 100)]
    some = chance.sample(ids, chance.randint(1, len(ids)))
    match chance.randrange(5):
        case 0:
            return bool(await triage.set_read(some, chance.random() < 0.5))
        case 1:
            return bool(await triage.set_starred(some, chance.random() < 0.5))
        case 2:
            add, remove = chance.sample(LABELS, 2)
            return bool(await triage.set_labels(some, add={add}, remove={remove}))
        case 3:
            return bool(await triage.set_folder(some, chance.choice(FOLDERS)))
        case _:
            return bool(len(some) < len(ids) and await triage.delete(some[:3]))


async def told(session: Session) -> None:
    await until(lambda: not session.store.count_unsent(), 10)


@pytest.mark.parametrize("seed", range(8))
async def test_undoing_everything_leaves_store_and_service_as_they_were(seed: int) -> None:
    chance = random.Random(seed)
    async with Sandbox() as box:
        box.mailroom.reserve(box.account, [INBOX])
        for number in range(COUNT):
            await box.intake.take(letter(number, INBOX), "no-reply@acme.example", [INBOX])
        for last in (False, True):
            async with session_on(
                box.api_url, box.socket_url, box.key, delete_grace=1000
            ) as session:
                await until(lambda: session.store.counts(ALL).total == COUNT)
                if not last:  # leaves a state to come back to
                    for _ in range(4):
                        await act(session, chance)
                    await told(session)
                else:
                    await do_and_undo(session, chance)


async def do_and_undo(session: Session, chance: random.Random) -> None:
    before_here, before_there = seen(session), await at_service(session)
    assert before_here == before_there
    done = 0
    for _ in range(12):
        done += await act(session, chance)
        if chance.random() < 0.3:
            await told(session)
        if chance.random() < 0.2 and await session.triage.undo():
            done -= 1
    for _ in range(done):
        assert await session.triage.undo()
        await asyncio.sleep(0)
    assert await session.triage.undo() is None
    await told(session)
    assert seen(session) == before_here
    assert await at_service(session) == before_there
    assert session.triage.pending_deletes == 0
