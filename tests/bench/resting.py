"""What the program takes of the machine: memory, and the processor while nothing happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.pressing import goes_down
from tests.bench.program import LIVE, Memory, Program, bare, clock

SIZES = (100, 100_000)

_MOST = {100: 70.0, 100_000: 110.0}  # MiB
_SETTLES = 10.0  # seconds
_SPANS = 6  # of a minute


def _memory(bench: Bench) -> Iterator[Figure]:
    started, used = (defaultdict[int, list[Memory]](list) for _ in range(2))
    for _ in range(bench.rounds):
        for count in (0, *SIZES):
            with ExitStack() as stack:
                program = _started(bench, stack, count)
                program.rests(2.0)
                started[count].append(program.memory())
                if count:
                    _use(program)
                    used[count].append(program.memory())
    for count in SIZES:
        for when, sizes in (("at the start", started), ("after some use", used)):
            for place, kind in enumerate(Memory._fields):
                yield Figure(
                    f"memory {when}, {kind}",
                    f"{count:,}",
                    [memory[place] for memory in sizes[count]],
                    Goal(most=_MOST[count]),
                    unit="MiB",
                    base=[memory[place] for memory in started[0]],
                )


def _started(bench: Bench, stack: ExitStack, count: int) -> Program:
    """The program with so many messages, live, or with 0 the bare app."""
    if not count:
        empty = Path(stack.enter_context(TemporaryDirectory()))
        program = stack.enter_context(bare(empty))
        program.paints("the status")
    else:
        home = stack.enter_context(bench.stores.home(count))
        program = stack.enter_context(bench.sacterm(home))
        program.paints(LIVE)
    return program


def _use(program: Program) -> None:
    """Scroll, read, look into other inboxes, search, select."""
    goes_down(program)
    for keys in ("2", "3", "4", "1", "J", "J", "K", "K", "/invoice", "\x1b", "*", "\x18", "g"):
        program.type(keys)
        program.rests()


def _idle(bench: Bench) -> Iterator[Figure]:
    count = SIZES[-1]
    with ExitStack() as stack:
        programs = [_started(bench, stack, size) for size in (count, 0)]
        _wait(programs, _SETTLES)
        shares, base, octets = list[float](), list[float](), list[float]()
        for _ in range(max(1, round(bench.idle * _SPANS))):
            begun, before = clock(), [program.processor_time() for program in programs]
            programs[0].forget()
            _wait(programs, 60 / _SPANS)
            took = clock() - begun
            for taken, program, earlier in zip((shares, base), programs, before, strict=True):
                taken.append((program.processor_time() - earlier) / took * 100)
            octets.append(len(programs[0].raw))
    at, length = f"{count:,}", f"idle, live, {bench.idle:g} min"
    mean, of_bare = ([sum(taken) / len(taken)] for taken in (shares, base))
    yield Figure(f"{length}: processor", at, mean, Goal(most=0.5), unit="%", base=of_bare)
    yield Figure(f"… in each {60 // _SPANS} s", at, shares, unit="%")
    yield Figure(f"… painted in each {60 // _SPANS} s", at, octets, unit="B")


def _wait(programs: Sequence[Program], seconds: float) -> None:
    """Let them go on, all at once."""
    end = clock() + seconds
    while clock() < end:
        for program in programs:
            program.goes_on(min(end, clock() + 0.1))


ROWS = (
    Row("memory", "of the process, at the start and after some use", _memory),
    Row("idle", "processor use and paints while nothing happens, live", _idle),
)
