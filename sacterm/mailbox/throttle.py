"""Something done soon, but seldom, however often it is asked for."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable


class Throttle:
    """Does what was asked for once, as soon as the last time is long enough ago."""

    def __init__(
        self,
        seconds: float,
        do: Callable[[], None],
        *,
        often: float = math.inf,
        tired: float = 1.0,
    ) -> None:
        """Set up.

        Args:
            seconds: between two times, at least.
            do: what is to be done.
            often: how many times in a row that is so.
            tired: seconds between two times after that; a pause of so long makes up for one time.
        """
        self._seconds = seconds
        self._do = do
        self._often = often
        self._tired = tired
        self._count = 0.0  # of times that no pause has made up for
        self._last = -math.inf
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, within: float = 0.0) -> None:
        """Have it done, in so many seconds or sooner."""
        loop = asyncio.get_running_loop()
        pause = self._seconds if self._count < self._often else self._tired
        at = max(loop.time() + within, self._last + pause)
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
        now = asyncio.get_running_loop().time()
        self._count = 1 + max(0.0, self._count - (now - self._last) / self._tired)
        self._last = now
        self._do()
