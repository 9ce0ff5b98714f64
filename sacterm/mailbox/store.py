"""The one truth: all that is known of an account's mail.

Reads are short and happen where they are asked for. Writes are coroutines; they run one after
the other, off the event loop. History and pushes meet in one :meth:`Store.upsert`, so whatever
arrives twice, late or out of order ends the same.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from sacterm.mailbox.database import Connection, Database
from sacterm.mailbox.ingest import Read, keep_body, put, read, unindex
from sacterm.mailbox.records import (
    MESSAGE_SQL,
    ROW_SQL,
    message_of,
    milliseconds,
    record_text,
    row_of,
    storable,
)
from sacterm.mailbox.views import Counts, Row, View, ViewKind
from sacterm.model import Account, Address, Domain, Message

_VIEW_SQL = {
    ViewKind.ALL: "owned = 1",
    ViewKind.STARRED: "coalesce(starred_here, starred, 0)",
    ViewKind.INBOX: "inbox = :name",
    ViewKind.DOMAIN: "owned AND domain = :name",
}
Overlaid = Literal["read", "starred"]


class Watched(msgspec.Struct, frozen=True):
    """A public inbox that is looked at without owning it.

    Attributes:
        email: the address.
        listed: when it was last asked for at the service, ms since 1970; None: never.
    """

    email: str
    listed: int | None


class Store:
    """The messages, addresses and ops of one account at one API base.

    Every method may raise :class:`~sacterm.errors.StoreFailed`.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or make the store.

        Args:
            path: the file; its folder exists. None: keep all in memory.
        """
        self._db = Database(path)
        self._batch = 10 if self._db.in_memory else 100
        self._change = 0
        self._changed_here: dict[str, int] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What opening had to do, one line each, for a person."""
        return self._db.notes

    async def close(self) -> None:
        """Finish the writes under way, then close the file."""
        await self._db.close()

    # messages

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
        return row_of(found[0]) if found else None

    def message(self, id: str) -> Message | None:
        """All that is known of one message but its raw, with the state as the service says it."""
        found = self._db.query(f"SELECT {MESSAGE_SQL} FROM messages WHERE id = :id", id=id)
        return message_of(found[0]) if found else None

    async def raw(self, id: str) -> bytes | None:
        """The whole message as sent, or None where it is not here (yet)."""
        found = self._db.query(
            "SELECT raw FROM bodies JOIN messages USING (row) WHERE id = :id", id=id
        )
        if not found or found[0][0] is None:
            return None
        return await asyncio.to_thread(zlib.decompress, found[0][0])

    def search(self, words: Sequence[str], limit: int = 100) -> list[Row]:
        """Messages that hold all the words, newest first; the last may be the beginning of one.

        Words are looked for in sender, recipients, subject, text and attachment names.
        """
        terms = ['"' + word.replace('"', '""') + '"' for word in words if word.strip()]
        if not terms:
            return []
        found = self._db.query(
            f"SELECT {ROW_SQL} FROM messages WHERE row IN ("
            "SELECT rowid FROM search WHERE search MATCH :terms ORDER BY rowid DESC LIMIT :limit"
            ") ORDER BY received DESC, row DESC",
            terms=" ".join(terms) + "*",
            limit=limit,
        )
        return [row_of(values) for values in found]

    def known(self, ids: Iterable[str]) -> bool:
        """Whether any of the messages is known."""
        wanted = msgspec.json.encode([storable(id) for id in ids]).decode()
        return bool(
            self._db.query(
                "SELECT 1 FROM messages WHERE id IN (SELECT value FROM json_each(:ids)) LIMIT 1",
                ids=wanted,
            )
        )

    def mark(self) -> int:
        """A point in time to give to :meth:`upsert`: take it before asking the service."""
        return self._change

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

        def put_all(db: Connection, batch: Sequence[Read]) -> None:
            for told in batch:
                id_ = told.message.id
                changed_here = self._changed_here.get(id_, -1) > (as_of or 0)
                newer = as_of is not None and not changed_here
                if put(db, told, owned=owned, pushed=pushed, state_is_newer=newer):
                    new.add(id_)

        # newest first, so that a list filling up does not shift under its reader
        for end in range(len(waiting), 0, -self._batch):
            batch = waiting[max(0, end - self._batch) : end]
            told = await asyncio.to_thread(_read_all, batch)
            await self._db.write(partial(put_all, batch=told))
        return frozenset(new)

    async def keep_raw(self, id: str, raw: bytes) -> None:
        """Keep the whole message, so that it is never fetched again."""
        message = self.message(id)
        if message is None:
            return
        told = await asyncio.to_thread(read, msgspec.structs.replace(message, raw=raw))

        def keep(db: Connection) -> None:
            found = db.execute("SELECT row FROM messages WHERE id = ?", (id,)).fetchone()
            if found is not None:
                keep_body(db, found[0], told)

        await self._db.write(keep)

    def said_here(self, id: str, field: Overlaid) -> bool | None:
        """What was said here of a message; None where the service has the word."""
        found = self._db.query(f"SELECT {field}_here FROM messages WHERE id = :id", id=id)
        return None if not found or found[0][0] is None else bool(found[0][0])

    async def set_here(self, id: str, field: Overlaid, value: bool | None) -> None:
        """Change a message here, ahead of the service or without telling it; None takes it back."""
        self._touch(id)
        await self._set(id, **{f"{field}_here": value})

    async def settle(self, id: str, field: Overlaid, told: bool) -> None:
        """End a change made here with what the service says now."""
        self._touch(id)
        await self._set(id, **{f"{field}_here": None, field: told})

    async def drop_unsettled(self) -> None:
        """Forget stars that an earlier run asked for without living to hear the answer."""
        await self._db.write(
            lambda db: db.execute(
                "UPDATE messages SET starred_here = NULL WHERE starred_here IS NOT NULL"
            )
        )

    async def set_gone(self, id: str) -> None:
        """Note that the service no longer has a message."""
        await self._set(id, gone=True)

    def _touch(self, id: str) -> None:
        self._change += 1
        self._changed_here[id] = self._change

    async def _set(self, id: str, **values: bool | None) -> None:
        assignments = ", ".join(f"{column} = :{column}" for column in values)
        await self._db.write(
            lambda db: db.execute(
                f"UPDATE messages SET {assignments} WHERE id = :id",
                {**values, "id": id},
            )
        )

    # the account

    def account(self) -> Account | None:
        """The account as last seen."""
        text = self.meta("account")
        return msgspec.json.decode(text, type=Account) if text else None

    async def set_account(self, account: Account) -> None:
        """Keep what the service says of the account, and its labels."""

        def keep(db: Connection) -> None:
            _set_meta(db, "account", record_text(account))
            db.execute("DELETE FROM labels")
            db.executemany(
                "INSERT OR IGNORE INTO labels VALUES (?)",
                [(storable(label),) for label in account.labels],
            )

        await self._db.write(keep)

    def labels(self) -> tuple[str, ...]:
        """The account's labels, by name."""
        return tuple(name for (name,) in self._db.query("SELECT name FROM labels ORDER BY name"))

    def addresses(self) -> tuple[Address, ...]:
        """The reserved addresses, by name."""
        found = self._db.query("SELECT record FROM addresses ORDER BY email")
        return tuple(msgspec.json.decode(record, type=Address) for (record,) in found)

    def address(self, email: str) -> Address | None:
        """One reserved address."""
        found = self._db.query("SELECT record FROM addresses WHERE email = :email", email=email)
        return msgspec.json.decode(found[0][0], type=Address) if found else None

    def is_mine(self, email: str) -> bool:
        """Whether an inbox is the account's: reserved, or in one of its domains."""
        return bool(
            self._db.query(
                "SELECT 1 FROM addresses WHERE email = :email"
                " UNION ALL SELECT 1 FROM domains WHERE name = :domain",
                email=email,
                domain=email.rpartition("@")[2],
            )
        )

    async def set_addresses(self, addresses: Iterable[Address]) -> None:
        """Keep the account's reserved addresses; mail of others is no longer the account's."""
        records = {storable(address.email): record_text(address) for address in addresses}
        await self._db.write(lambda db: _set_records(db, "addresses", records))

    async def put_address(self, address: Address) -> None:
        """Keep one reserved address; it is not watched as a public inbox any longer."""
        record = record_text(address)

        def put(db: Connection) -> None:
            db.execute(
                "INSERT OR REPLACE INTO addresses VALUES (?, ?)", (storable(address.email), record)
            )
            db.execute("DELETE FROM watched WHERE email = ?", (address.email,))
            _set_owned(db)

        await self._db.write(put)

    async def drop_address(self, email: str) -> None:
        """Forget a reserved address that was released; it is watched as a public inbox."""

        def drop(db: Connection) -> None:
            db.execute("DELETE FROM addresses WHERE email = ?", (email,))
            _watch(db, email)
            _set_owned(db)

        await self._db.write(drop)

    def domains(self) -> tuple[Domain, ...]:
        """The custom domains, by name."""
        found = self._db.query("SELECT record FROM domains ORDER BY name")
        return tuple(msgspec.json.decode(record, type=Domain) for (record,) in found)

    async def set_domains(self, domains: Iterable[Domain]) -> None:
        """Keep the account's custom domains."""
        records = {storable(domain.name): record_text(domain) for domain in domains}
        await self._db.write(lambda db: _set_records(db, "domains", records))

    def watched(self) -> tuple[Watched, ...]:
        """The public inboxes that are watched, oldest first."""
        found = self._db.query("SELECT email, listed FROM watched ORDER BY added, email")
        return tuple(Watched(*values) for values in found)

    async def watch(self, email: str) -> None:
        """Watch a public inbox."""
        await self._db.write(lambda db: _watch(db, email))

    async def unwatch(self, email: str) -> None:
        """Stop watching a public inbox and forget its mail."""

        def forget(db: Connection) -> None:
            db.execute("DELETE FROM watched WHERE email = ?", (email,))
            rows = db.execute("SELECT row FROM messages WHERE inbox = ? AND NOT owned", (email,))
            for (row,) in rows.fetchall():
                unindex(db, row)
                db.execute("DELETE FROM messages WHERE row = ?", (row,))

        await self._db.write(forget)

    async def set_listed(self, email: str) -> None:
        """Note that a public inbox was listed just now."""
        now = milliseconds(datetime.now(UTC))
        await self._db.write(
            lambda db: db.execute("UPDATE watched SET listed = ? WHERE email = ?", (now, email))
        )

    def meta(self, name: str) -> str | None:
        """A remembered value."""
        found = self._db.query("SELECT value FROM meta WHERE name = :name", name=name)
        return str(found[0][0]) if found else None

    async def set_meta(self, values: Mapping[str, str]) -> None:
        """Remember values."""

        def keep(db: Connection) -> None:
            for name, value in values.items():
                _set_meta(db, name, value)

        await self._db.write(keep)

    def ops(self, month: str) -> dict[str, int]:
        """The ops spent in a month (``YYYY-MM``, UTC), by kind."""
        return dict(self._db.query("SELECT kind, spent FROM ops WHERE month = :month", month=month))

    async def add_ops(self, month: str, spent: Mapping[str, int]) -> None:
        """Add to the ops spent in a month."""
        rows = [(month, kind, count) for kind, count in spent.items()]
        await self._db.write(
            lambda db: db.executemany(
                "INSERT INTO ops VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET spent = spent + excluded.spent",
                rows,
            )
        )


