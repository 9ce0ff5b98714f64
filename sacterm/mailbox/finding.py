"""The messages that fit a condition, in an order: all of them, as they were when looked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from itertools import compress
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from sacterm.mailbox.database import Database, version
from sacterm.mailbox.newest import REACH, Newest
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.records import ROW_SQL, row_of
from sacterm.mailbox.views import Counts, Row, View

if TYPE_CHECKING:
    from sacterm.mailbox.search import Query

_LISTINGS = 4  # that are kept
_LOOKED_AT = 2_000  # messages, the newest, for the first that a condition holds for
_FEW = 8  # hits that are not more than this part of a listing are looked up in it one by one

Column = Literal["received", "sender", "subject", "inbox", "size"]


class Order(Struct, frozen=True):
    """An order of messages. What is equal in it stands newest first.

    Attributes:
        column: by what; the sender is the name, or the address where there is none; the subject
            is that without ``Re:`` or ``Fwd:``. Case does not matter, in ASCII.
        descending: the greatest first.
        name: for a person.
    """

    column: Column
    descending: bool
    name: str


NEWEST = Order("received", True, "newest")
ORDERS = (
    NEWEST,
    Order("received", False, "oldest"),
    Order("sender", False, "sender"),
    Order("subject", False, "subject"),
    Order("inbox", False, "inbox"),
    Order("size", True, "largest"),
)

_COLUMN_SQL: Mapping[Column, str] = {
    "sender": "coalesce(nullif(json_extract(sender, '$[0][0]'), ''),"
    " json_extract(sender, '$[0][1]'), '') COLLATE NOCASE",
    "subject": "CASE WHEN subject LIKE 're:%' THEN ltrim(substr(subject, 4))"
    " WHEN subject LIKE 'fwd:%' THEN ltrim(substr(subject, 5))"
    " ELSE coalesce(subject, '') END COLLATE NOCASE",
    "inbox": "inbox",
    "size": "coalesce(size, -1)",
}


class Found(Struct, frozen=True, eq=False):
    """Which messages were found, in order; what is told of each is what it is now.

    It reads like the store, so that a list can show either: the views it is given do not matter.

    Attributes:
        rows: numbers of rows of the table ``messages``.
        unread: how many of them were unread.
        is_whole: it is all that there is, not the first of it.
    """

    rows: array[int]
    unread: int
    database: Database
    is_whole: bool = True

    def at_once(self) -> AbstractContextManager[None]:
        """Within it, as without, the same was found."""
        return nullcontext()

    def counts(self, view: View) -> Counts:
        """How many were found."""
        return Counts(len(self.rows), self.unread, self.is_whole)

    def page(self, view: View, offset: int, limit: int) -> list[Row]:
        """Lines ``offset`` to ``offset + limit``, without what has been deleted meanwhile."""
        found = self._select(ROW_SQL, self.rows[max(0, offset) : max(0, offset + limit)])
        with self.database.reading():
            return [row_of(values) for values in found]

    def row(self, id: str) -> Row | None:
        """The line of one message, found or not."""
        found = self.database.query(f"SELECT {ROW_SQL} FROM messages WHERE id = :id", id=id)
        with self.database.reading():
            return row_of(found[0]) if found else None

    def position(self, view: View, id: str, near: int = 0) -> int | None:
        """The line at which a message stands; None if it was not found."""
        known = self.database.query("SELECT row FROM messages WHERE id = :id", id=id)
        try:
            return self.rows.index(known[0][0])
        except (IndexError, ValueError):
            return None

    def ids(self, view: View, first: int, last: int) -> list[str]:
        """The messages at lines ``first`` to ``last``, both included."""
        return [id for (id,) in self._select("id", self.rows[max(0, first) : max(0, last + 1)])]

    def among(self, view: View, ids: Iterable[str]) -> set[str]:
        """Those of the messages that were found."""
        found = self.database.query(
            "SELECT id, row FROM messages WHERE id IN (SELECT value FROM json_each(:ids))",
            ids=msgspec.json.encode(list(ids)).decode(),
        )
        rows = set(self.rows)
        return {id_ for id_, row in found if row in rows}

    def _select(self, columns: str, rows: array[int]) -> list[list[Any]]:
        known = self.database.query(
            f"SELECT row, {columns} FROM messages"
            " WHERE row IN (SELECT value FROM json_each(:rows))",
            rows=msgspec.json.encode(rows.tolist()).decode(),
        )
        values = {row: values for row, *values in known}
        return [values[row] for row in rows if row in values]


async def find(
    database: Database, where: str, values: Mapping[str, object], order: Order = NEWEST
) -> Found:
    """Find all messages that fit a condition.

    Only the newest call counts: one that still runs is cancelled by the next.

    Args:
        database: where.
        where: SQL over the columns of ``messages``. What names the generated ones among them
            takes twice as long: SQLite then reads the table for each line of the index.
        values: of the names in ``where``.
        order: of the lines.

    Raises:
        asyncio.CancelledError: a newer call began.
        StoreFailed: the file cannot be read.
    """
    direction = "DESC" if order.descending else "ASC"
    if order.column == "received":
        by = f"received {direction}, row {direction}"
    else:
        by = f"{_COLUMN_SQL[order.column]} {direction}, received DESC, row DESC"
    # the index holds all that operators and views ask of a message, in the order of lists: a walk
    # along it takes half as long as the plans that SQLite makes by itself
    sql = (
        "SELECT json_group_array(row), total(unread) FROM ("
        "SELECT row, NOT coalesce(read_here, read, 0) AS unread"
        f" FROM messages INDEXED BY messages_found WHERE {where} ORDER BY {by})"
    )
    ((rows, unread),) = await database.search(lambda db: db.execute(sql, values).fetchall())
    return Found(array("q", msgspec.json.decode(rows)), int(unread), database)


class _Listing(Struct, frozen=True):
    """The messages of a view for which a condition holds, in the order of lists.

    Attributes:
        rows: their numbers.
        unread: of those that are unread.
        places: where each stands in ``rows``, by its number; -1 for those that do not.
    """

    rows: array[int]
    unread: frozenset[int]
    places: array[int]

    def among(self, hits: frozenset[int]) -> array[int]:
        """Those of them that are hits."""
        if len(hits) > len(self.rows) // _FEW:
            return array("q", compress(self.rows, map(hits.__contains__, self.rows)))
        known = (self.places[row] for row in hits if row < len(self.places))
        return array("q", (self.rows[place] for place in sorted(known) if place >= 0))


class Listed:
    """What was found in a view is kept until the file changes.

    Whoever types asks again with each key, and most of an answer is as it was.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1  # of the file, and so of the following
        self._listings: dict[tuple[object, ...], _Listing] = {}
        self._hits: tuple[str, frozenset[int]] = ("", frozenset())  # of the last words
        self._newest = Newest()

    async def find(self, view: View, where: str, query: Query) -> Found:
        """Find all messages of a view that fit a query, the newest first.

        As :func:`find` does, and quicker where something was found in the view before.

        Args:
            view: the view.
            where: SQL for what is in it; it may name ``:name``.
            query: what is searched for.

        Raises:
            asyncio.CancelledError: a newer search began.
            StoreFailed: the file cannot be read.
        """

        def look(db: Connection) -> Found:
            self._forget_what_changed(db)
            listing = self._listing(db, view, where, query)
            if not query.match:
                return Found(listing.rows, len(listing.unread), self._database)
            hits = self._matching(db, query.match)
            return Found(listing.among(hits), len(hits & listing.unread), self._database)

        return await self._database.search(look)

    async def find_first(self, view: View, where: str, query: Query, enough: int) -> Found | None:
        """The first of what :meth:`find` finds, at once; None where all of it is as quick.

        None as well where what is wanted is too rare among the newest to be told so soon.

        Args:
            view: the view.
            where: SQL for what is in it; it may name ``:name``.
            query: what is searched for.
            enough: how many are wanted at least.

        Raises:
            asyncio.CancelledError: a newer search began.
            StoreFailed: the file cannot be read.
        """

        def look(db: Connection) -> Found | None:
            self._forget_what_changed(db)
            listing = self._listings.get(_asked(view, query))
            few = 3 * enough  # to index more of them takes too long
            newest = listing.rows[:REACH] if listing else _newest(db, view, where, query, few)
            if query.match and not (listing and self._hits[0] == query.match):
                newest = self._newest.among(db, newest, query.match)
            elif listing:
                self._newest.take_in(db, newest)  # ready for words
                return None
            return Found(newest, 0, self._database, False) if len(newest) >= enough else None

        return await self._database.search(look)

    def close(self) -> None:
        """Nothing is looked for any longer."""
        self._newest.close()

    def _forget_what_changed(self, db: Connection) -> None:
        # this connection writes nothing, so whatever is written changes the number
        if (now := version(db)) != self._version or self._database.in_memory:
            self._version, self._hits = now, ("", frozenset())
            self._listings.clear()

    def _listing(self, db: Connection, view: View, where: str, query: Query) -> _Listing:
        known = _asked(view, query)
        if known not in self._listings:
            ((rows, unread),) = db.execute(
                "SELECT json_group_array(row), json_group_array(row) FILTER (WHERE unread) FROM ("
                "SELECT row, NOT coalesce(read_here, read, 0) AS unread"
                " FROM messages INDEXED BY messages_found"
                f" WHERE {where} AND ({query.besides}) ORDER BY received DESC, row DESC)",
                {**query.values, "name": view.name},
            )
            while len(self._listings) >= _LISTINGS:
                del self._listings[next(iter(self._listings))]
            listed = array("q", msgspec.json.decode(rows))
            places = array("q", [-1]) * (max(listed, default=-1) + 1)
            for place, row in enumerate(listed):
                places[row] = place
            unread = msgspec.json.decode(unread, type=frozenset[int])
            self._listings[known] = _Listing(listed, unread, places)
        return self._listings[known]

    def _matching(self, db: Connection, match: str) -> frozenset[int]:
        if self._hits[0] != match:
            ((found,),) = db.execute(
                "SELECT json_group_array(rowid) FROM search WHERE search MATCH ?", (match,)
            )
            self._hits = (match, msgspec.json.decode(found, type=frozenset[int]))
        return self._hits[1]


def _asked(view: View, query: Query) -> tuple[object, ...]:
    """What decides which messages words are looked for in."""
    values = ((name, value) for name, value in query.values.items() if name != "match")
    return view, query.besides, *values


def _newest(db: Connection, view: View, where: str, query: Query, most: int) -> array[int]:
    """The first of a listing, as far as they are among the newest of all mail."""
    found = db.execute(
        "SELECT row FROM (SELECT * FROM messages INDEXED BY messages_found"
        f" ORDER BY received DESC, row DESC LIMIT {_LOOKED_AT})"
        f" WHERE {where} AND ({query.besides}) ORDER BY received DESC, row DESC LIMIT :most",
        {**query.values, "name": view.name, "most": min(REACH, most)},
    )
    return array("q", (row for (row,) in found))
