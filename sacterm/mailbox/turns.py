"""Who is next, where several processes use one store."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sacterm.mailbox.disk import translated


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
        self._db: sqlite3.Connection | None = None
        if path is not None:
            with translated():
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
