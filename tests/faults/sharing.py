"""Two that run on one account and one store: both are right, and neither is in the other's way."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.tui import marks
from tests.e2e.people import send_steadily, send_until_taken, session_on
from tests.faults.row import Row, Run, must
from tests.faults.screens import app, sees
from tests.faults.world import INBOX, compare, is_well, lines, settled, stock, total
from tests.waiting import until

SHOWN = 2.0  # seconds until one shows what the other did


async def both_are_right(rng: random.Random, home: Path, *, messages: int) -> str:
    """Mail comes, lines are cut, and both change what they have, the same messages at times.

    Args:
        rng: says who changes what.
        home: an empty folder.
        messages: how much mail there is in the end, half of it from the start.
    """
    file = home / "account.db"
    async with (
        lines() as world,
        session_on(*world.urls, Store(file), delete_grace=1.0) as one,
        session_on(*world.urls, Store(file), delete_grace=1.0) as other,
    ):
        two, sandbox = (one, other), world.sandbox
        told: list[str] = []
        for session in two:
            session.hear_refusals(told.append)
            await settled(session)
        stock(sandbox, messages // 2)
        one.refresh()
        await until(lambda: all(total(session) == messages // 2 for session in two))
        old = one.store.ids(ALL, 0, messages // 2 - 1)
        sending = asyncio.create_task(
            send_steadily(
                sandbox.smtp_host,
                sandbox.smtp_port,
                range(messages - messages // 2),
                INBOX,
                pause=0.01,
            )
        )
        for number in range(messages // 10):
            id_ = rng.choice(old)
            await rng.choice(two).triage.set_starred([id_], rng.random() < 0.7)
            await rng.choice(two).triage.set_labels([rng.choice(old)], add={f"l{number % 3}"})
            if number % 5 == 0:
                world.socket.cut()
        doomed = rng.sample(old, 3)
        await one.triage.delete(doomed)
        seen = [len(session.store.among(ALL, doomed)) for session in two]
        must(seen == [0, 0], f"deleted by one, still seen by them: {seen}")
        await sending
        await until(lambda: all(_is_settled(session, messages - 3) for session in two), limit=30)
        found = [compare(session.store, sandbox) for session in two]
        account = sandbox.mailroom.of_account(sandbox.account)
        there = {m.mail.id: (bool(m.marks.saved_by), set(m.marks.labels)) for m in account}
        rows = [row for session in two for row in session.store.page(ALL, 0, messages)]
        wrong = sum(there[row.id] != (row.starred, set(row.labels)) for row in rows)
    toggles = sandbox.requests["PUT", "/addresses/{email}/messages/{id}/star"]
    figure = f"{found[0]} | {found[1]}; {wrong} stars or labels wrong ({toggles} toggles)"
    must(not told, f"{figure}; {told[:3]}")
    return must(all(one.is_right for one in found) and not wrong, figure)


def _is_settled(session: Session, count: int) -> bool:
    return (
        total(session) == count
        and is_well(session)
        and not session.store.count_unsent()
        and not session.triage.pending_deletes
    )


async def both_show_it(home: Path) -> str:
    """Two on two terminals: a star of one is painted by the other, a deletion too."""
    async with lines() as world:
        with app(world.urls, home) as one, app(world.urls, home) as other:
            for terminal in (one, other):
                await sees(terminal, "live · 1 of 1 confirmed")
            smtp = world.sandbox.smtp_host, world.sandbox.smtp_port
            for number in (4711, 4712):
                await send_until_taken(*smtp, number, INBOX)
                for terminal in (one, other):
                    await sees(terminal, f"Mail {number}")
            other.forget()
            one.press("Gs")
            starred = await sees(other, marks.STARRED)
            other.forget()
            one.press("gd")  # what has a star is only deleted after a question
            deleted = await sees(other, "All mail · 1 message ")
            for terminal in (one, other):
                terminal.press("q")
            ends = [await asyncio.to_thread(terminal.ends, 20) for terminal in (one, other)]
            requests = world.sandbox.requests
            stars = requests["PUT", "/addresses/{email}/messages/{id}/star"]
            gone = requests["DELETE", "/addresses/{email}/messages/{id}"]
    figure = f"a star is shown after {starred:.1f} s, a deletion after {deleted:.1f} s"
    must((stars, gone, ends) == (1, 1, [0, 0]), f"{figure}; {stars} stars, {gone} deletions")
    return must(max(starred, deleted) <= SHOWN, figure)


async def _sessions(run: Run) -> str:
    return await both_are_right(run.rng("two"), run.home, messages=run.sized(1000, 200))


async def _screens(run: Run) -> str:
    return await both_show_it(run.home)


ROWS = (
    Row(
        "two",
        "two sacterm on one account and one store, while mail comes and lines are cut",
        "both right; the store is shared without errors",
        _sessions,
    ),
    Row(
        "two-screens",
        "two sacterm on two terminals",
        "what one does the other shows within 2 s; each change is told once",
        _screens,
    ),
)
