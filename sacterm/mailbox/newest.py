"""What is found among the newest messages, long before all of it is.

The two letters that somebody has typed so far may begin thousands of words, and to merge what the
search index holds of each takes 50 ms at 100,000 messages. So the newest are indexed once more, by
themselves and in memory: they are what a screen shows. Runs in the thread that searches.
"""

from __future__ import annotations

import zlib
from array import array
from itertools import takewhile

import msgspec

from sacterm.mailbox.dictionaries import DICTIONARY_SQL
from sacterm.mailbox.opening import Connection, connect
from sacterm.mailbox.packing import unpack, unpack_document
from sacterm.mailbox.schema import SEARCHED, TOKENIZER

REACH = 120
"""How many messages are looked at: some screens full."""

_MOST = 300  # that are kept, of all views looked at
_LARGE = 30_000  # bytes of a packed message: to read it again takes too long


class Newest:
    """An index of few messages. It answers as the large one does."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}  # row, and what is indexed of it, packed
        self._index: Connection | None = None

    def among(self, db: Connection, rows: array[int], match: str) -> array[int]:
        """The first that fit.

        Args:
            db: where the messages are.
            rows: in the order of a list, at most :data:`REACH`.
            match: an expression of FTS5.
        """
        newest, index = self.take_in(db, rows)
        found = index.execute("SELECT rowid FROM newest WHERE newest MATCH ?", (match,))
        fit = {row for (row,) in found}
        return array("q", (row for row in newest if row in fit))

    def take_in(self, db: Connection, rows: array[int]) -> tuple[list[int], Connection]:
        """Index the first, up to one that is too large; they, and their index."""
        asked = rows.tolist()
        small = dict(
            db.execute(
                "SELECT row, document FROM bodies WHERE coalesce(length(raw), 0) < ?"
                " AND row IN (SELECT value FROM json_each(?))",
                (_LARGE, msgspec.json.encode(asked).decode()),
            ).fetchall()
        )
        newest = list(takewhile(small.__contains__, asked))
        has_changed = any(self._known.get(row, small[row]) != small[row] for row in newest)
        index = self._emptied() if has_changed or len(self._known) > _MOST else self._open()
        for place, row in enumerate(newest):
            if row not in self._known and not self._put(db, index, row):
                return newest[:place], index
        return newest, index

    def close(self) -> None:
        """Give back what the index takes."""
        if self._index is not None:
            self._index.close()

    def _put(self, db: Connection, index: Connection, row: int) -> bool:
        """Index one; False where it cannot be read, or has gone meanwhile."""
        for document, packed, dictionary in db.execute(
            f"SELECT document, raw, {DICTIONARY_SQL} FROM bodies WHERE row = ?", (row,)
        ):
            try:
                fields = unpack_document(document, packed and unpack(packed, dictionary))
            except (zlib.error, msgspec.DecodeError):  # whoever opens it is told
                return False
            index.execute(
                f"INSERT INTO newest (rowid, {SEARCHED}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (row, *fields),
            )
            self._known[row] = document
        return row in self._known

    def _open(self) -> Connection:
        if self._index is None:
            self._index = connect(":memory:", 0)
            self._index.execute(
                f"CREATE VIRTUAL TABLE newest USING fts5 ({SEARCHED}, content = '',"
                f" tokenize = '{TOKENIZER}')"
            )
        return self._index

    def _emptied(self) -> Connection:
        index = self._open()
        index.execute("INSERT INTO newest (newest) VALUES ('delete-all')")
        self._known.clear()
        return index
