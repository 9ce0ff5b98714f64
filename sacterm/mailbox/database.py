"""One SQLite file: opening, migrating, replacing what cannot be used, reading and writing.

Only this module imports :mod:`sqlite3`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sacterm.errors import StoreFailed
from sacterm.mailbox import schema

T = TypeVar("T")
Connection = sqlite3.Connection


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

    def __init__(self, path: Path | None) -> None:
        """Open or make the file; one that cannot be used is set aside and replaced.

        Args:
            path: the file; its folder exists. None: keep all in memory.

        Raises:
            StoreFailed: the file can be neither opened nor replaced.
        """
        self.notes: tuple[str, ...] = ()
        self.in_memory = path is None
        self._damage: Path | None = None  # a file that says: set the store aside at the next start
        self._path = path
        self._thread = ThreadPoolExecutor(1, "store")
        self._search_thread = ThreadPoolExecutor(1, "search")
        self._searcher: Connection | None = None  # opened by the first search
        self._search: asyncio.Future[list[tuple[Any, ...]]] | None = None
        self._lock: AbstractContextManager[object] = contextlib.nullcontext()
        with _translated():
            if path is None:
                self._lock = threading.RLock()
                self._writer = self._reader = _connect(":memory:")
                _migrate(self._writer)
                self._version = _version(self._writer)
                return
            self._damage = path.with_name(path.name + ".damaged")
            try:
                self._writer = _open(path)
                if self._damage.exists():
                    self._writer.close()
                    raise _Unusable("was damaged")
            except _Unusable as why:
                self._damage.unlink(missing_ok=True)
                aside = _set_aside(path)
                self.notes = (f"the cache {why}: it was kept as {aside.name}, and a new one begun",)
                self._writer = _open(path)
            self._reader = _connect(str(path))
            self._version = _version(self._writer)

    def query(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a short SELECT.

        Raises:
            StoreFailed: the file cannot be read.
        """
        with self._lock, _translated(self._damage):
            return self._reader.execute(sql, values).fetchall()

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
                self._searcher = _connect(str(self._path))
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


def _connect(name: str) -> Connection:
    # the library's own transactions are off: ours say where they begin
    db = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _version(db: Connection) -> int:
    """A number that others change by changing the file."""
    ((version,),) = db.execute("PRAGMA data_version").fetchall()
    return int(version)


def _open(path: Path) -> Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite's -wal and -shm follow its mode
    db: Connection | None = None
    try:
        db = _connect(str(path))
        db.execute("PRAGMA journal_mode = WAL")
        _migrate(db)
        db.execute("SELECT * FROM messages ORDER BY row DESC LIMIT 1").fetchone()
        db.execute("SELECT * FROM counts LIMIT 1").fetchone()
    except BaseException as error:
        if db is not None:
            db.close()
        if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
            raise  # locked, read-only, disk full: the file itself may be sound
        if isinstance(error, sqlite3.DatabaseError):
            raise _Unusable("was damaged or is not one of ours") from None
        raise
    return db


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
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.{stamp}.set-aside")
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return aside


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
    except (sqlite3.Error, OSError) as error:
        if damage and "malformed" in str(error):
            with contextlib.suppress(OSError):
                damage.touch(mode=0o600)
            raise StoreFailed(
                "the cache is damaged: a new one is begun at the next start"
            ) from error
        raise StoreFailed(f"the cache cannot be used: {error}") from error
