"""A look at a store from outside: nothing in it is changed, set aside or waited for."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from msgspec import Struct

from sacterm.mailbox import schema

SQLITE = sqlite3.sqlite_version
_LONGEST = 1.0  # seconds that the check may take
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock: some milliseconds


class Glance(Struct, frozen=True):
    """What a store looks like.

    Attributes:
        size: bytes, with what waits in its log.
        messages: how many it holds; None where that cannot be read.
        trouble: why it cannot be used, in a few words; or "".
    """

    size: int
    messages: int | None = None
    trouble: str = ""


def glance(path: Path) -> Glance:
    """Look at a store that exists: whether it opens, is ours, and has no damage near at hand.

    The check of its pages ends after a second, whatever it has seen by then. Raises nothing.
    """
    log = _size(path.with_name(path.name + "-wal"))
    size = _size(path) + log
    # without a log nobody writes: as immutable it is read without leaving a log of our own
    way = f"{path.absolute().as_uri()}?mode=ro&immutable={int(not log)}"
    try:
        with contextlib.closing(sqlite3.connect(way, uri=True, timeout=_LONGEST)) as db:
            ((version,),) = db.execute("PRAGMA user_version")
            if not version:
                return Glance(size, 0)
            if version > schema.VERSION:
                return Glance(size, trouble=f"is of a newer sacterm (schema {version})")
            ((messages,),) = db.execute("SELECT count(*) FROM messages")
            return Glance(size, messages, _check(db))
    except sqlite3.OperationalError as error:
        return Glance(size, trouble=f"cannot be read ({error.sqlite_errorname})")
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # which a broken schema makes of its error
        return Glance(size, trouble="is damaged or not one of ours")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _check(db: sqlite3.Connection) -> str:
    end = time.monotonic() + _LONGEST
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        return "" if db.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)] else "is damaged"
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return ""
