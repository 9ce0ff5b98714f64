"""Who is next, where several processes use one store."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sacterm.mailbox.disk import code_of, is_damage, translated


class Turn:
    """A lock between processes, in a file of its own. It ends with the process, however that ends.

    SQLite's own locks are used, because they are the same on every system.
    """

    def __init__(self, path: Path | None, patience: float = 0.0) -> None:
        """Set up.

        Args:
            path: the file; its folder exists. None: there is nobody else.
            patience: seconds to wait for whoever has it.

        Raises:
            StoreFailed: the file cannot be made.
        """
        self._path = path
        self._db: sqlite3.Connection | None = None
        if path is not None:
            with translated():
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
                self._db = sqlite3.connect(path, timeout=patience, isolation_level=None)

    def take(self) -> bool:
        """Have it; False where somebody else has it.

        Raises:
            StoreFailed: the file cannot be used.
        """
        if self._db is None:
            return True
        with translated():
            try:
                return self._begin(self._db)
            except sqlite3.DatabaseError as error:
                if self._path is None or not is_damage(error):
                    raise
                os.truncate(self._path, 0)  # there is nothing in it to lose
                return self._begin(self._db)

    def _begin(self, db: sqlite3.Connection) -> bool:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if code_of(error) == sqlite3.SQLITE_BUSY:
                return False
            raise
        return True

    def give_back(self) -> None:
        """Have it no longer."""
        if self._db is not None and self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Give it back and close the file."""
        if self._db is not None:
            self._db.close()
