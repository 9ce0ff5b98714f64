"""What comes by socket while the disk takes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sacterm.errors import StoreFailed
from sacterm.mailbox.arrivals import Arrivals
from sacterm.mailbox.ledger import Ledger
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.model import Account
from tests.unit.fakes import mail, raw
from tests.waiting import until


async def test_mail_waits_for_a_disk_that_is_full_and_is_written_by_itself(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    writer = store._db._writer
    ((pages,),) = writer.execute("PRAGMA page_count")
    writer.execute(f"PRAGMA max_page_count = {pages + 8}").fetchall()
    ledger = Ledger(store)
    ledger.told(Account(id="jeff", ops_used=0, ops_limit=1000))
    told: list[StoreFailed | None] = []
    arrivals = Arrivals(store, ledger, stored=lambda new: None, trouble=told.append, again=0.02)
    running = asyncio.create_task(arrivals.run())
    for number in range(250):
        arrivals.add(mail(number, raw=raw(number)))
    await until(lambda: len(told) > 1)
    assert str(told[-1]) == "the disk is full"
    assert 0 < store.counts(ALL).total < 250
    arrivals.add(mail(250))
    writer.execute("PRAGMA max_page_count = 1000000").fetchall()
    await until(lambda: store.counts(ALL).total == 251)
    await until(lambda: told[-1] is None)
    assert ledger.left == 1000 - 251, "each is counted once"
    arrivals.finish()
    await running
    await store.close()
