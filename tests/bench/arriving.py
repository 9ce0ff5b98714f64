"""From a frame that is sent to what is painted and stored of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sacterm.mailbox.views import ALL
from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.letters import serial
from tests.bench.pressing import PAGE, goes_down, line
from tests.bench.program import LIVE, Program, clock
from tests.bench.service import FIRST, Service, service
from tests.bench.stores import closing_store

SIZES = (10_000, 100_000)

BURST = 5000
_EACH = 100  # mails of a round
_TENTH = 0.1  # seconds between two of them
_LOOKS_APART, _KEYS_APART = 0.02, 0.05  # seconds
_PATIENCE = 300.0


def _arrivals(bench: Bench) -> Iterator[Figure]:
    took: dict[int, list[float]] = {count: [] for count in SIZES}
    for _ in range(bench.rounds):
        for count in SIZES:
            with (
                service() as sending,
                bench.stores.home(count, sending.places) as home,
                bench.sacterm(home, sending.places) as program,
            ):
                program.paints(LIVE)
                program.rests(1.0)
                took[count] += _sent(program, sending)
    for count in SIZES:
        goal = Goal(p50=15, p99=50)
        yield Figure("frame sent to subject painted, 10/s", f"{count:,}", took[count], goal)


def _sent(program: Program, sending: Service) -> Iterator[float]:
    begun = clock()
    for number in range(_EACH):
        program.goes_on(begun + number * _TENTH)
        program.forget()
        sending.send(1)
        painted = program.paints(serial(FIRST + number))
        yield (painted - sending.sent().first) * 1000


def _burst(bench: Bench) -> Iterator[Figure]:
    count, taken = SIZES[-1], list[float]()
    answers, gaps = list[float](), list[float]()
    for _ in range(max(1, bench.rounds // 2)):
        seconds, paints, _ = _one_burst(bench, count, keys=False)
        taken.append(seconds)
        gaps.append(max(after - before for before, after in pairwise(paints)) * 1000)
        seconds, _, presses = _one_burst(bench, count, keys=True)
        taken.append(seconds)
        answers += presses
    at = f"into {count:,}"
    yield Figure(f"{BURST:,} by socket, all stored", at, taken, Goal(most=3), unit="s")
    yield Figure("… `j` meanwhile, to its line", at, answers, Goal(most=50))
    yield Figure("… longest time without a paint", at, gaps, Goal(most=100))


def _one_burst(bench: Bench, count: int, *, keys: bool) -> tuple[float, list[float], list[float]]:
    """Seconds until all was stored, when something was painted meanwhile, ms from key to line."""
    with (
        service() as sending,
        bench.stores.home(count, sending.places) as home,
        bench.sacterm(home, sending.places) as program,
        closing_store(home) as store,
    ):
        program.paints(LIVE)
        program.rests(1.0)
        if keys:
            goes_down(program)
        program.forget()
        sending.send(BURST)
        patience = clock() + _PATIENCE

        answers = list[float]()
        while (now := clock()) < patience and store.counts(ALL).total < count + BURST:
            if keys:
                start, at = len(program.raw), program.type("j")
                shown = program.paints(line(count, PAGE + 1, len(answers)), start=start)
                answers.append((shown - at) * 1000)
            program.goes_on(now + (_KEYS_APART if keys else _LOOKS_APART))
        end = clock()
        assert end < patience, f"{store.counts(ALL).total - count:,} were stored"
        begun = sending.sent().first
        paints = [begun, *(one.at for one in program.painted if begun < one.at < end), end]
        return end - begun, paints, answers


ROWS = (
    Row("arrivals", "frame sent to subject painted, at 10/s", _arrivals),
    Row("burst", f"{BURST:,} by socket: stored, keys and paints meanwhile", _burst),
)
