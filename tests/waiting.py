"""Waiting for a condition, with a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(
    condition: Callable[[], object], limit: float = 5.0, *, pause: float = 0.005
) -> None:
    """Come back as soon as the condition holds; fail if it does not within ``limit`` seconds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not come true within {limit} s")
        await asyncio.sleep(pause)
