"""What the worst mail costs: how long it takes to read, and how long it holds up the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from sacterm.mailbox import ingest
from sacterm.mailbox.packing import Packer
from sacterm.reading.letter import Letter, read_letter
from sacterm.tui.forms import Form, Order
from sacterm.tui.layouts import lay_out
from tests.bench.figures import Bench, Figure, Goal, Row
from tests.unit.fakes import mail
from tests.unit.mailbombs import BOMBS, LARGEST
from tests.unit.mailcorpus import READABLE, UNREADABLE

WORST = 8  # rows of each kind
WIDTH = 78  # cells
BEAT = 0.005  # seconds

Taken = tuple[str, list[float]]  # what, milliseconds


def _hostile(bench: Bench) -> Iterator[Figure]:
    """The slowest of all broken and malicious mail, each read and shown as the app does it."""
    usual = asyncio.run(_measured({**READABLE, **UNREADABLE}))
    bombs = asyncio.run(_measured({name: partial(make, LARGEST) for name, make in BOMBS.items()}))
    held = [(what, [stall]) for what, _, stall in (*usual, *bombs)]
    yield from _worst("broken", [(what, took) for what, took, _ in usual], 200)
    yield from _worst("malicious", [(what, took) for what, took, _ in bombs], 500)
    yield from _worst("the loop held up by", held, 100)


def _worst(kind: str, taken: list[Taken], goal: float) -> Iterator[Figure]:
    for what, took in sorted(taken, key=lambda one: -max(one[1]))[:WORST]:
        yield Figure(f"{kind}: {what}", "", took, Goal(most=goal))


async def _measured(
    corpus: Mapping[str, Callable[[], bytes]],
) -> list[tuple[str, list[float], float]]:
    """Each step with each mail: what, milliseconds, milliseconds that the loop stood still."""
    found = []
    for name, make in corpus.items():
        raw = make()
        letter = read_letter(raw)
        steps: dict[str, Callable[[], object]] = {
            "taken in": partial(ingest.read, mail(1, raw=raw), Packer()),
            "read": partial(_read, raw),
            **{form.value: partial(lay_out, Order(letter, form, WIDTH)) for form in Form},
        }
        for step, work in steps.items():
            took, stall = await _timed(work)
            found.append((f"{name}, {step}", [took], stall))
    return found


def _read(raw: bytes) -> Letter:
    letter = read_letter(raw)
    _ = letter.parts, letter.journey, letter.link
    return letter


async def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the work in a thread, and of the longest pause of the loop meanwhile."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(BEAT)
            longest = max(longest, time.perf_counter() - begun - BEAT)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(BEAT)
    begun = time.perf_counter()
    await asyncio.to_thread(work)
    took = time.perf_counter() - begun
    await asyncio.sleep(BEAT)
    beating.cancel()
    return took * 1000, longest * 1000


ROWS = (Row("hostile", "the worst mail: reading it, and how long it holds up the loop", _hostile),)
