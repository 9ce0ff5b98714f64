from __future__ import annotations

import asyncio

import pytest

from sacterm.mailbox.wake import watch_for_sleep


@pytest.mark.parametrize(
    ("steps", "woken"),
    [
        ([5, 5, 5], 0),
        ([5, 3600, 5], 1),
        ([5, 34], 0),
        ([60, 60], 2),
        ([-7200, 5], 1),
    ],
    ids=["awake", "an hour", "busy", "twice", "set back"],
)
async def test_a_clock_that_went_on_without_us_is_sleep(steps: list[float], woken: int) -> None:
    now = 1_000_000.0
    left = iter(steps)
    times: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        step = next(left, None)
        if step is None:
            raise asyncio.CancelledError
        now += step

    with pytest.raises(asyncio.CancelledError):
        await watch_for_sleep(lambda: times.append(now), clock=lambda: now, sleep=sleep)
    assert len(times) == woken
