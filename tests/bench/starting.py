"""From the command to the screen, and from the last key to the prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.letters import opening, serial
from tests.bench.program import LIVE, bare, clock

SIZES = (100, 10_000, 100_000)

_BARE = ("the addresses", "the messages", "the preview", "the status")


def _start(bench: Bench) -> Iterator[Figure]:
    panes, whole, ended = (defaultdict[int, list[float]](list) for _ in range(3))
    with ExitStack() as homes:
        warm = {count: homes.enter_context(bench.stores.home(count)) for count in SIZES}
        empty = Path(homes.enter_context(TemporaryDirectory()))
        for round_ in range(bench.rounds + 1):
            for count in (0, *SIZES):
                with bench.sacterm(warm[count]) if count else bare(empty) as program:
                    marks = ("team-00@", serial(count - 1), "Headers", "help") if count else _BARE
                    first = program.paints(*marks)
                    last = program.paints(opening(count - 1), *marks) if count else first
                    if count:
                        program.paints(LIVE)
                    program.rests()
                    quitting = program.type("q")
                    program.ends()
                    took = clock() - quitting
                if round_:  # the first one warms the machine's own caches
                    panes[count].append((first - program.begun) * 1000)
                    whole[count].append((last - program.begun) * 1000)
                    ended[count].append(took * 1000)
    goal = Goal(ratio=1.4)
    for count in SIZES:
        at = f"{count:,}"
        yield Figure("start to all panes painted", at, panes[count], goal, base=panes[0])
        yield Figure("… and the text of the newest message", at, whole[count], base=panes[0])
    for count in SIZES:
        yield Figure("quit key to exit", f"{count:,}", ended[count], Goal(ratio=1), base=ended[0])


ROWS = (Row("start", "start to all panes painted, and quit key to exit", _start),)
