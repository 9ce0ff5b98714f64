"""One SQLite file: opening, migrating, replacing what cannot be used, reading and writing.

What keeps it from being used is told in words for a person: a disk that is full, a file that is
locked, read-only or damaged.

Only this module imports :mod:`sqlite3`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sacterm.errors import StoreFailed
from sacterm.mailbox import schema

T = TypeVar("T")
Connection = sqlite3.Connection

_MOMENT = 0.3  # seconds that the event loop waits at most for whoever has the file locked
_PATIENCE = 2.0  # seconds that the threads for writing and searching wait
_COPIED = 200_000_000  # bytes of a file that are read into memory at most

_READ_FIRST = ("meta", "counts", "addresses", "domains", "watched", "searches")
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_OURS = (*_DAMAGE, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)  # no such table, or two
_ROOM = "make room on the disk: new mail waits until then"
_REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", _ROOM),
    sqlite3.SQLITE_IOERR: ("the disk is full or failing", _ROOM),
    sqlite3.SQLITE_BUSY: (
        "another program has locked the cache",
        "end that program: new mail waits until then",
    ),
    sqlite3.SQLITE_READONLY: (
        "the cache is read-only",
        "make it writable: new mail waits until then",
    ),
}
# UnicodeDecodeError: of what SQLite itself says of a schema that it cannot read
_NO_VALUE = (zlib.error, msgspec.DecodeError, UnicodeDecodeError)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _Unusable(Exception):
    """The file is no store of ours; the text says why."""


class Database:
    """Connections for reading on the caller's thread, and for writing and searching on their own.

    With a file, WAL keeps readers from ever waiting for the writer. In memory all are one
    connection behind a lock, so whoever writes should write little at a time.

    Attributes:
        notes: what opening had to do, one line each, for a person.
        in_memory: whether nothing is kept.
    """

    def __init__(self, path: Path | None, refused: StoreFailed | None = None) -> None:
        """Open or make the file; one that cannot be used is set aside and replaced.

        Args:
            path: the file; its folder exists. None: keep all in memory.
            refused: why the file cannot be used: it is left alone then, and all is kept in
                memory, beginning with what can be read of the file.

        Raises:
            StoreFailed: the file can be neither opened nor replaced.
        """
        self.notes: tuple[str, ...] = ()
        self.in_memory = path is None or refused is not None
        self._damage: Path | None = None  # a file that says: set the store aside at the next start
        self._path = None if self.in_memory else path
        self._thread = ThreadPoolExecutor(1, "store")
        self._search_thread = ThreadPoolExecutor(1, "search")
        self._searcher: Connection | None = None  # opened by the first search
        self._search: asyncio.Future[list[tuple[Any, ...]]] | None = None
        self._lock: AbstractContextManager[object] = contextlib.nullcontext()
        with _translated():
            if path is None or refused is not None:
                if refused is not None:
                    self.notes = (f"nothing is kept on this disk in this run: {refused}",)
                self._lock = threading.RLock()
                self._writer = self._reader = _open_in_memory(path)
                self._version = _version(self._writer)
                return
            self._writer, self.notes = _open_or_replace(path)
            self._damage = _damage_of(path)
            self._reader = _connect(str(path), _MOMENT)
            self._version = _version(self._writer)

    def query(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a short SELECT.

        Raises:
            StoreFailed: the file cannot be read.
        """
        with self._lock, _translated(self._damage):
            return self._reader.execute(sql, values).fetchall()

    def reading(self) -> AbstractContextManager[None]:
        """Within it, stored values that cannot be read as what they are count as damage."""
        return _translated(self._damage)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction on the writing thread, after those before it.

        Raises:
            StoreFailed: nothing was written.
        """

        def transact() -> T:
            with self._lock, _translated(self._damage), _transaction(self._writer):
                return work(self._writer)

        return await asyncio.get_running_loop().run_in_executor(self._thread, transact)

    async def changed_elsewhere(self) -> bool:
        """Whether another process changed the file since this was asked last.

        Raises:
            StoreFailed: the file cannot be read.
        """

        def look() -> bool:
            with _translated(self._damage):
                before, self._version = self._version, _version(self._writer)
            return self._version != before

        return await asyncio.get_running_loop().run_in_executor(self._thread, look)

    def turn(self, name: str) -> Turn:
        """A lock between the processes that use this file.

        Raises:
            StoreFailed: its file cannot be made.
        """
        path = self._path
        return Turn(None if path is None else path.with_name(f"{path.stem}.{name}"))

    async def search(self, sql: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """All rows of a SELECT that may take a while, read off the event loop.

        Only the newest search counts: an older one that still runs is cancelled and interrupted.

        Raises:
            asyncio.CancelledError: a newer search began, or the store was closed.
            StoreFailed: the file cannot be read.
        """
        self._end_search()
        if self._path is not None and self._searcher is None:
            with _translated():
                self._searcher = _connect(str(self._path), _PATIENCE)
                self._searcher.execute("PRAGMA query_only = ON")
        connection = self._searcher or self._reader

        def run() -> list[tuple[Any, ...]]:
            with self._lock, _translated(self._damage):
                return connection.execute(sql, values).fetchall()

        loop = asyncio.get_running_loop()
        self._search = loop.run_in_executor(self._search_thread, run)
        return await self._search

    def _end_search(self) -> None:
        # cancelled by whoever waited for it, a search may still run: so both, always; one that is
        # about to begin misses the interrupt, and its rows are dropped when it ends
        if self._search is not None:
            self._search.cancel()
        if self._searcher is not None:
            self._searcher.interrupt()

    async def close(self) -> None:
        """Finish the writes under way, then close."""
        self._end_search()
        loop = asyncio.get_running_loop()
        if self._searcher is not None:
            await loop.run_in_executor(self._search_thread, self._searcher.close)
        self._search_thread.shutdown()
        await loop.run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown()
        self._reader.close()


class Turn:
    """A lock between processes, in a file of its own. It ends with the process, however that ends.

    SQLite's own locks are used, because they are the same on every system.
    """

    def __init__(self, path: Path | None) -> None:
        """Set up.

        Args:
            path: the file; its folder exists. None: there is nobody else.

        Raises:
            StoreFailed: the file cannot be made.
        """
        self._db: Connection | None = None
        if path is not None:
            with _translated():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
                self._db = sqlite3.connect(path, timeout=0, isolation_level=None)

    def take(self) -> bool:
        """Have it alone; False where somebody else has it or shares it."""
        return self._begin("BEGIN EXCLUSIVE")

    def share(self) -> bool:
        """Have it together with others who share it; False where somebody has it alone."""
        # a lock is taken by reading, and held until the transaction ends
        return self._begin("BEGIN", "SELECT * FROM sqlite_master")

    def _begin(self, *statements: str) -> bool:
        if self._db is not None:
            try:
                for statement in statements:
                    self._db.execute(statement).fetchall()
            except sqlite3.OperationalError:
                self.give_back()
                return False
        return True

    def give_back(self) -> None:
        """Have it no longer."""
        if self._db is not None and self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Give it back and close the file."""
        if self._db is not None:
            self._db.close()


