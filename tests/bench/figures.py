"""What is measured, what is to be reached, and the line of the table that tells of both."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from msgspec import Struct, field

from tests.bench import program
from tests.bench.program import Program
from tests.bench.service import Places
from tests.bench.stores import Stores

HEAD = """\
| what | at | n | p50 | p99 | most | base | ratio | to reach | |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |"""


class Goal(Struct, frozen=True):
    """What is to be reached, where it is set.

    Attributes:
        p50: at most, in the unit of the figure, as the next two.
        p99: at most.
        most: of all of them.
        ratio: to the base, at most.
    """

    p50: float | None = None
    p99: float | None = None
    most: float | None = None
    ratio: float | None = None


class Figure(Struct, frozen=True):
    """One line of the table.

    Attributes:
        what: was measured.
        at: how many messages, or which case.
        values: each of them.
        goal: what is to be reached.
        unit: of the values.
        base: what they are held against, in the same unit and measured in the same run.
    """

    what: str
    at: str
    values: Sequence[float]
    goal: Goal = Goal()
    unit: str = "ms"
    base: Sequence[float] = ()

    @property
    def ratio(self) -> float | None:
        """Of the medians, or, where both were measured in turns, the median of the ratios."""
        if not self.base:
            return None
        if len(self.base) == len(self.values):
            return statistics.median(map(_divided, self.values, self.base))
        return statistics.median(self.values) / statistics.median(self.base)

    def line(self) -> str:
        """The line, as Markdown."""
        p50, p99, most = statistics.median(self.values), _p99(self.values), max(self.values)
        limits = (
            ("p50 ≤", p50, self.goal.p50, f" {self.unit}"),
            ("p99 ≤", p99, self.goal.p99, f" {self.unit}"),
            ("all ≤", most, self.goal.most, f" {self.unit}"),
            ("ratio ≤", self.ratio, self.goal.ratio, ""),
        )
        told = [f"{word} {limit:g}{unit}" for word, _, limit, unit in limits if limit is not None]
        missed = any(have > limit for _, have, limit, _ in limits if have and limit is not None)
        cells = (
            self.what,
            self.at,
            f"{len(self.values):,}",
            *(f"{value:,.1f} {self.unit}" for value in (p50, p99, most)),
            f"{statistics.median(self.base):,.1f} {self.unit}" if self.base else "",
            f"{self.ratio:.2f}" if self.ratio is not None else "",
            ", ".join(told),
            ("missed" if missed else "ok") if told else "",
        )
        return f"| {' | '.join(cells)} |"


class Bench(Struct):
    """What the rows are given.

    Attributes:
        stores: to start from.
        places: the service; what it sends by the socket is the business of a row's own.
        rounds: how often a program is started.
        idle: minutes that the idle program is watched.
        profiles: a folder for a profile of each run of the program; None: there are none.
    """

    stores: Stores
    places: Places
    rounds: int
    idle: float
    profiles: Path | None
    _numbers: Iterator[int] = field(default_factory=count)

    def sacterm(self, home: Path, places: Places | None = None) -> Program:
        """The program, with the service or another."""
        profile = self.profiles and self.profiles / f"{next(self._numbers):03}.prof"
        return program.sacterm(home, places or self.places, profile)


class Row(Struct, frozen=True):
    """A part of the table that can be measured alone.

    Attributes:
        name: to ask for it.
        told: what it measures.
        measure: gives its lines.
    """

    name: str
    told: str
    measure: Callable[[Bench], Iterator[Figure]]


def _divided(value: float, base: float) -> float:
    return value / base


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[round(0.99 * (len(values) - 1))]
