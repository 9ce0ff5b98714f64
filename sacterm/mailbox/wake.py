"""Notices that the machine slept: timers of the event loop stand still meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_LOOKS = 5.0  # seconds between two looks at the clock
_SLEPT = 30.0  # seconds more than that


async def watch_for_sleep(
    awake: Callable[[], None],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``awake`` after each time that the machine slept or this process was stopped; endless.

    A clock that is set looks the same, which costs a reconnect and no more.

    Args:
        awake: what is to be done then.
        clock: seconds of the wall clock, which goes on while the machine sleeps.
        sleep: waits, in seconds.
    """
    while True:
        before = clock()
        await sleep(_LOOKS)
        if abs(clock() - before - _LOOKS) > _SLEPT:
            awake()
