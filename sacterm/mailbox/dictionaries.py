"""What a store has learned from its mail, to pack mail with. Runs in the store."""

from __future__ import annotations

from sacterm.mailbox.database import Database
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.packing import Packer, learn, name_of, unpack

DICTIONARY_SQL = "(SELECT words FROM dictionaries WHERE name = substr(raw, 3, 4))"
"""The dictionary that a packed ``raw`` names, NULL where it was not learned."""

_FIRST = 50  # messages: from so few on there is something to learn
_AGAIN = 10  # times as many as the last time
_SAMPLES = 200  # of the newest messages
_LARGE = 30_000  # bytes of a packed message: much of it is an attachment


class Dictionaries:
    """Learned once and again, and kept for as long as the store.

    Attributes:
        packer: of the newest dictionary.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._next = _FIRST
        self.packer = Packer()
        self._read()

    async def learn(self, total: int) -> None:
        """Learn what mail repeats, where there is much more of it than the last time.

        Args:
            total: how many messages there are.

        Raises:
            StoreFailed: nothing was kept.
        """
        if total < self._next:
            return
        self._next = _AGAIN * total

        def learn_and_keep(db: Connection) -> None:
            newest = db.execute(
                f"SELECT raw, {DICTIONARY_SQL} FROM"
                " (SELECT raw FROM bodies ORDER BY row DESC LIMIT ?)"
                " WHERE raw IS NOT NULL AND length(raw) < ?",
                (_SAMPLES, _LARGE),
            ).fetchall()
            words = learn(unpack(*packed) for packed in newest)
            db.execute(
                "INSERT OR IGNORE INTO dictionaries VALUES (?, ?, ?)",
                (name_of(words), words, total),
            )

        await self._db.write(learn_and_keep)
        self._read()

    def _read(self) -> None:
        found = self._db.query("SELECT words, at FROM dictionaries ORDER BY at DESC LIMIT 1")
        for words, at in found:
            self.packer, self._next = Packer(words), _AGAIN * at