def _read_all(messages: Sequence[Message]) -> list[Read]:
    return [read(message) for message in messages]


def _set_meta(db: Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _set_records(db: Connection, table: str, records: Mapping[str, str]) -> None:
    db.execute(f"DELETE FROM {table}")
    db.executemany(f"INSERT INTO {table} VALUES (?, ?)", records.items())
    if table == "addresses":
        db.executemany("DELETE FROM watched WHERE email = ?", [(email,) for email in records])
    _set_owned(db)


def _set_owned(db: Connection) -> None:
    """Say of each message whether it is the account's, after addresses or domains changed.

    Mail of an inbox that is neither the account's nor watched keeps what it was: history.
    """
    db.execute(
        "UPDATE messages SET owned = 1 WHERE NOT owned AND (inbox IN (SELECT email FROM addresses)"
        " OR domain IN (SELECT name FROM domains))"
    )
    db.execute(
        "UPDATE messages SET owned = 0 WHERE owned AND inbox IN (SELECT email FROM watched)"
        " AND domain NOT IN (SELECT name FROM domains)"
    )


def _watch(db: Connection, email: str) -> None:
    now = milliseconds(datetime.now(UTC))
    db.execute("INSERT OR IGNORE INTO watched VALUES (?, ?, NULL)", (email, now))
