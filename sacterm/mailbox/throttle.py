"""Something done soon, but never twice within a while, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Throttle:
    """Does what was asked for once, as soon as the last time is long enough ago."""

    def __init__(self, seconds: float, do: Callable[[], None]) -> None:
        """Set up.

        Args:
            seconds: between two times, at least.
            do: what is to be done.
        """
        self._seconds = seconds
        self._do = do
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, within: float = 0.0) -> None:
        """Have it done, in so many seconds or sooner."""
        loop = asyncio.get_running_loop()
        at = max(loop.time() + within, self._last + self._seconds)
        if self._timer is None or at < self._timer.when():
            self.stop()
            self._timer = loop.call_at(at, self._due)

    def hurry(self) -> None:
        """Wait no longer than there has to be between two times, if it was asked for."""
        if self._timer is not None:
            self.ask()

    def stop(self) -> None:
        """Forget what was asked for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._do()
