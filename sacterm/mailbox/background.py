"""What runs behind the screen, and what becomes of its faults."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class Background:
    """Tasks of one owner.

    Attributes:
        failed: holds the first fault of any of them; cancelled at the end.
    """

    def __init__(self) -> None:
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run it until it ends, or :meth:`end`."""
        task = self.watch(asyncio.create_task(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def watch(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """Hear of the faults of a task that its owner ends."""
        task.add_done_callback(self._ended)
        return task

    async def end(self) -> None:
        """Cancel all that runs."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self.failed.done():
            self.failed.set_exception(error)
