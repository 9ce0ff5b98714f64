"""What the store answers, and what it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, STARRED, View
from tests.bench.figures import Bench, Figure, Goal, Row
from tests.bench.letters import ADDRESSES, message_id
from tests.bench.stores import closing_store

COUNT = 100_000
_RUNS = 200


def _questions(store: Store) -> dict[str, Callable[[], object]]:
    one, middle = View.inbox(ADDRESSES[3]), COUNT // 2
    return {
        "counts of a view": partial(store.counts, ALL),
        "50 rows, newest": partial(store.page, ALL, 0, 50),
        "50 rows, 10,000 deep": partial(store.page, ALL, 10_000, 50),
        "50 rows, oldest": partial(store.page, ALL, COUNT - 50, 50),
        "50 rows, in the very middle": partial(store.page, ALL, middle, 50),
        "50 rows of one inbox": partial(store.page, one, 500, 50),
        "50 starred": partial(store.page, STARRED, 0, 50),
        "place of a message near the top": partial(store.position, ALL, message_id(COUNT - 50)),
        "place of one in the very middle": partial(store.position, ALL, message_id(middle), middle),
    }


def _store(bench: Bench) -> Iterator[Figure]:
    with bench.stores.home(COUNT) as home, closing_store(home) as store:
        for what, ask in _questions(store).items():
            took = []
            for _ in range(_RUNS):
                begun = time.perf_counter()
                ask()
                took.append((time.perf_counter() - begun) * 1000)
            yield Figure(f"store: {what}", f"{COUNT:,}", took, Goal(p50=2))


def _disk(bench: Bench) -> Iterator[Figure]:
    mib = 2**20
    yield Figure(
        "disk, against each mail compressed alone",
        f"{COUNT:,}",
        [bench.stores.size(COUNT) / mib],
        Goal(ratio=1.5),
        unit="MiB",
        base=[bench.stores.told(COUNT).packed / mib],
    )


ROWS = (
    Row("disk", "the cache of 100,000 mails of 5 kB", _disk),
    Row("store", "what the store answers", _store),
)
