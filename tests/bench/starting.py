"""From the command to the screen, and from the last key to the prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.letters import opening, serial
from tests.bench.program import LIVE, Program, bare, clock

SIZES = (100, 10_000, 100_000)

_HEAD = "from   "
_BARE = ("the addresses", "the messages", "the preview", "the status")


class _Run(NamedTuple):
    """Milliseconds to all panes, to head and text of the newest mail; from the key to the end."""

    panes: float
    head: float
    text: float
    ended: float


def _run(program: Program, count: int) -> _Run:
    """From the start of a program to its end.

    Args:
        program: that was just started.
        count: how many messages it has; 0 for the bare app.
    """
    marks = ("team-00@", serial(count - 1), "Headers", "help") if count else _BARE
    panes = program.paints(*marks)
    head = program.paints(_HEAD, *marks) if count else panes
    text = program.paints(opening(count - 1), *marks) if count else panes
    if count:
        program.paints(LIVE)
    program.rests()
    quitting = program.type("q")
    program.ends()
    ended = clock()
    begun = program.begun
    moments = (panes - begun, head - begun, text - begun, ended - quitting)
    return _Run(*(moment * 1000 for moment in moments))


def _start(bench: Bench) -> Iterator[Figure]:
    ours, base = (defaultdict[int, list[_Run]](list) for _ in range(2))
    with ExitStack() as homes:
        warm = {count: homes.enter_context(bench.stores.home(count)) for count in SIZES}
        empty = Path(homes.enter_context(TemporaryDirectory()))
        for round_ in range(bench.rounds + 1):
            for count in SIZES:
                with bare(empty) as program:  # before each: a machine is not always as quick
                    told = _run(program, 0)
                with bench.sacterm(warm[count]) as program:
                    own = _run(program, count)
                if round_:  # the first one warms the machine's own caches
                    base[count].append(told)
                    ours[count].append(own)
    for count in SIZES:
        panes, head, text, _ = map(list, zip(*ours[count], strict=True))
        held = [run.panes for run in base[count]]
        at = f"{count:,}"
        yield Figure("start to all panes painted", at, panes, Goal(ratio=1.4), base=held)
        yield Figure("… and the head of the newest message", at, head, base=held)
        yield Figure("… and its text", at, text, base=held)
    for count in SIZES:
        ended, held = ([run.ended for run in runs[count]] for runs in (ours, base))
        yield Figure("quit key to exit", f"{count:,}", ended, Goal(ratio=1), base=held)


ROWS = (Row("start", "start to all panes painted, and quit key to exit", _start),)
