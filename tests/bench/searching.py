"""Searching as you type: from each key to its rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from sacterm.mailbox.search import parse
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.letters import serial, utc_now
from tests.bench.program import LIVE, Program, clock
from tests.bench.stores import closing_store

COUNT = 100_000

GOAL = Goal(most=30)
TYPED = ("invoice", f"{serial(COUNT // 3)[1:]}", "from:acme is:unread", "strangest newest")
_APART = 0.2  # seconds between two keys
_RUNS = 3


def _search(bench: Bench) -> Iterator[Figure]:
    painted: dict[str, list[float]] = {text: [] for text in TYPED}
    with bench.stores.home(COUNT) as home:
        for _ in range(bench.rounds):
            with bench.sacterm(home) as program:
                program.paints(LIVE)
                program.rests(1.0)
                for text in TYPED:
                    painted[text] += _typed(program, text)
        with closing_store(home) as store:
            shares = {text: asyncio.run(_share(store, text)) for text in TYPED}
    for text in TYPED:
        yield Figure(f"typing “{text}”, each key to its rows", f"{COUNT:,}", painted[text], GOAL)
    for text in TYPED:
        yield Figure(f"… all of “{text}” in the store alone", f"{COUNT:,}", shares[text])


def _typed(program: Program, text: str) -> list[float]:
    """Milliseconds from each key to the title that tells of its rows, or of later ones."""
    program.type("/")
    program.rests()
    program.forget()
    begun, sent = clock(), list[tuple[str, float]]()
    for number, key in enumerate(text, start=1):
        at = program.type(key)
        if key != " ":  # which asks for nothing else
            sent.append((f"“{text[:number]}”", at))
        program.goes_on(begun + number * _APART)
    shown = program.paints(sent[-1][0])
    took = []
    for title, at in reversed(sent):
        shown = min(shown, program.when(title) or shown)
        took.append((shown - at) * 1000)
    program.type("\x1b")
    program.rests()
    return took


async def _share(store: Store, text: str) -> list[float]:
    took = []
    for _ in range(_RUNS):
        for end in range(1, len(text) + 1):
            begun = time.perf_counter()
            found = await store.find(ALL, parse(text[:end], now=utc_now()))
            found.counts(ALL)
            found.page(ALL, 0, 150)
            took.append((time.perf_counter() - begun) * 1000)
    return took


ROWS = (Row("search", "searching as you type: rows painted, and the store alone", _search),)
