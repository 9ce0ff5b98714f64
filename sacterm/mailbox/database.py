"""One SQLite file, read and written: each from the thread that it has for that."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from sacterm.errors import StoreFailed
from sacterm.mailbox.checkpoint import LOG, Checkpoints
from sacterm.mailbox.disk import translated
from sacterm.mailbox.opening import (
    MOMENT,
    PATIENCE,
    Connection,
    connect,
    damage_of,
    open_in_memory,
    open_or_replace,
    transaction,
)
from sacterm.mailbox.turns import Turn

T = TypeVar("T")


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
        self._searcher: Connection | None = None
        self._checkpoints: Checkpoints | None = None
        self._search: asyncio.Future[Any] | None = None
        self._lock: AbstractContextManager[object] = contextlib.nullcontext()
        with translated():
            if path is None or refused is not None:
                if refused is not None:
                    self.notes = (f"nothing is kept on this disk in this run: {refused}",)
                self._lock = threading.RLock()
                self._writer = self._reader = open_in_memory(path)
                self._version = version(self._writer)
                return
            self._writer, self.notes = open_or_replace(path)
            self._damage = damage_of(path)
            self._writer.execute(LOG)
            self._checkpoints = Checkpoints(path, self._damage)
            self._reader = connect(str(path), MOMENT)
            # now: later there may be another file of that name
            self._searcher = connect(str(path), PATIENCE)
            self._searcher.execute("PRAGMA query_only = ON")
            self._inode = path.stat().st_ino
            self._version = version(self._writer)

    def query(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a short SELECT.

        Raises:
            StoreFailed: the file cannot be read.
        """
        with self._lock, translated(self._damage):
            return self._reader.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Within it, all that :meth:`query` reads is of one moment, whatever is written meanwhile.

        Raises:
            StoreFailed: the file cannot be read.
        """
        with self._lock:
            if self.in_memory or self._reader.in_transaction:
                yield  # in memory the lock is enough: nobody writes now
                return
            with translated(self._damage):
                self._reader.execute("BEGIN")
            try:
                yield
            finally:
                with translated(self._damage):
                    self._reader.rollback()  # which does nothing where damage has ended it

    def reading(self) -> AbstractContextManager[None]:
        """Within it, stored values that cannot be read as what they are count as damage."""
        return translated(self._damage)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction on the writing thread, after those before it.

        Raises:
            StoreFailed: nothing was written.
        """

        def transact() -> T:
            with self._lock, translated(self._damage):
                with transaction(self._writer):
                    result = work(self._writer)
                if self._checkpoints is not None:
                    self._checkpoints.written(self._writer.total_changes)
            return result

        return await asyncio.get_running_loop().run_in_executor(self._thread, transact)

    async def ask(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a SELECT that is too long for the event loop, after the writes before it.

        Raises:
            StoreFailed: the file cannot be read.
        """

        def read() -> list[tuple[Any, ...]]:
            with self._lock, translated(self._damage):
                return self._writer.execute(sql, values).fetchall()

        return await asyncio.get_running_loop().run_in_executor(self._thread, read)

    async def changed_elsewhere(self) -> bool:
        """Whether another process changed the file since this was asked last.

        Raises:
            StoreFailed: the file cannot be read.
        """

        def look() -> bool:
            if self._path and not self._is_there(self._path):
                failed = StoreFailed("the cache was replaced while sacterm was running")
                failed.remedy = "start sacterm again"
                raise failed
            with translated(self._damage):
                before, self._version = self._version, version(self._writer)
            return self._version != before

        return await asyncio.get_running_loop().run_in_executor(self._thread, look)

    def _is_there(self, path: Path) -> bool:
        try:
            return path.stat().st_ino == self._inode
        except OSError:
            return False

    def turn(self, name: str) -> Turn:
        """A lock between the processes that use this file.

        Raises:
            StoreFailed: its file cannot be made.
        """
        path = self._path
        return Turn(None if path is None else path.with_name(f"{path.stem}.{name}"))

    async def search(self, look: Callable[[Connection], T]) -> T:
        """Look for something that may take a while, off the event loop.

        Only the newest search counts: an older one that still runs is cancelled and interrupted.

        Raises:
            asyncio.CancelledError: a newer search began, or the store was closed.
            StoreFailed: the file cannot be read.
        """
        self._end_search()
        connection = self._searcher or self._reader

        def run() -> T:
            with self._lock, translated(self._damage):
                return look(connection)

        loop = asyncio.get_running_loop()
        self._search = search = loop.run_in_executor(self._search_thread, run)
        return await search

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
        if self._checkpoints is not None:
            await loop.run_in_executor(self._thread, self._checkpoints.close)
        await loop.run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown()
        self._reader.close()


def version(db: Connection) -> int:
    """A number that others change by changing the file."""
    ((version,),) = db.execute("PRAGMA data_version").fetchall()
    return int(version)
