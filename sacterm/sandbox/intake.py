"""Where mail comes in: read in a thread, so that no mail holds up the others; then stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from sacterm.sandbox.letter import read_letter
from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.records import Marks, Message

P = ParamSpec("P")
T = TypeVar("T")


class Intake:
    """Takes mail for a mailroom, with two threads of its own.

    Attributes:
        mailroom: where the mail goes; touched on the event loop only.
    """

    def __init__(self, mailroom: Mailroom) -> None:
        self.mailroom = mailroom
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="sandbox")

    async def take(
        self,
        raw: bytes,
        envelope_from: str,
        envelope_to: list[str],
        *,
        received: datetime | None = None,
        ip: str = "127.0.0.1",
        via: str = "",
        tls: bool = False,
        marks: Marks | None = None,
    ) -> list[Message]:
        """``Mailroom.deliver``; when it returns, the mail is kept and on its way to the sockets.

        Raises:
            OSError: it could not be kept.
        """
        letter = await self.run(read_letter, raw)
        return self.mailroom.deliver(
            raw,
            envelope_from,
            envelope_to,
            received=received,
            ip=ip,
            via=via,
            tls=tls,
            letter=letter,
            marks=marks,
        )

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Does work that takes its time, in a thread."""
        job = partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)

    def close(self) -> None:
        """Ends the threads; what they do now is bounded."""
        self._threads.shutdown(cancel_futures=True)
