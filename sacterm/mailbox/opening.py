"""Opening the store's file: made, brought up to date, or set aside where it cannot be used."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sacterm.mailbox import schema
from sacterm.mailbox.disk import NOT_OURS, Unusable, code_of, is_damage
from sacterm.mailbox.turns import Turn

Connection = sqlite3.Connection

MOMENT = 0.3  # seconds that the event loop waits at most for whoever has the file locked
PATIENCE = 2.0  # seconds that the threads for writing and searching wait
_COPIED = 200_000_000  # bytes of a file that are read into memory at most
_READ_FIRST = ("meta", "counts", "addresses", "domains", "watched", "searches")


def connect(name: str, patience: float) -> Connection:
    """A connection to a file or URI that waits so many seconds for whoever has it locked."""
    # the library's own transactions are off: ours say where they begin
    db = sqlite3.connect(
        name,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        uri=name.startswith("file:"),
    )
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def open_or_replace(path: Path) -> tuple[Connection, tuple[str, ...]]:
    """The file, or a new one in its place, and what was done, for a person."""
    notes: tuple[str, ...] = ()
    if path.is_file() and not path.stat().st_size:
        notes = ("the cache was empty: it is filled anew",)
    with contextlib.suppress(Unusable):
        return _open(path), notes
    turn = Turn(path.with_name(f"{path.stem}.opening"), PATIENCE)
    turn.take()
    try:
        return _open(path), notes  # another start may have replaced it meanwhile
    except Unusable as why:
        aside = _set_aside(path)
        note = f"the cache {why}: it was kept as {aside.name}, and a new one begun"
        return _open(path), (note,)
    finally:
        turn.close()


def _open(path: Path) -> Connection:
    if path.is_dir():
        raise Unusable("was a folder")
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite's -wal and -shm follow its mode
    if damage_of(path).exists():
        raise Unusable("was damaged")
    db: Connection | None = None
    try:
        db = connect(str(path), MOMENT)
        db.execute("PRAGMA page_size = 8192")  # of a new file: two bodies of 2 kB leave no gap
        db.execute("PRAGMA journal_mode = WAL")
        _migrate(db)
        _look_around(db)
        db.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        for told in path.parent.glob(f"{path.stem}.*.damaged"):  # of files that were set aside
            told.unlink(missing_ok=True)
    except BaseException as error:
        if db is not None:
            db.close()
        # else locked, read-only, or no room on the disk: the file itself may be sound
        if is_damage(error) or code_of(error) in NOT_OURS:
            raise Unusable("was damaged or is not one of ours") from None
        raise
    return db


def open_in_memory(path: Path | None) -> Connection:
    """A store in memory, with what can be read of a file."""
    db = connect(":memory:", 0)
    try:
        if path is not None:
            _copy(path, db)
        _migrate(db)
        # what waits to be told is told by a run that can note that it was
        db.execute("DELETE FROM unsent")
        _look_around(db)
    except (sqlite3.Error, OSError, Unusable):
        db.close()
        if path is None:
            raise
        return open_in_memory(None)
    return db


def _copy(path: Path, db: Connection) -> None:
    if path.stat().st_size > _COPIED:
        raise Unusable("is too large for the memory")
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        _copy_from(address, db)
    except sqlite3.OperationalError as error:
        if code_of(error) == sqlite3.SQLITE_BUSY:
            raise
        # without the files that cannot be made beside it
        _copy_from(f"{address}&immutable=1", db)


def _copy_from(address: str, db: Connection) -> None:
    with contextlib.closing(connect(address, MOMENT)) as source:
        # locked for reading first: for that, backup() would wait without end
        source.execute("BEGIN")
        source.execute("SELECT * FROM sqlite_master").fetchone()
        source.backup(db)


def _look_around(db: Connection) -> None:
    """Read what a screen reads first, to meet damage in it before there is a screen."""
    for table in _READ_FIRST:
        db.execute(f"SELECT * FROM {table} LIMIT 1000").fetchall()
    db.execute(
        "SELECT * FROM messages WHERE owned = 1 AND hidden = 0 ORDER BY received DESC LIMIT 100"
    ).fetchall()


def _migrate(db: Connection) -> None:
    # a current file needs no write, and so no waiting for whoever writes to it
    if db.execute("PRAGMA user_version").fetchone() == (schema.VERSION,):
        return
    with transaction(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > schema.VERSION:
            raise Unusable(f"is of a newer sacterm (schema {version})")
        for step in schema.MIGRATIONS[version:]:
            for statement in _statements(step):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {schema.VERSION}")


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit the transaction that makes a migration whole or nothing
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _set_aside(path: Path) -> Path:
    """Give the file another name; its log goes first, so that none is left to the next file."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.stem}.{stamp}.set-aside")
    with contextlib.suppress(FileNotFoundError):
        path.with_name(path.name + "-wal").replace(aside.with_name(aside.name + "-wal"))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    path.replace(aside)
    return aside


def damage_of(path: Path) -> Path:
    """What says of this very file, and of none that takes its place, that it is damaged."""
    return path.with_name(f"{path.stem}.{path.stat().st_ino}.damaged")


@contextlib.contextmanager
def transaction(db: Connection) -> Iterator[None]:
    """Within it, all that is written is written at its end, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
