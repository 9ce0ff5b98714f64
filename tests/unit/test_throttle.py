from __future__ import annotations

import asyncio

from sacterm.mailbox.throttle import Throttle
from tests.waiting import until


class Times:
    """When it was done, in the event loop's time."""

    def __init__(self) -> None:
        self.done: list[float] = []

    def __call__(self) -> None:
        self.done.append(asyncio.get_running_loop().time())


async def test_the_first_is_at_once_and_the_next_not_before_its_time() -> None:
    times = Times()
    throttle = Throttle(0.1, times)
    for _ in range(5):
        throttle.ask()
    await until(lambda: len(times.done) == 1, limit=0.09)
    for _ in range(5):
        throttle.ask()
    await until(lambda: len(times.done) == 2)
    assert times.done[1] - times.done[0] >= 0.1


async def test_the_sooner_of_two_holds() -> None:
    times = Times()
    throttle = Throttle(0.0, times)
    throttle.ask(30.0)
    throttle.ask(0.01)
    throttle.ask(60.0)
    await until(lambda: times.done, limit=5)
    throttle.stop()


async def test_what_waits_can_be_hurried_or_stopped_and_nothing_else() -> None:
    times = Times()
    throttle = Throttle(0.0, times)
    throttle.hurry()
    throttle.ask(30.0)
    throttle.stop()
    throttle.hurry()
    throttle.ask(30.0)
    throttle.hurry()
    await until(lambda: times.done, limit=5)
    assert len(times.done) == 1


async def test_who_asks_all_the_time_is_heard_less_often_until_there_was_a_pause() -> None:
    times = Times()
    throttle = Throttle(0.001, times, often=5, tired=0.2)
    end = asyncio.get_running_loop().time() + 0.65
    while asyncio.get_running_loop().time() < end:
        throttle.ask()
        await asyncio.sleep(0)
    throttle.stop()
    assert 5 <= len(times.done) <= 9
    assert times.done[4] - times.done[0] < 0.2
    assert times.done[-1] - times.done[-2] >= 0.2
