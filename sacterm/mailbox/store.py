"""The one truth: all that is known of an account's mail.

Reads are short and happen where they are asked for. Writes are coroutines; they run one after
the other, off the event loop. History and pushes meet in one :meth:`Store.put`, so whatever
arrives twice, late or out of order ends the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sacterm.errors import StoreFailed
from sacterm.mailbox.accounts import AccountTables
from sacterm.mailbox.changes import ChangeTables, is_removed
from sacterm.mailbox.database import Database
from sacterm.mailbox.dictionaries import DICTIONARY_SQL, Dictionaries
from sacterm.mailbox.finding import NEWEST, Found, Listed, Order, find
from sacterm.mailbox.ingest import Read, catch_up, keep_body, postpone, put, read
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.packing import Packer, unpack
from sacterm.mailbox.records import MESSAGE_SQL, ROW_SQL, message_of, row_of, storable
from sacterm.mailbox.turns import Turn
from sacterm.mailbox.views import ALL, HOUR, Arrived, Counts, Row, View, ViewKind
from sacterm.model import Message

if TYPE_CHECKING:
    from sacterm.mailbox.search import Query

_FEW = 20  # messages: read in one go, so that what arrives meanwhile does not wait for long
_VIEW_SQL = {
    ViewKind.ALL: "owned = 1 AND hidden = 0",
    ViewKind.STARRED: "coalesce(starred_here, starred, 0) AND hidden = 0",
    ViewKind.INBOX: "inbox = :name AND hidden = 0",
    ViewKind.DOMAIN: "owned AND domain = :name AND hidden = 0",
    ViewKind.FOLDER: "owned AND folder_now = :name AND hidden = 0",
    ViewKind.SEARCH: "owned = 1 AND hidden = 0",
}


class Store(AccountTables, ChangeTables):
    """The messages, addresses and ops of one account at one API base.

    Every method may raise :class:`~sacterm.errors.StoreFailed`.
    """

    def __init__(self, path: Path | None, refused: StoreFailed | None = None) -> None:
        """Open or make the store.

        Args:
            path: the file; its folder exists. None: keep all in memory.
            refused: why the file cannot be used: then all is kept in memory, beginning with what
                can be read of the file.
        """
        super().__init__()
        self._db = Database(path, refused)
        self._listed = Listed(self._db)
        self._batch = 10 if self._db.in_memory else 100
        self._dictionaries = Dictionaries(self._db)

    @property
    def notes(self) -> tuple[str, ...]:
        """What opening had to do, one line each, for a person."""
        return self._db.notes

    @property
    def keeps_nothing(self) -> bool:
        """Whether all of it ends with the program."""
        return self._db.in_memory

    async def close(self) -> None:
        """Finish the writes under way, then close the file."""
        await self._db.close()
        self._listed.close()

    async def changed_elsewhere(self) -> bool:
        """Whether another process changed the store since this was asked last."""
        return await self._db.changed_elsewhere()

    def turn(self, name: str) -> Turn:
        """A lock between the processes that use this store."""
        return self._db.turn(name)

    # messages

    def at_once(self) -> AbstractContextManager[None]:
        """Within it, what is read of views is of one moment, whatever arrives meanwhile."""
        return self._db.at_once()

    def counts(self, view: View) -> Counts:
        """How much there is in a view."""
        found = self._db.query(
            "SELECT total, unread FROM counts WHERE scope = :scope", scope=view.scope
        )
        return Counts(*found[0]) if found else Counts()

    def counts_of(self, views: Iterable[View]) -> dict[View, Counts]:
        """How much there is in each of several views."""
        asked = {view.scope: view for view in views}
        found = self._db.query(
            "SELECT scope, total, unread FROM counts"
            " WHERE scope IN (SELECT value FROM json_each(:scopes))",
            scopes=msgspec.json.encode(list(asked)).decode(),
        )
        known = {asked[scope]: Counts(total, unread) for scope, total, unread in found}
        return {view: known.get(view, Counts()) for view in asked.values()}

    def page(self, view: View, offset: int, limit: int) -> list[Row]:
        """Lines ``offset`` to ``offset + limit`` of a view, newest first."""
        total = self.counts(view).total
        limit = max(0, min(limit, total - offset))
        older = total - offset - limit
        # whichever end of the index is nearer
        order, skip = ("DESC", offset) if offset <= older else ("ASC", older)
        # the inner query steps over what is skipped in the index alone
        found = self._db.query(
            f"SELECT {ROW_SQL} FROM messages WHERE row IN ("
            f"SELECT row FROM messages WHERE {_VIEW_SQL[view.kind]}"
            f" ORDER BY received {order}, row {order} LIMIT :limit OFFSET :skip"
            ") ORDER BY received DESC, row DESC",
            name=view.name,
            limit=limit,
            skip=skip,
        )
        with self._db.reading():
            return [row_of(values) for values in found]

    def position(self, view: View, id: str, near: int = 0) -> int | None:
        """The line at which a message stands in a view, newest being 0; None if it is not in it.

        Args:
            view: the view.
            id: the message.
            near: where it stood last: says from which end to count.
        """
        where = _VIEW_SQL[view.kind]
        at = self._db.query(
            f"SELECT received, row FROM messages WHERE id = :id AND {where}",
            id=id,
            name=view.name,
        )
        if not at:
            return None
        total = self.counts(view).total
        from_top = near <= total // 2
        beyond = ">" if from_top else "<"
        # two counts: SQLite is twice as slow over (received, row) > (…, …)
        ((passed,),) = self._db.query(
            f"SELECT (SELECT count(*) FROM messages WHERE {where} AND received {beyond} :received)"
            f" + (SELECT count(*) FROM messages"
            f" WHERE {where} AND received = :received AND row {beyond} :row)",
            name=view.name,
            received=at[0][0],
            row=at[0][1],
        )
        return int(passed if from_top else total - 1 - passed)

    def row(self, id: str) -> Row | None:
        """The line of one message."""
        found = self._db.query(f"SELECT {ROW_SQL} FROM messages WHERE id = :id", id=id)
        with self._db.reading():
            return row_of(found[0]) if found else None

    def message(self, id: str) -> Message | None:
        """All that is known of one message but its raw, with the state as the service says it."""
        found = self._db.query(f"SELECT {MESSAGE_SQL} FROM messages WHERE id = :id", id=id)
        with self._db.reading():
            return message_of(found[0]) if found else None

    async def raw(self, id: str) -> bytes | None:
        """The whole message as sent, or None where it is not here (yet)."""
        found = self._db.query(
            f"SELECT raw, {DICTIONARY_SQL} FROM bodies JOIN messages USING (row) WHERE id = :id",
            id=id,
        )
        if not found or found[0][0] is None:
            return None
        with self._db.reading():
            return await asyncio.to_thread(unpack, *found[0])

    async def find(self, view: View, query: Query, order: Order = NEWEST) -> Found:
        """The messages of a view that fit a query, as they are now, in an order."""
        if order == NEWEST:
            return await self._listed.find(view, _VIEW_SQL[view.kind], query)
        where = f"{_VIEW_SQL[view.kind]} AND ({query.where})"
        return await find(self._db, where, {**query.values, "name": view.name}, order)

    async def find_first(self, view: View, query: Query, enough: int) -> Found | None:
        """The newest of what :meth:`find` finds, at once; see :meth:`Listed.find_first`."""
        return await self._listed.find_first(view, _VIEW_SQL[view.kind], query, enough)

    async def arrived(self, since: int, until: int) -> list[Arrived]:
        """How much of the account's mail came, hour by hour.

        Args:
            since: the first hour, counted from 1970, UTC.
            until: the hour after the last.
        """
        found = await self._db.ask(
            f"SELECT received / {HOUR}, inbox, count(*) FROM messages"
            f" WHERE {_VIEW_SQL[ViewKind.ALL]} AND received >= :since AND received < :until"
            " GROUP BY 1, 2",
            since=since * HOUR,
            until=until * HOUR,
        )
        return [Arrived(*values) for values in found]

    def ids(self, view: View, first: int, last: int) -> list[str]:
        """The messages at lines ``first`` to ``last`` of a view, newest first."""
        found = self._db.query(
            f"SELECT id FROM messages WHERE {_VIEW_SQL[view.kind]}"
            " ORDER BY received DESC, row DESC LIMIT :limit OFFSET :skip",
            name=view.name,
            limit=last + 1 - first,
            skip=first,
        )
        return [id_ for (id_,) in found]

    def rows(self, ids: Iterable[str]) -> list[Row]:
        """The lines of those of the messages that are known."""
        found = self._db.query(
            f"SELECT {ROW_SQL} FROM messages WHERE id IN (SELECT value FROM json_each(:ids))",
            ids=msgspec.json.encode([storable(id) for id in ids]).decode(),
        )
        with self._db.reading():
            return [row_of(values) for values in found]

    def among(self, view: View, ids: Iterable[str]) -> set[str]:
        """Those of the messages that are in a view."""
        wanted = msgspec.json.encode([storable(id) for id in ids]).decode()
        found = self._db.query(
            "SELECT id FROM messages WHERE id IN (SELECT value FROM json_each(:ids))"
            f" AND {_VIEW_SQL[view.kind]}",
            ids=wanted,
            name=view.name,
        )
        return {id_ for (id_,) in found}

    async def unread_among(
        self, ids: Iterable[str], where: str = "1", values: Mapping[str, object] | None = None
    ) -> dict[str, str]:
        """Those of the messages that are unread and fit a condition, each with its inbox.

        Args:
            ids: the messages.
            where: SQL over the columns of ``messages``.
            values: of the names in ``where``.
        """
        found = await self._db.ask(
            "SELECT id, inbox FROM messages WHERE id IN (SELECT value FROM json_each(:ids))"
            f" AND unread AND hidden = 0 AND ({where})",
            ids=msgspec.json.encode([storable(id) for id in ids]).decode(),
            **(values or {}),
        )
        return dict(found)

    def folders(self) -> tuple[str, ...]:
        """The folders that hold mail, by name."""
        found = self._db.query(
            "SELECT scope FROM counts WHERE scope GLOB 'folder:*' AND total > 0 ORDER BY scope"
        )
        return tuple(View.from_scope(scope).name for (scope,) in found)

    def unstarred(self, view: View) -> list[str]:
        """The messages of a view that have no star."""
        found = self._db.query(
            f"SELECT id FROM messages WHERE {_VIEW_SQL[view.kind]} AND NOT star", name=view.name
        )
        return [id_ for (id_,) in found]

    def without_raw(self, ids: Iterable[str]) -> list[str]:
        """Those of the messages whose whole is not here."""
        wanted = msgspec.json.encode([storable(id) for id in ids]).decode()
        found = self._db.query(
            "SELECT id FROM messages LEFT JOIN bodies USING (row)"
            " WHERE id IN (SELECT value FROM json_each(:ids)) AND raw IS NULL",
            ids=wanted,
        )
        return [id_ for (id_,) in found]

    def known(self, ids: Iterable[str]) -> bool:
        """Whether any of the messages is known."""
        wanted = msgspec.json.encode([storable(id) for id in ids]).decode()
        return bool(
            self._db.query(
                "SELECT 1 FROM messages WHERE id IN (SELECT value FROM json_each(:ids)) LIMIT 1",
                ids=wanted,
            )
        )

    async def upsert(
        self,
        messages: Iterable[Message],
        *,
        owned: bool,
        pushed: bool = False,
        as_of: int | None = None,
    ) -> frozenset[str]:
        """Take in what the service told of messages.

        Args:
            messages: what was told, oldest first.
            owned: they lie in inboxes of the account, not in a public one.
            pushed: they came by socket.
            as_of: the :meth:`mark` taken before a listing was asked for; what was changed here
                since then is newer than the listing.

        Returns:
            The ids that were not known before.
        """
        waiting = list(messages)
        new: set[str] = set()
        # newest first, so that a list filling up does not shift under its reader
        for end in range(len(waiting), 0, -self._batch):
            told = await self.read_ahead(waiting[max(0, end - self._batch) : end])
            new |= await self.put(told, owned=owned, pushed=pushed, as_of=as_of)
        return frozenset(new)

    async def read_ahead(
        self, messages: Sequence[Message], *, in_haste: bool = False
    ) -> list[Read]:
        """Read messages, for :meth:`put`.

        Args:
            messages: what was told of them.
            in_haste: what they say is read later, by :meth:`read_postponed`.
        """
        if not messages:
            return []
        take = partial(postpone if in_haste else read, packer=self._dictionaries.packer)
        return await asyncio.to_thread(lambda: [take(message) for message in messages])

    async def put(
        self, told: Sequence[Read], *, owned: bool, pushed: bool, as_of: int | None = None
    ) -> frozenset[str]:
        """Keep messages that were read: all of them or, where it fails, none.

        Args and what is returned are those of :meth:`upsert`.
        """
        new: set[str] = set()

        def put_all(db: Connection) -> None:
            for one in told:
                id_ = one.message.id
                if is_removed(db, id_):
                    continue  # listed before it was deleted
                changed_here = self._changed_here.get(id_, -1) > (as_of or 0)
                newer = as_of is not None and not changed_here
                if put(db, one, owned=owned, pushed=pushed, state_is_newer=newer):
                    new.add(id_)

        await self._db.write(put_all)
        if new:
            # the mail is kept: what is wrong with the disk is met, and told, by the next who writes
            with suppress(StoreFailed):
                await self._dictionaries.learn(self.counts(ALL).total)
        return frozenset(new)

    async def read_postponed(self) -> bool:
        """Read some of the mail that was stored without being read, the newest first.

        Returns:
            Whether there was any.
        """
        found = self._db.query(
            f"SELECT row, raw, {DICTIONARY_SQL}, {MESSAGE_SQL}"
            " FROM postponed JOIN bodies USING (row)"
            " JOIN messages USING (row) ORDER BY row DESC LIMIT :few",
            few=_FEW,
        )
        if not found:
            return False
        with self._db.reading():
            kept = {
                row: (message_of(values), packed, words) for row, packed, words, *values in found
            }
        told = await asyncio.to_thread(_read_kept, list(kept.values()), self._dictionaries.packer)

        def catch_up_all(db: Connection) -> None:
            for row, one in zip(kept, told, strict=True):
                catch_up(db, row, one)

        await self._db.write(catch_up_all)
        return True

    async def keep_raw(self, id: str, raw: bytes) -> None:
        """Keep the whole message, so that it is never fetched again."""
        message = self.message(id)
        if message is None:
            return
        whole = msgspec.structs.replace(message, raw=raw)
        told = await asyncio.to_thread(read, whole, self._dictionaries.packer)

        def keep(db: Connection) -> None:
            found = db.execute("SELECT row FROM messages WHERE id = ?", (id,)).fetchone()
            if found is not None:
                keep_body(db, found[0], told)

        await self._db.write(keep)


def _read_kept(kept: Sequence[tuple[Message, bytes, bytes | None]], packer: Packer) -> list[Read]:
    return [
        read(msgspec.structs.replace(message, raw=unpack(packed, words)), packer)
        for message, packed, words in kept
    ]