def _connect(name: str, patience: float) -> Connection:
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


def _version(db: Connection) -> int:
    """A number that others change by changing the file."""
    ((version,),) = db.execute("PRAGMA data_version").fetchall()
    return int(version)


def _open_or_replace(path: Path) -> tuple[Connection, tuple[str, ...]]:
    """The file, or a new one in its place, and what was done, for a person."""
    notes: tuple[str, ...] = ()
    if path.is_file() and not path.stat().st_size:
        notes = ("the cache was empty: it is filled anew",)
    try:
        return _open(path), notes
    except _Unusable as why:
        aside = _set_aside(path)
        note = f"the cache {why}: it was kept as {aside.name}, and a new one begun"
        return _open(path), (note,)


def _open(path: Path) -> Connection:
    if path.is_dir():
        raise _Unusable("was a folder")
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite's -wal and -shm follow its mode
    if _damage_of(path).exists():
        raise _Unusable("was damaged")
    db: Connection | None = None
    try:
        db = _connect(str(path), _MOMENT)
        db.execute("PRAGMA journal_mode = WAL")
        _migrate(db)
        _look_around(db)
        db.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}")
        for told in path.parent.glob(f"{path.stem}.*.damaged"):  # of files that were set aside
            told.unlink(missing_ok=True)
    except BaseException as error:
        if db is not None:
            db.close()
        # else locked, read-only, or no room on the disk: the file itself may be sound
        if _is_damage(error) or _code(error) in _NOT_OURS:
            raise _Unusable("was damaged or is not one of ours") from None
        raise
    return db


def _open_in_memory(path: Path | None) -> Connection:
    """A store in memory, with what can be read of a file."""
    db = _connect(":memory:", 0)
    try:
        if path is not None:
            _copy(path, db)
        _migrate(db)
        # what waits to be told is told by a run that can note that it was
        db.execute("DELETE FROM unsent")
        _look_around(db)
    except (sqlite3.Error, OSError, _Unusable):
        db.close()
        if path is None:
            raise
        return _open_in_memory(None)
    return db


def _copy(path: Path, db: Connection) -> None:
    if path.stat().st_size > _COPIED:
        raise _Unusable("is too large for the memory")
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        _copy_from(address, db)
    except sqlite3.OperationalError as error:
        if _code(error) == sqlite3.SQLITE_BUSY:
            raise
        # without the files that cannot be made beside it
        _copy_from(f"{address}&immutable=1", db)


def _copy_from(address: str, db: Connection) -> None:
    with contextlib.closing(_connect(address, _MOMENT)) as source:
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
    with _transaction(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > schema.VERSION:
            raise _Unusable(f"is of a newer sacterm (schema {version})")
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
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.{stamp}.set-aside")
    with contextlib.suppress(FileNotFoundError):
        path.with_name(path.name + "-wal").replace(aside.with_name(aside.name + "-wal"))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    path.replace(aside)
    return aside


def _damage_of(path: Path) -> Path:
    """What says of this very file, and of none that takes its place, that it is damaged."""
    return path.with_name(f"{path.stem}.{path.stat().st_ino}.damaged")


@contextlib.contextmanager
def _transaction(db: Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextlib.contextmanager
def _translated(damage: Path | None = None) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError, *_NO_VALUE, _Unusable) as error:
        if damage and _is_damage(error):
            with contextlib.suppress(OSError):
                damage.touch(mode=0o600)
        raise _failure(error) from error


def _failure(error: Exception) -> StoreFailed:
    """What happened, and what to do now."""
    if _is_damage(error):
        text = "the cache is damaged: a new one is begun at the next start"
        remedy = "start sacterm again"
    else:
        text, remedy = _REASONS.get(
            _code(error), (f"the cache cannot be used: {error}", StoreFailed.remedy)
        )
    failed = StoreFailed(text)
    failed.remedy = remedy
    return failed


def _is_damage(error: BaseException) -> bool:
    """Whether what was read is not what was written."""
    is_no_text = isinstance(error, sqlite3.OperationalError) and "decode" in str(error)
    return is_no_text or isinstance(error, _NO_VALUE) or _code(error) in _DAMAGE


def _code(error: BaseException) -> int:
    """SQLite's code for what happened, without its details."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return sqlite3.SQLITE_FULL
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
