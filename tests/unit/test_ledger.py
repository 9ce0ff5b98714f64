from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sacterm.errors import OpsLimitReached
from sacterm.mailbox.ledger import Ledger, utc_now
from sacterm.mailbox.store import Store
from sacterm.model import Account


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def left(ledger: Ledger) -> int | None:
    return ledger.left


def used(ledger: Ledger) -> int | None:
    return ledger.used


def at_limit(ledger: Ledger) -> bool:
    return ledger.is_at_limit


async def test_ops_are_counted_by_kind_in_this_run_and_this_month() -> None:
    store = Store(None)
    await store.add_ops("2026-11", {"raw": 5})
    ledger = Ledger(store, now=Clock(datetime(2026, 11, 20, tzinfo=UTC)))
    for kind in ("raw", "raw", "list"):
        ledger.spend(kind)
    assert ledger.run == {"raw": 2, "list": 1}
    assert ledger.spent == 3
    assert ledger.month == {"raw": 7, "list": 1}
    await ledger.flush()
    await ledger.flush()
    assert ledger.month == {"raw": 7, "list": 1}
    assert store.ops("2026-11") == {"raw": 7, "list": 1}
    await store.close()


async def test_the_month_is_that_of_utc() -> None:
    store = Store(None)
    clock = Clock(datetime(2026, 12, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))))
    ledger = Ledger(store, now=clock)
    ledger.spend("raw")
    clock.now += timedelta(hours=2)
    ledger.spend("list")
    await ledger.flush()
    assert store.ops("2026-11") == {"raw": 1}
    assert store.ops("2026-12") == {"list": 1}
    assert ledger.month == {"list": 1}
    assert ledger.spent == 2
    await store.close()


async def test_what_is_left_is_reckoned_from_the_services_own_figure() -> None:
    store = Store(None)
    clock = Clock(datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    ledger = Ledger(store, now=clock)
    assert left(ledger) is None
    ledger.spend("me")
    ledger.told(Account(id="jeff", ops_used=100, ops_limit=1500))
    assert left(ledger) == 1400
    ledger.spend("raw")
    ledger.arrive(2)
    assert left(ledger) == 1397
    clock.now += timedelta(hours=2)
    ledger.arrive(1)
    ledger.spend("raw")
    assert left(ledger) == 1498, "a new month has begun, with all its ops"
    clock.now -= timedelta(hours=2)
    assert left(ledger) == 1397, "the clock was set back"
    clock.now += timedelta(hours=2)
    ledger.told(Account(id="jeff", ops_used=2000, ops_limit=1500))
    assert left(ledger) == 0
    await store.close()


async def test_days_are_those_of_utc_and_of_this_run() -> None:
    store = Store(None)
    await store.add_ops("2026-11", {"raw": 5})
    clock = Clock(datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    ledger = Ledger(store, now=clock)
    ledger.spend("raw")
    ledger.spend("raw")
    assert ledger.today == 2
    clock.now += timedelta(hours=1)
    ledger.spend("list")
    assert ledger.today == 1
    await store.close()


async def test_what_is_used_goes_beyond_the_limit_and_needs_none() -> None:
    store = Store(None)
    ledger = Ledger(store, now=Clock(datetime(2026, 11, 20, tzinfo=UTC)))
    assert used(ledger) is None
    ledger.told(Account(id="jeff", ops_used=2000, ops_limit=1500))
    ledger.spend("raw")
    assert (used(ledger), left(ledger)) == (2001, 0)
    ledger.told(Account(id="jeff", ops_used=2000))
    ledger.arrive(3)
    assert (used(ledger), left(ledger)) == (2003, None)
    await store.close()


async def test_a_limit_is_for_what_nobody_asked_for() -> None:
    store = Store(None)
    ledger = Ledger(store, limit=2)
    with ledger.within_limit():
        with ledger.within_limit():
            assert not at_limit(ledger)
            with pytest.raises(OpsLimitReached, match="limit of 2 ops"), ledger.within_limit():
                raise AssertionError
        ledger.spend("me")
    ledger.spend("raw")
    assert at_limit(ledger)
    ledger.spend("raw")  # by a key
    with pytest.raises(OpsLimitReached), ledger.within_limit():
        raise AssertionError
    await store.close()


async def test_what_another_run_on_the_store_spends_is_no_longer_left(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    one, other = Store(path), Store(path)
    await other.add_ops(utc_now().strftime("%Y-%m"), {"raw": 30})
    ledger, its = Ledger(one), Ledger(other)
    ledger.spend("me")
    ledger.told(Account(id="jeff", ops_used=100, ops_limit=1500))
    for kind in ("raw", "raw", "list"):
        its.spend(kind)
    await its.flush()
    await ledger.flush()
    ledger.look_elsewhere()
    assert left(ledger) == 1397
    await one.close()
    await other.close()
