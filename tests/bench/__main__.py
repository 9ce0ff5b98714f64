"""Measures what users feel, and prints a table: ``python -m tests.bench``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import arriving, changing, hostile, pressing, resting, searching, starting, storing
from tests.bench.figures import HEAD, Bench, Row
from tests.bench.service import service
from tests.bench.stores import Stores

ROWS: tuple[Row, ...] = (
    *starting.ROWS,
    *pressing.ROWS,
    *arriving.ROWS,
    *searching.ROWS,
    *changing.ROWS,
    *resting.ROWS,
    *storing.ROWS,
    *hostile.ROWS,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the rows that are asked for, and print a line as soon as it is known."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := set(options.rows) - {row.name for row in ROWS}:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    rows = [row for row in ROWS if not options.rows or row.name in options.rows]
    if options.list:
        for row in rows:
            print(f"{row.name:<10} {row.told}")
        return
    for folder in filter(None, (options.stores, options.profiles)):
        folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = options.stores or Path(stack.enter_context(TemporaryDirectory()))
        places = stack.enter_context(service()).places
        bench = Bench(
            Stores(folder, places), places, options.rounds, options.idle, options.profiles
        )
        print(HEAD, flush=True)
        for row in rows:
            print(f"{row.told} …", end="", file=sys.stderr, flush=True)
            for number, figure in enumerate(row.measure(bench)):
                print("\r\x1b[K" if not number else "", end="", file=sys.stderr, flush=True)
                print(figure.line(), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often programs are started (%(default)s)"
    )
    parser.add_argument(
        "--idle",
        type=float,
        default=2.0,
        metavar="MINUTES",
        help="how long the idle program is watched (%(default)g)",
    )
    parser.add_argument(
        "--stores",
        type=Path,
        metavar="FOLDER",
        help="keep the stores there for the next run: to make them takes minutes",
    )
    parser.add_argument(
        "--profiles", type=Path, metavar="FOLDER", help="run sacterm under cProfile, and keep that"
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these")
    return parser


if __name__ == "__main__":
    main()
