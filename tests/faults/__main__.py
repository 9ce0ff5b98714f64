"""Tries the promises of delivery and ops, and prints a table: ``python -m tests.faults``."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.faults import chance, clocks, delivery, gone, ops, refusals, screens, sharing
from tests.faults.row import Broken, Row, Run, run

ROWS: tuple[Row, ...] = (
    *delivery.ROWS,
    *refusals.ROWS,
    *clocks.ROWS,
    *gone.ROWS,
    *ops.ROWS,
    *screens.ROWS,
    *sharing.ROWS,
    *chance.ROWS,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rows that are asked for; 1 where one of them fails."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := set(options.rows) - {row.name for row in ROWS}:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    rows = [row for row in ROWS if not options.rows or row.name in options.rows]
    if options.list:
        for row in rows:
            print(f"{row.name:<16} {row.tried} → {row.must}")
        return 0
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"seed {seed} · {options.minutes:g} minutes · {len(rows)} rows", flush=True)
    end = time.monotonic() + options.minutes * 60
    kept = [_try(row, seed, options.minutes / 10, end) for row in rows]
    failed = [row.name for row, good in zip(rows, kept, strict=True) if not good]
    print(f"NOT kept: {', '.join(failed)} (--seed {seed})" if failed else "all kept")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all of it (%(default)g)")
    parser.add_argument("--seed", type=int, help="for the chances of an earlier run")
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these")
    return parser


def _try(row: Row, seed: int, scale: float, end: float) -> bool:
    """Try one promise and print its line; whether it was kept."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        given = Run(seed=seed, scale=scale, end=end, home=Path(home))
        try:
            figure, verdict = run(_patiently(row, given)), "ok"
        except Exception as error:  # noqa: BLE001 - one row never takes the others with it
            verdict = "NOT"
            figure = str(error) if isinstance(error, Broken) else _report(error)
    took = time.monotonic() - begun
    print(f"\n{verdict:<3} {row.tried} ({row.name}, {took:.0f} s)")
    print(f"    must show: {row.must}\n    figure:    {figure}", flush=True)
    return verdict == "ok"


def _report(error: Exception) -> str:
    """What went wrong where, for whoever has to find it."""
    inner = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
    frames = traceback.extract_tb(inner.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-4:]]
    return f"{inner!r} at {' > '.join(places)}"


async def _patiently(row: Row, given: Run) -> str:
    task = asyncio.create_task(row.scenario(given))
    end = time.monotonic() + row.patience  # of the world's clock: that of the loop is hurried
    while time.monotonic() < end:
        if (await asyncio.wait([task], timeout=1.0))[0]:
            return task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    raise Broken(f"hung for {row.patience:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
