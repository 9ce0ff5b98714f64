from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from sacterm.errors import (
    CertificateRefused,
    Cut,
    KeyRefused,
    RateLimited,
    Rejected,
    SactermError,
    ServerTrouble,
    StoreFailed,
    TimedOut,
    Unreachable,
)
from sacterm.mailbox.needs import Needs, Problem
from tests.waiting import until


def _is_long(done: list[Problem | None], count: int) -> bool:
    return len(done) == count


NOW = datetime(2026, 11, 20, tzinfo=UTC)


async def turns(count: int) -> None:
    """Let whatever is ready run; what waits for time does not come round."""
    for _ in range(count):
        await asyncio.sleep(0)


class Asked:
    """A need that fails as often as told."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1
        if self.failures:
            raise self.failures.pop(0)


@asynccontextmanager
async def needs() -> AsyncIterator[tuple[Needs, list[Problem | None]]]:
    done: list[Problem | None] = []
    made = Needs(now=lambda: NOW, done=done.append)
    task = asyncio.create_task(made.run())
    yield made, done
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_need_is_met_once() -> None:
    async with needs() as (made, done):
        ask = Asked()
        made.add("x", ask)
        made.add("x", ask)
        await until(lambda: done == [None])
        assert ask.count == 1


async def test_what_failed_stays_and_what_did_not_is_done() -> None:
    async with needs() as (made, done):
        bad, good = Asked(Unreachable("away")), Asked()
        made.add("bad", bad)
        made.add("good", good)
        await until(lambda: done)
        made.add("other", Asked())
        await until(lambda: done[-1] is None)
        assert (bad.count, good.count) == (2, 1)


async def test_unreachable_is_tried_again_by_itself() -> None:
    async with needs() as (made, done):
        ask = Asked(Unreachable("away"))
        made.add("x", ask)
        await until(lambda: done and done[-1] is None, limit=4)
        assert ask.count == 2


@pytest.mark.parametrize(
    ("errors", "seconds"),
    [
        ([Unreachable("x")] * 8, [1, 2, 4, 8, 15, 30, 60, 60]),
        ([ServerTrouble("x")] * 8, [2, 10, 60, 120, 120, 120, 300, 900]),
        ([TimedOut("x")] * 2, [2, 10]),
        ([Cut("x")] * 2, [2, 10]),
        ([RateLimited("x")] * 5, [60, 300, 900, 3600, 3600]),
        ([RateLimited("x", retry_after=77.0)], [77]),
        ([ServerTrouble("x", retry_after=7.0)], [7]),
        ([Rejected("x")] * 4, [60, 900, 3600, 3600]),
        ([Unreachable("x")] * 4 + [RateLimited("x")], [1, 2, 4, 8, 60]),
        ([StoreFailed("disk full")] * 2, [60, 300]),
        ([KeyRefused("x")], [None]),
        ([CertificateRefused("x")], [None]),
    ],
)
async def test_how_long_it_waits(errors: list[SactermError], seconds: list[float | None]) -> None:
    async with needs() as (made, done):
        made.add("x", Asked(*errors))
        for count in range(1, len(errors) + 1):
            await until(partial(_is_long, done, count))
            made.add("other", Asked())
        waits = [
            (p.retry_at - NOW).total_seconds() if p and p.retry_at else None
            for p in done[: len(errors)]
        ]
        assert waits == seconds


async def test_the_gravest_problem_is_told() -> None:
    async with needs() as (made, done):
        made.add("a", Asked(Unreachable("away")))
        made.add("b", Asked(KeyRefused("wrong key")))
        made.add("c", Asked(ServerTrouble("down")))
        await until(lambda: done)
        assert done[0] == Problem("wrong key", KeyRefused.remedy)


async def test_a_wait_the_service_asked_for_is_kept_whoever_asks() -> None:
    async with needs() as (made, done):
        ask = Asked(RateLimited("slow down", retry_after=900.0))
        made.add("x", ask)
        await until(lambda: done)
        made.add("y", ask)
        made.add("other", Asked())
        await turns(50)
        assert ask.count == 1


async def test_a_wait_of_nothing_is_still_a_wait() -> None:
    async with needs() as (made, done):
        ask = Asked(*[RateLimited("slow down", retry_after=0.0)] * 50)
        made.add("x", ask)
        await until(lambda: done)
        await turns(50)
        assert ask.count == 1


async def test_a_fault_of_our_own_is_not_swallowed() -> None:
    made = Needs(now=lambda: NOW, done=lambda problem: None)
    made.add("x", Asked(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(made.run(), 2)


class Hanging:
    """A need whose first answer comes only when the test lets it; it fails then."""

    def __init__(self) -> None:
        self.count = 0
        self.go_on = asyncio.Event()

    async def __call__(self) -> None:
        self.count += 1
        if self.count == 1:
            await self.go_on.wait()
            raise TimedOut("no answer")


async def test_what_hangs_holds_up_neither_others_nor_itself() -> None:
    async with needs() as (made, done):
        ask = Hanging()
        made.add("x", ask)
        await until(lambda: ask.count == 1)
        made.add("other", Asked())
        await until(lambda: done == [None])
        made.add("x", ask)
        await until(lambda: done == [None, None])
        ask.go_on.set()
        await turns(50)
        assert (ask.count, done) == (2, [None, None, None]), "it was met meanwhile"


@pytest.mark.parametrize("refusal", [KeyRefused("wrong key"), CertificateRefused("not valid")])
async def test_what_is_refused_is_not_asked_again_until_somebody_says_so(
    refusal: SactermError,
) -> None:
    async with needs() as (made, done):
        ask, other, joined = Asked(refusal), Asked(), Asked()
        made.add("x", ask)
        await until(lambda: done)
        made.add("other", other)
        made.join("joined", joined)
        made.try_all()
        await turns(50)
        assert (ask.count, other.count, joined.count) == (1, 0, 0)
        made.resume()
        await until(lambda: done[-1] is None)
        assert (ask.count, other.count, joined.count) == (2, 1, 1)
