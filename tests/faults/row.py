"""One row of the table: what is tried, what must show, and the figure that it gave."""

from __future__ import annotations

import asyncio
import contextlib
import random
import selectors
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")


class Run(Struct, frozen=True):
    """What a row is given.

    Attributes:
        seed: the same seed gives the same chances.
        scale: how much of the whole there is time for; 1: 5,000 messages and 100 cuts.
        end: when all rows are to be done, by the monotonic clock.
        home: an empty folder.
    """

    seed: int
    scale: float
    end: float
    home: Path

    def rng(self, name: str) -> random.Random:
        """Chances of a row's own, so that it does the same alone and among others."""
        return random.Random(f"{self.seed} {name}")

    def sized(self, whole: int, least: int) -> int:
        """So much of a number as there is time for."""
        return max(least, round(whole * min(self.scale, 1.0)))

    @property
    def left(self) -> float:
        """Seconds that are left for all rows."""
        return self.end - time.monotonic()


Scenario = Callable[[Run], Coroutine[None, None, str]]
"""Tries it; gives the figure, or raises what went wrong."""


class Row(Struct, frozen=True):
    """One line of the table.

    Attributes:
        name: a word to ask for it by.
        tried: what is tried.
        must: what must show.
        scenario: tries it.
        patience: seconds of the world after which it counts as hung.
    """

    name: str
    tried: str
    must: str
    scenario: Scenario
    patience: float = 120.0


class Broken(AssertionError):
    """A promise was not kept; says what was found instead."""


def must(condition: object, figure: str) -> str:
    """The figure, where the promise was kept.

    Raises:
        Broken: with the figure, where it was not.
    """
    if not condition:
        raise Broken(figure)
    return figure


async def each(cases: Iterable[Awaitable[str]]) -> str:
    """The figures of all cases.

    Raises:
        Broken: with all the figures, where one case was broken.
    """
    figures, broken = [], False
    for case in cases:
        try:
            figures.append(await case)
        except Broken as error:
            figures.append(f"NOT: {error}")
            broken = True
    return must(not broken, "; ".join(figures))


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be made to run faster than the world's.

    All timers of asyncio go by it, those of the libraries too; what a machine does takes as long
    as ever, and so seems slow.
    """

    def __init__(self) -> None:
        self._speed = 1.0
        self._since, self._shown = time.monotonic(), 0.0
        super().__init__(_Hurried(self))

    @property
    def speed(self) -> float:
        """Seconds of its clock for a second of the world."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._since, self._shown = time.monotonic(), self.time()
        self._speed = speed

    def time(self) -> float:
        return self._shown + (time.monotonic() - self._since) * self._speed


class _Hurried(selectors.DefaultSelector):
    def __init__(self, loop: HurriedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout if timeout is None else timeout / self._loop.speed)


@contextlib.contextmanager
def hurry(speed: float) -> Iterator[None]:
    """Let time pass faster: an hour is waited for in a minute at 60."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, HurriedLoop)
    loop.speed = speed
    try:
        yield
    finally:
        loop.speed = 1.0


def run(work: Coroutine[None, None, T]) -> T:
    """Run it on a loop that can be hurried."""
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        return runner.run(work)
