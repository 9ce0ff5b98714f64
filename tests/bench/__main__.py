"""Measures what users feel, and prints a table: ``python -m tests.bench``."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sacterm.mailbox.search import parse
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, STARRED, View
from tests.bench.hostile import hostile_rows
from tests.e2e.people import send
from tests.e2e.terminal import Terminal
from tests.unit.fakes import mail

Row = tuple[str, list[float], str]  # what, milliseconds, what to reach

MESSAGES = 100_000


def timed(work: Callable[[], object], runs: int) -> list[float]:
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


async def store_rows(folder: Path) -> list[Row]:
    store = Store(folder / "bench.db")
    for start in range(0, MESSAGES, 1000):
        batch = [
            mail(n, f"a{n % 40}@mailsac.com", starred=n % 50 == 0, read=n % 3 != 0)
            for n in range(start, start + 1000)
        ]
        await store.upsert(batch, owned=True, as_of=store.mark())
    one = View.inbox("a3@mailsac.com")
    questions: dict[str, Callable[[], object]] = {
        "counts of a view": lambda: store.counts(ALL),
        "50 rows, newest": lambda: store.page(ALL, 0, 50),
        "50 rows, 10,000 deep": lambda: store.page(ALL, 10_000, 50),
        "50 rows, oldest": lambda: store.page(ALL, MESSAGES - 50, 50),
        "50 rows, in the very middle": lambda: store.page(ALL, MESSAGES // 2, 50),
        "50 rows of one inbox": lambda: store.page(one, 500, 50),
        "50 starred": lambda: store.page(STARRED, 0, 50),
        "place of a message near the top": lambda: store.position(ALL, f"m{MESSAGES - 50}"),
        "place of a message in the very middle": lambda: store.position(
            ALL, f"m{MESSAGES // 2}", MESSAGES // 2
        ),
    }
    rows = [(what, timed(ask, 200), "2 ms") for what, ask in questions.items()]
    for text in ("s", "su", "subject", "subject 77", "from:acme is:unread", "-subject or newer:1h"):
        took = []
        for _ in range(20):
            begun = time.perf_counter()
            found = await store.find(ALL, parse(text, now=datetime.now(UTC)))
            found.page(ALL, 0, 50)
            took.append((time.perf_counter() - begun) * 1000)
        rows.append((f"rows of a search for {text}", took, "30 ms"))
    await store.close()
    return rows


def arrivals(home: Path) -> Iterator[float]:
    """Milliseconds from the end of DATA to the subject on the screen."""
    environ = dict(os.environ, HOME=str(home), TERM="xterm-256color", COLORTERM="truecolor")
    command = [sys.executable, "-m", "sacterm", "demo", "--quiet"]
    with Terminal(command, environ, size=(120, 40)) as terminal:
        terminal.sees("5 of 5 confirmed", "smtp ", "195 messages", limit=30)
        host, _, port = terminal.text.partition("smtp ")[2].split()[0].partition(":")
        for number in range(20):
            send(host, int(port), 700_000 + number, "signup@mailsac.com")
            yield terminal.sees(f"Mail {700_000 + number}", limit=5) * 1000
        terminal.press("q")
        terminal.ends()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(store_rows(Path(folder)))
        rows.append(("mail sent to subject on the screen", list(arrivals(Path(folder))), "500 ms"))
    rows += asyncio.run(hostile_rows())
    print(f"{'what':<40} {'n':>4} {'p50':>9} {'p99':>9}   to reach")
    for what, taken, goal in rows:
        high = sorted(taken)[round(0.99 * (len(taken) - 1))]
        middle = statistics.median(taken)
        print(f"{what:<40} {len(taken):>4} {middle:>6.2f} ms {high:>6.2f} ms   {goal}")


if __name__ == "__main__":
    main()
