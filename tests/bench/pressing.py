"""From a key to what it paints."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.letters import serial
from tests.bench.program import LIVE, Program, bare, clock

SIZES = (10_000, 100_000)

GOAL = Goal(p50=5, p99=25)
PAGE = 20  # lines; more than the list shows

_AT_REST = 30  # key presses of a round
_HELD = 120
_REPEAT = 1 / 30  # seconds


def pressed(program: Program, times: int) -> list[float]:
    """Milliseconds from each of some presses of ``j`` to the first byte; it rests between them."""
    took = []
    for _ in range(times):
        program.goes_on(clock() + random.random() * 0.02)  # not in step with the program's frames
        program.forget()
        at = program.type("j")
        took.append((program.answers(at) - at) * 1000)
        program.rests(0.12)
    return took


def held(program: Program, mark: Callable[[int], str], times: int) -> list[float]:
    """Milliseconds from each repeat of ``j``, held down, to the line that it brings.

    Args:
        program: with the cursor on the last line of a page.
        mark: what is on the line that a repeat brings.
        times: how many repeats.
    """
    program.forget()
    begun, sent = clock(), list[float]()
    for number in range(1, times + 1):
        sent.append(program.type("j"))
        program.goes_on(begun + number * _REPEAT)
    shown = program.paints(mark(times - 1))
    took = []
    for number, at in reversed(list(enumerate(sent))):
        # two repeats may share a frame, in which only what the last one brings need be seen
        shown = min(shown, program.when(mark(number)) or shown)
        took.append((shown - at) * 1000)
    return took


def goes_down(program: Program) -> None:
    """Go to where every further ``j`` brings a line that was not on the screen before."""
    for _ in range(PAGE):
        program.type("j")
        program.goes_on(clock() + 0.03)
    program.rests()


def _keys(bench: Bench) -> Iterator[Figure]:
    at_rest, scrolling = (defaultdict[int, list[float]](list) for _ in range(2))
    with ExitStack() as homes:
        warm = {count: homes.enter_context(bench.stores.home(count)) for count in SIZES}
        empty = Path(homes.enter_context(TemporaryDirectory()))
        for _ in range(bench.rounds):
            for count in (0, *SIZES):
                with bench.sacterm(warm[count]) if count else bare(empty) as program:
                    program.paints(LIVE if count else "the status")
                    program.rests(1.0)
                    at_rest[count] += pressed(program, _AT_REST)
                    goes_down(program)
                    mark = partial(line, count, PAGE + _AT_REST + 1)
                    scrolling[count] += held(program, mark, _HELD)
                    program.type("q")
                    program.ends()
    for count in SIZES:
        yield Figure("`j` to first byte", f"{count:,}", at_rest[count], GOAL, base=at_rest[0])
    for count in SIZES:
        yield Figure(
            "`j` held, 30/s, to its line", f"{count:,}", scrolling[count], GOAL, base=scrolling[0]
        )


def line(count: int, down: int, number: int) -> str:
    """What is on the line that the bare app or a list of so many messages shows so far down."""
    return serial(count - 1 - down - number) if count else f"message {down + number}"


ROWS = (Row("keys", "`j` to first byte, at rest and held", _keys),)
