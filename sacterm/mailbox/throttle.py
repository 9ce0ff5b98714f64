"""Something done at once, and then at most once in a while, however often it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Throttle:
    """Does the first at once; what is asked for meanwhile is done once more at the end."""

    def __init__(self, seconds: float, do: Callable[[], None]) -> None:
        """Set up.

        Args:
            seconds: between two times, at least.
            do: what is to be done.
        """
        self._seconds = seconds
        self._do = do
        self._wait: asyncio.TimerHandle | None = None
        self._again = False

    def ask(self) -> None:
        """Have it done."""
        if self._wait is None:
            self._do()
            self._wait = asyncio.get_running_loop().call_later(self._seconds, self._waited)
        else:
            self._again = True

    def stop(self) -> None:
        """Do it no more."""
        if self._wait:
            self._wait.cancel()

    def _waited(self) -> None:
        self._wait = None
        if self._again:
            self._again = False
            self.ask()
