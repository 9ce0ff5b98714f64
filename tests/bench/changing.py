"""Many messages changed at once, and very large ones opened."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from sacterm.mailbox.store import Store
from sacterm.model import Message
from tests.bench import letters
from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.program import LIVE, Program, clock
from tests.bench.service import service
from tests.bench.stores import closing_store

COUNT = 10_000
FEW = 100

_LARGE = ("text", "html", "attachment")
_UNREAD = f"{COUNT // 3:,} unread"
_KEYS_APART = 0.03  # seconds
_KEYS = 20


def _many(bench: Bench) -> Iterator[Figure]:
    selected, marked, undone = list[float](), list[float](), list[float]()
    for _ in range(bench.rounds):
        with (
            service(COUNT) as serving,
            bench.stores.home(COUNT, serving.places) as home,
            bench.sacterm(home, serving.places) as program,
        ):
            program.paints(LIVE, _UNREAD)
            program.rests(1.0)
            selected.append(_until(program, "*", f"{COUNT:,} selected"))
            asked = _until(program, "m", "y does it")
            marked.append(asked + _until(program, "y", f"{COUNT:,} messages \x1b"))
            undone.append(_until(program, "u", _UNREAD))
    for step, took in (("select all", selected), ("mark read", marked), ("undo", undone)):
        yield Figure(step, f"{COUNT:,}", took, Goal(most=300))


def _until(program: Program, key: str, mark: str) -> float:
    """Milliseconds from a key to what it paints."""
    program.forget()
    at = program.type(key)
    return (program.paints(mark) - at) * 1000


def _large(bench: Bench) -> Iterator[Figure]:
    opened, answers = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for _ in range(bench.rounds):
        with bench.stores.home(FEW) as home:
            with closing_store(home) as store:
                asyncio.run(_add_large(store))
            with bench.sacterm(home) as program:
                program.paints(LIVE)
                program.rests(1.0)
                # the newest is an ordinary one; each key goes to one that was not read yet
                for number, kind in reversed(list(enumerate(_LARGE, start=FEW))):
                    program.forget()
                    at = program.type("j")
                    answers[kind] += _pressed_meanwhile(program)
                    opened[kind].append((program.paints(letters.opening(number)) - at) * 1000)
                    program.rests(1.0)
    for kind in _LARGE:
        yield Figure(f"2.5 MB of {kind} to its first screen", "", opened[kind], Goal(most=150))
    for kind in _LARGE:
        yield Figure("… keys meanwhile, to what they paint", kind, answers[kind], Goal(most=50))


def _pressed_meanwhile(program: Program) -> list[float]:
    """Milliseconds from keys that select all and nothing to the title that tells of it."""
    begun, took = clock(), list[float]()
    for number in range(_KEYS):
        program.goes_on(begun + number * _KEYS_APART)
        key, mark = ("\x18", "unread \x1b") if number % 2 else ("*", " selected")
        start, at = len(program.raw), program.type(key)
        took.append((program.paints(mark, start=start) - at) * 1000)
    return took


async def _add_large(store: Store) -> None:
    now = letters.utc_now() + timedelta(minutes=2)  # newer than all that is there
    mails: list[Message] = []
    for number in range(FEW, FEW + len(_LARGE) + 1):
        when = letters.received(number, FEW + len(_LARGE), now)
        mail = letters.message(number, when, letters.raw(number, when))
        if number < FEW + len(_LARGE):
            whole = letters.large(number, when, _LARGE[number - FEW])
            mail = replace(mail, raw=whole, size=len(whole))
        mails.append(mail)
    await store.upsert(mails, owned=True, pushed=True)


ROWS = (
    Row("select", "select all, mark read, undo", _many),
    Row("large", "opening a 2.5 MB message, and keys meanwhile", _large),
)
