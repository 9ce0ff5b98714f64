"""Moves what was written from SQLite's log into the file, beside whoever writes and reads.

SQLite does it by itself at the end of a write, which then takes as long as fifty others.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sacterm.errors import StoreFailed
from sacterm.mailbox.disk import translated
from sacterm.mailbox.opening import Connection, connect

_MANY = 1_000  # changed rows: of about a hundred mails

LOG = "PRAGMA wal_autocheckpoint = 20000"
"""For the connection that writes: pages from which it does so itself after all, about 160 MB."""


class Checkpoints:
    """Made and closed with the connection that writes, and told what that wrote."""

    def __init__(self, path: Path, damage: Path | None) -> None:
        """Set up.

        Args:
            path: the file.
            damage: a file to make where the former is damaged.
        """
        self._path = path
        self._damage = damage
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._db: Connection | None = None
        self._seen = 0
        self._is_moving = False

    def written(self, changes: int) -> None:
        """Move what was written, where it is much.

        Args:
            changes: rows that were changed by the connection so far.
        """
        if changes - self._seen >= _MANY and not self._is_moving:
            self._seen, self._is_moving = changes, True
            self._thread.submit(self._move)

    def close(self) -> None:
        """End. What was not moved is moved by the last connection that closes."""
        if self._seen:
            self._thread.submit(self._end)
        self._thread.shutdown()

    def _move(self) -> None:
        # what is wrong with the disk is met, and told, by the next who writes
        with contextlib.suppress(StoreFailed), translated(self._damage):
            self._db = self._db or connect(str(self._path), 0)
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._is_moving = False

    def _end(self) -> None:
        if self._db is not None:
            self._db.close()
