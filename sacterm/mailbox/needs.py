"""Things to be asked of the service until it answers, without pestering it."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from sacterm.errors import (
    CertificateRefused,
    Cut,
    KeyRefused,
    OpsLimitReached,
    RateLimited,
    SactermError,
    ServerTrouble,
    ServiceError,
    StoreFailed,
    TimedOut,
    Unreachable,
)

Ask = Callable[[], Awaitable[None]]
Schedule = tuple[float, ...]

# seconds between tries, by what went wrong
_UNREACHED = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # these cost no op
_ANSWERED = (2.0, 10.0, 60.0, 120.0, 120.0, 120.0, 300.0, 900.0)
# the month's ops may be spent: until its end; or the disk is full, and each try costs an op
_LIMITED = (60.0, 300.0, 900.0, 3600.0)
_HOPELESS = (60.0, 900.0, 3600.0)  # the same request will hardly do better later


class Problem(Struct, frozen=True):
    """What is wrong and what to do.

    Attributes:
        text: one line for a person.
        remedy: what to do now, or what happens by itself.
        retry_at: when it is tried again; None where somebody must act first.
        offline: there is no way to the service.
    """

    text: str
    remedy: str = ""
    retry_at: datetime | None = None
    offline: bool = False


class Needs:
    """A set of named needs. All are asked at once; those that fail stay and are asked again.

    Once the service refuses the key, or shows a certificate that does not hold, nothing is asked
    until :meth:`resume`.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        done: Callable[[Problem | None], None],
    ) -> None:
        """Set up.

        Args:
            now: the time, aware.
            done: called each time needs were asked, with what is wrong, if anything.
        """
        self._now = now
        self._done = done
        self._open: dict[str, Ask] = {}
        self._due: set[str] = set()  # of those that are open: not waiting for their next try
        self._held: set[str] = set()  # of those that are open: this run may not spend so much
        self._refused = False  # until a person asks
        self._met: dict[str, int] = {}  # in which round last
        self._wake = asyncio.Event()
        self._failures = Counter[Schedule]()  # in a row
        self._next_try: asyncio.TimerHandle | None = None
        self._not_before = 0.0  # in the event loop's time: the service asked to be left alone

    def add(self, name: str, ask: Ask) -> None:
        """Ask as soon as possible; a wait that the service did not ask for ends.

        Args:
            name: a need of the same name that is open is replaced.
            ask: may raise :class:`~sacterm.errors.SactermError`, and is asked again then.
        """
        self._open[name] = ask
        self._held.discard(name)
        self.try_all()

    def join(self, name: str, ask: Ask) -> None:
        """Ask as soon as possible, unless it waits for its next try; others go on waiting."""
        if name not in self._open:
            self._open[name] = ask
            self._due.add(name)
            self._wake.set()

    def try_all(self) -> None:
        """End the waits for a next try that the service did not ask for."""
        self._due.update(self._open.keys() - self._held)
        self._wake.set()

    def resume(self) -> None:
        """A person asks: also what was refused is asked again."""
        self._refused = False
        self.try_all()

    def stop(self) -> None:
        """Plan no further try."""
        if self._next_try:
            self._next_try.cancel()

    async def run(self) -> None:
        """Meet the needs as they come; endless. What hangs holds up nothing that comes later."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as rounds:
                for number in itertools.count():
                    await self._wake.wait()
                    await asyncio.sleep(max(0.0, self._not_before - loop.time()))
                    self._wake.clear()
                    due = [n for n in self._open if n in self._due and not self._refused]
                    self._due.clear()
                    if due:
                        asked = {name: self._open.pop(name) for name in due}
                        rounds.create_task(self._meet(asked, number))
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None

    async def _meet(self, asked: dict[str, Ask], number: int) -> None:
        answers = await asyncio.gather(*(ask() for ask in asked.values()), return_exceptions=True)
        failures: list[SactermError] = []
        for (name, ask), answer in zip(asked.items(), answers, strict=True):
            if isinstance(answer, OpsLimitReached):
                self._held.add(name)
                self._open.setdefault(name, ask)
            elif isinstance(answer, SactermError):
                if self._met.get(name, -1) < number:  # else it was met while this one hung
                    failures.append(answer)
                    self._open.setdefault(name, ask)
            elif answer is not None:
                raise answer
            else:
                self._met[name] = max(number, self._met.get(name, number))
        if self._held >= asked.keys():
            return  # nobody was asked
        if failures:
            self._done(self._plan(failures))
        # else something still waits for its next try
        elif self._open.keys() <= self._due | self._held:
            self._failures.clear()
            self._done(None)

    def _plan(self, errors: Sequence[SactermError]) -> Problem:
        error = max(errors, key=_gravity)
        offline = isinstance(error, Unreachable | TimedOut)
        if isinstance(error, KeyRefused | CertificateRefused):
            self._refused = True
            return Problem(str(error), error.remedy, offline=offline)
        wait = min(self._wait(one) for one in {_schedule(one): one for one in errors}.values())
        loop = asyncio.get_running_loop()
        asked = [one.retry_after or 0.0 for one in errors if isinstance(one, _WAITS)]
        self._not_before = max(self._not_before, loop.time() + max(asked, default=0.0))
        wait = max(wait, self._not_before - loop.time())
        self.stop()
        self._next_try = loop.call_later(wait, self.try_all)
        again = self._now() + timedelta(seconds=wait)
        return Problem(str(error), error.remedy, again, offline)

    def _wait(self, error: SactermError) -> float:
        """Seconds to the next try, were it for this error alone."""
        schedule = _schedule(error)
        tries = self._failures[schedule]
        self._failures[schedule] += 1
        if isinstance(error, _WAITS) and error.retry_after is not None:
            # as the service wants, but never again and again at once
            return max(error.retry_after, _UNREACHED[min(tries, len(_UNREACHED) - 1)])
        return schedule[min(tries, len(schedule) - 1)]


_WAITS = (RateLimited, ServerTrouble)  # those that the service may name a wait with


def _schedule(error: SactermError) -> Schedule:
    match error:
        case RateLimited() | StoreFailed():
            return _LIMITED
        case Unreachable() if not isinstance(error, Cut):
            return _UNREACHED
        case ServiceError(passing=False):
            return _HOPELESS
    return _ANSWERED


def _gravity(error: SactermError) -> int:
    """Which of several failures to tell of: the one that most needs somebody to act."""
    order = (Unreachable, SactermError, RateLimited, CertificateRefused, KeyRefused)
    return max(rank for rank, kind in enumerate(order) if isinstance(error, kind))
