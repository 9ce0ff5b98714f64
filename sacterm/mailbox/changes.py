"""What is wanted of messages here: shown at once, and kept until the service was told.

The service's word of a field and the wish of the person here lie side by side; what is seen is the
wish where there is one. A wish that is to be told has an entry in ``unsent``, so that it survives
being offline and the end of the program. The entry is *in doubt* from just before the service is
told until its answer is here: then nobody knows whether it was heard.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

from sacterm.errors import StoreFailed
from sacterm.mailbox.database import Database
from sacterm.mailbox.ingest import unindex
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.records import milliseconds, storable

Field = Literal["read", "starred", "labels", "folder"]
Value = bool | str | tuple[str, ...]

_LISTINGS_LAG = 30 * 24 * 3600 * 1000  # ms, and then some
_NOTHING: dict[Field, Value] = {"read": False, "starred": False, "labels": (), "folder": "inbox"}


class Wish(Struct, frozen=True):
    """How a field of a message should be.

    Attributes:
        id: the message.
        field: which.
        value: how it should be.
        tell: whether the service is to be told; else it is for this machine alone.
    """

    id: str
    field: Field
    value: Value
    tell: bool = True


class Unsent(Struct, frozen=True):
    """A wish that the service has not taken yet.

    Attributes:
        id: the message.
        inbox: where it lies.
        field: which field.
        told: how it is at the service, as far as is known.
        wanted: how it should be.
        doubt: the service may have been told already, and may have heard it.
    """

    id: str
    inbox: str
    field: Field
    told: Value
    wanted: Value
    doubt: bool


class ChangeTables:
    """The wishes of messages."""

    _db: Database

    def __init__(self) -> None:
        self._change = 0
        self._changed_here: dict[str, int] = {}

    def mark(self) -> int:
        """A point in time to give to ``upsert``: take it before asking the service."""
        return self._change

    def values(self, ids: Iterable[str], field: Field) -> dict[str, Value]:
        """How a field is seen here, of those of the messages that are known."""
        return self._values(ids, field, f"coalesce({field}_here, {field})")

    def told(self, ids: Iterable[str], field: Field) -> dict[str, Value]:
        """How a field is at the service, as far as is known; what is gone there is left out."""
        return self._values(ids, field, field, "AND NOT gone")

    def _values(
        self, ids: Iterable[str], field: Field, sql: str, also: str = ""
    ) -> dict[str, Value]:
        found = self._db.query(
            f"SELECT id, {sql} FROM messages"
            f" WHERE id IN (SELECT value FROM json_each(:ids)) {also}",
            ids=msgspec.json.encode([storable(id) for id in ids]).decode(),
        )
        return {id_: _value(field, stored) for id_, stored in found}

    def unsent_stars(self, ids: Iterable[str]) -> int:
        """How many of the messages have a star, or lost one, that the service was not told of."""
        wanted = msgspec.json.encode([storable(id) for id in ids]).decode()
        return int(
            self._db.query(
                "SELECT count(*) FROM unsent JOIN messages USING (row) WHERE field = 'starred'"
                " AND id IN (SELECT value FROM json_each(:ids))",
                ids=wanted,
            )[0][0]
        )

    async def wish(self, wishes: Sequence[Wish]) -> list[Wish]:
        """Take wishes; those that come true with what the service has cost nothing.

        Returns:
            The wishes that take back what this changed, in the same order.
        """
        before: list[Wish] = []
        for start in range(0, len(wishes), _step(self._db)):
            some = wishes[start : start + _step(self._db)]
            for wish in some:
                self._touch(wish.id)
            try:
                before += await self._db.write(partial(_take, some))
            except StoreFailed:
                with contextlib.suppress(StoreFailed):  # all of it, or nothing
                    await self._db.write(partial(_take, before))
                raise
        return before

    async def take_unsent(self, limit: int) -> list[Unsent]:
        """Wishes to tell the service of at once; from now on they are in doubt."""
        return await self._db.write(partial(_take_unsent, limit))

    def count_unsent(self) -> int:
        """How many wishes the service has not taken yet."""
        return int(self._db.query("SELECT count(*) FROM unsent")[0][0])

    async def settle(self, id: str, field: Field, told: Value) -> None:
        """Note how the service has a field now; a wish that this meets has ended."""
        self._touch(id)
        await self._db.write(lambda db: _settle(db, id, field, told))

    async def give_up(self, wish: Unsent) -> None:
        """Take back a wish that was refused; what was wished since then still holds."""
        self._touch(wish.id)
        await self._db.write(partial(_give_up, wish))

    async def note_told(self, id: str, field: Field, told: Value) -> None:
        """Note how the service has a field now, on the way to what is wanted."""
        self._touch(id)
        await self._db.write(
            lambda db: db.execute(
                f"UPDATE messages SET {field} = ? WHERE id = ?", (_stored(told), storable(id))
            )
        )

    async def hide(self, ids: Iterable[str], seconds: float) -> None:
        """Take messages out of all views for so long, should nobody live to say what comes then."""
        await self._set_hidden(ids, _now() + round(seconds * 1000))

    async def show(self, ids: Iterable[str]) -> None:
        """Put messages back into the views."""
        await self._set_hidden(ids, 0)

    async def _set_hidden(self, ids: Iterable[str], until: int) -> None:
        rows = [(until, storable(id)) for id in ids]
        for start in range(0, len(rows), _step(self._db)):
            some = rows[start : start + _step(self._db)]
            await self._db.write(partial(_set_hidden, some))

    async def show_overdue(self) -> bool:
        """Put back what a run meant to delete and did not live to; whether there was any."""
        return await self._db.write(_show_overdue)

    async def remove(self, ids: Iterable[str], *, for_good: bool = True) -> None:
        """Forget messages.

        Args:
            ids: of messages that the service no longer has.
            for_good: they were deleted there one by one, whatever a listing that lags tells;
                else they come back with the next listing that tells of them.
        """
        ids = [storable(id) for id in ids]
        for start in range(0, len(ids), 100):
            await self._db.write(partial(_remove, ids[start : start + 100], for_good))

    async def set_gone(self, id: str) -> None:
        """Note that the service no longer has a message."""
        await self._db.write(
            lambda db: db.execute("UPDATE messages SET gone = 1 WHERE id = ?", (id,))
        )

    def _touch(self, id: str) -> None:
        self._change += 1
        self._changed_here[id] = self._change


def _step(db: Database) -> int:
    # in memory, whoever reads waits for the writer: so it writes a little at a time
    return 100 if db.in_memory else 2_000


def _show_overdue(db: Connection) -> bool:
    db.execute("DELETE FROM removed WHERE at < ?", (_now() - _LISTINGS_LAG,))
    shown = db.execute("UPDATE messages SET hidden = 0 WHERE hidden > 0 AND hidden < ?", (_now(),))
    return shown.rowcount > 0


def is_removed(db: Connection, id: str) -> bool:
    """Whether a message was deleted at the service."""
    return db.execute("SELECT 1 FROM removed WHERE id = ?", (storable(id),)).fetchone() is not None


def _now() -> int:
    return milliseconds(datetime.now(UTC))


def _set_hidden(rows: Sequence[tuple[int, str]], db: Connection) -> None:
    db.executemany("UPDATE messages SET hidden = ? WHERE id = ?", rows)


def _value(field: Field, stored: Any) -> Value:
    """A value out of its column; what the service did not say counts as nothing."""
    if stored is None:
        return _NOTHING[field]
    if field == "labels":
        return msgspec.json.decode(stored, type=tuple[str, ...])
    return str(stored) if field == "folder" else bool(stored)


def _stored(value: Value) -> object:
    if isinstance(value, tuple):
        return msgspec.json.encode([storable(name) for name in value]).decode()
    return storable(value) if isinstance(value, str) else value


def _same(field: Field, one: Value, other: Value) -> bool:
    if field == "labels":  # in whatever order
        return set(cast(tuple[str, ...], one)) == set(cast(tuple[str, ...], other))
    return one == other


def _take(wishes: Sequence[Wish], db: Connection) -> list[Wish]:
    return [before for wish in wishes if (before := _take_one(db, wish)) is not None]


def _take_one(db: Connection, wish: Wish) -> Wish | None:
    id_, field = storable(wish.id), wish.field
    found = db.execute(
        f"SELECT row, {field}, {field}_here, (SELECT doubt FROM unsent u WHERE u.row = messages.row"
        " AND field = ?) FROM messages WHERE id = ?",
        (field, id_),
    ).fetchone()
    if found is None:
        return None
    row, told, here, doubt = found
    seen = _value(field, told if here is None else here)
    before = Wish(wish.id, field, seen, tell=doubt is not None or here is None)
    if _same(field, seen, wish.value):
        return None
    if _same(field, _value(field, told), wish.value) and not doubt:
        db.execute(f"UPDATE messages SET {field}_here = NULL WHERE row = ?", (row,))
        _forget(db, id_, field)
    else:
        db.execute(
            f"UPDATE messages SET {field}_here = ? WHERE row = ?", (_stored(wish.value), row)
        )
        if wish.tell or doubt:
            db.execute("INSERT OR IGNORE INTO unsent (row, field) VALUES (?, ?)", (row, field))
        else:
            _forget(db, id_, field)
    return before


def _remove(ids: Sequence[str], for_good: bool, db: Connection) -> None:
    for id_ in ids:
        if for_good:
            db.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (id_, _now()))
        found = db.execute("SELECT row FROM messages WHERE id = ?", (id_,)).fetchone()
        if found is not None:
            unindex(db, found[0])
            db.execute("DELETE FROM messages WHERE row = ?", found)


def _take_unsent(limit: int, db: Connection) -> list[Unsent]:
    found = db.execute(
        # those that were tried before come last: what the service never takes holds up nothing
        "SELECT id, inbox, field, doubt, read, read_here, starred, starred_here, labels,"
        " labels_here, folder, folder_here, row FROM unsent JOIN messages USING (row)"
        " ORDER BY doubt, row LIMIT ?",
        (limit,),
    ).fetchall()
    # known before the first is told: should we not live to hear the answer, it is in doubt
    db.executemany(
        "UPDATE unsent SET doubt = 1 WHERE row = ? AND field = ?",
        [(values[-1], values[2]) for values in found],
    )
    return [_unsent(values) for values in found]


def _settle(db: Connection, id: str, field: Field, told: Value) -> None:
    found = db.execute(
        f"SELECT row, {field}_here FROM messages WHERE id = ?", (storable(id),)
    ).fetchone()
    if found is None:
        return
    row, here = found
    if here is None or _same(field, _value(field, here), told):
        db.execute(
            f"UPDATE messages SET {field} = ?, {field}_here = NULL WHERE row = ?",
            (_stored(told), row),
        )
        _forget(db, id, field)
    else:
        db.execute(f"UPDATE messages SET {field} = ? WHERE row = ?", (_stored(told), row))
        db.execute("UPDATE unsent SET doubt = 0 WHERE row = ? AND field = ?", (row, field))


def _give_up(wish: Unsent, db: Connection) -> None:
    id_, field = storable(wish.id), wish.field
    found = db.execute(f"SELECT {field}_here FROM messages WHERE id = ?", (id_,)).fetchone()
    if found is None:
        return
    if found[0] is None or _same(field, _value(field, found[0]), wish.wanted):
        db.execute(f"UPDATE messages SET {field}_here = NULL WHERE id = ?", (id_,))
        _forget(db, id_, field)
    else:
        db.execute(
            "UPDATE unsent SET doubt = 0"
            " WHERE row = (SELECT row FROM messages WHERE id = ?) AND field = ?",
            (id_, field),
        )


def _forget(db: Connection, id: str, field: Field) -> None:
    db.execute(
        "DELETE FROM unsent WHERE row = (SELECT row FROM messages WHERE id = ?) AND field = ?",
        (storable(id), field),
    )


def _unsent(values: Sequence[Any]) -> Unsent:
    id_, inbox, field, doubt = values[:4]
    fields: tuple[Field, ...] = ("read", "starred", "labels", "folder")
    place = 4 + 2 * fields.index(field)
    told, here = values[place : place + 2]
    return Unsent(
        id=id_,
        inbox=inbox,
        field=field,
        told=_value(field, told),
        wanted=_value(field, told if here is None else here),
        doubt=bool(doubt),
    )
