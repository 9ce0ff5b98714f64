"""Things to be asked of the service until it answers, without pestering it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec import Struct

from sacterm.errors import (
    CertificateRefused,
    KeyRefused,
    RateLimited,
    SactermError,
    ServerTrouble,
    Unreachable,
)

Ask = Callable[[], Awaitable[None]]

_UNREACHED = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between tries that cost no op
_ANSWERED = (10.0, 60.0, 120.0)  # seconds between tries that may cost one
_LIMITED = (60.0, 300.0, 900.0, 3600.0)  # the month's ops may be spent: until its end


class Problem(Struct, frozen=True):
    """What is wrong and what to do.

    Attributes:
        text: one line for a person.
        remedy: what to do now, or what happens by itself.
        retry_at: when it is tried again; None where somebody must act first.
    """

    text: str
    remedy: str = ""
    retry_at: datetime | None = None


class Needs:
    """A set of named needs. All are asked at once; those that fail stay and are asked again."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        busy: Callable[[], None],
        done: Callable[[Problem | None], None],
    ) -> None:
        """Set up.

        Args:
            now: the time, aware.
            busy: called when the service is about to be asked.
            done: called afterwards, with what is wrong, if anything.
        """
        self._now = now
        self._busy = busy
        self._done = done
        self._open: dict[str, Ask] = {}
        self._wake = asyncio.Event()
        self._failures = 0
        self._not_before = 0.0  # in the event loop's time: the service asked to be left alone

    def __contains__(self, name: str) -> bool:
        return name in self._open

    def add(self, name: str, ask: Ask) -> None:
        """Ask as soon as possible; a wait that the service did not ask for ends.

        Args:
            name: a need of the same name that is open is replaced.
            ask: may raise :class:`~sacterm.errors.SactermError`, and is asked again then.
        """
        self._open[name] = ask
        self._wake.set()

    def hurry(self) -> None:
        """Ask what is open now: something shows that the service is back, or somebody wants it."""
        if self._open:
            self._wake.set()

    def check_allowed(self) -> None:
        """For asking past the needs.

        Raises:
            RateLimited: the service asked to be left alone for now.
        """
        wait = self._not_before - asyncio.get_running_loop().time()
        if wait > 0:
            raise RateLimited(f"Mailsac wants no request for {wait:.0f} s", retry_after=wait)

    async def run(self) -> None:
        """Meet the needs as they come; endless."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            await asyncio.sleep(max(0.0, self._not_before - loop.time()))
            self._wake.clear()
            asked, self._open = self._open, {}
            if asked:
                await self._meet(asked)

    async def _meet(self, asked: dict[str, Ask]) -> None:
        self._busy()
        answers = await asyncio.gather(*(ask() for ask in asked.values()), return_exceptions=True)
        failures: list[SactermError] = []
        for (name, ask), answer in zip(asked.items(), answers, strict=True):
            if isinstance(answer, SactermError):
                failures.append(answer)
                self._open.setdefault(name, ask)
            elif answer is not None:
                raise answer
        if failures:
            self._done(self._plan(max(failures, key=_gravity)))
        else:
            self._failures = 0
            self._done(None)

    def _plan(self, error: SactermError) -> Problem:
        wait = _wait(error, self._failures)
        self._failures += 1
        if wait is None:
            return Problem(str(error), error.remedy)
        loop = asyncio.get_running_loop()
        if isinstance(error, RateLimited | ServerTrouble) and error.retry_after is not None:
            self._not_before = loop.time() + wait
        loop.call_later(wait, self._wake.set)
        return Problem(str(error), error.remedy, self._now() + timedelta(seconds=wait))


def _wait(error: SactermError, failures: int) -> float | None:
    """Seconds until the next try after so many failures in a row; None: not by itself."""
    match error:
        case KeyRefused() | CertificateRefused():
            return None
        case RateLimited(retry_after=float(wait)) | ServerTrouble(retry_after=float(wait)):
            return wait
        case RateLimited():
            schedule: tuple[float, ...] = _LIMITED
        case Unreachable():
            schedule = _UNREACHED
        case _:
            schedule = _ANSWERED
    return schedule[min(failures, len(schedule) - 1)]


def _gravity(error: SactermError) -> int:
    """Which of several failures to tell of: the one that most needs somebody to act."""
    order = (Unreachable, SactermError, RateLimited, CertificateRefused, KeyRefused)
    return max(rank for rank, kind in enumerate(order) if isinstance(error, kind))
