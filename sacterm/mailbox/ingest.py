"""Taking a message into the tables: the row, the body and the search index. Runs in the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from sacterm.mailbox.dictionaries import DICTIONARY_SQL
from sacterm.mailbox.merge import merge
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.packing import Packer, pack_document, unpack, unpack_document
from sacterm.mailbox.records import (
    COLUMNS,
    MESSAGE_SQL,
    message_of,
    milliseconds,
    people_text,
    storable,
    values_of,
)
from sacterm.mailbox.schema import SEARCHED
from sacterm.model import Message

if TYPE_CHECKING:
    from sacterm.reading.codes import Code

_INDEXED_TEXT = 200_000  # characters of a body that the search index takes
_UPSERT = (
    f"INSERT INTO messages ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + c for c in COLUMNS)})"
    " ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c != "id")
)


class Read(msgspec.Struct, frozen=True):
    """What a message says, read ahead of the transaction that stores it.

    Attributes:
        message: as the service told of it.
        text: for the search index.
        attachments: their names, for the search index.
        code: the one-time code found in it, "" for none, None where it was not looked for.
        link: the link that asks to be followed, in the same way.
        packed: the compressed raw, if that is known.
        is_postponed: only kept: what it says is to be read later.
    """

    message: Message
    text: str = ""
    attachments: str = ""
    code: str | None = None
    link: str | None = None
    packed: bytes | None = None
    is_postponed: bool = False


def postpone(message: Message, packer: Packer) -> Read:
    """Take a message as it is, to be read when there is time: a burst is stored at once."""
    if not message.raw:
        return read(message, packer)
    return Read(message, packed=packer.pack(message.raw), is_postponed=True)


def read(message: Message, packer: Packer) -> Read:
    """Read a message; takes a while where it is large."""
    if not message.raw:
        from sacterm.reading.codes import find_codes

        text = (message.text or "")[:_INDEXED_TEXT]
        return Read(message, text, code=_code(find_codes(message.subject or "", text)))
    from sacterm.reading.letter import read_letter

    letter = read_letter(message.raw)
    names = " ".join(attachment.name for attachment in letter.body.attachments)
    return Read(
        message,
        (letter.text or message.text or "")[:_INDEXED_TEXT],
        names,
        code=_code(letter.codes) or "",
        link=letter.link.target if letter.link else "",
        packed=packer.pack(message.raw),
    )


def _code(codes: tuple[Code, ...]) -> str | None:
    return codes[0].value if codes else None


def put(db: Connection, told: Read, *, owned: bool, pushed: bool, state_is_newer: bool) -> bool:
    """Insert or merge one message; True if it was not known."""
    known = db.execute(
        "SELECT row, read_here, owned, pushed, gone, code, link,"
        " EXISTS (SELECT 1 FROM unsent u WHERE u.row = messages.row AND field = 'read'),"
        f" {MESSAGE_SQL} FROM messages WHERE id = ?",
        (storable(told.message.id),),
    ).fetchone()
    pushed = pushed and told.packed is not None  # else reading it costs an op
    now = milliseconds(datetime.now(UTC))
    if known is None:
        extra: dict[str, object] = {"read_here": None, "owned": owned, "pushed": pushed}
        extra |= {"gone": False, "code": told.code, "link": told.link}
        message = told.message
        values = values_of(message, now=now) | extra
    else:
        old = message_of(known[8:])
        message = merge(old, told.message, state_is_newer=state_is_newer)
        # somebody read it, or took that back, elsewhere: that is newer than what was said here
        changed_elsewhere = old.read is not None and message.read != old.read
        is_to_be_told = known[7]
        read_here = None if changed_elsewhere and not is_to_be_told else known[1]
        is_read = told.packed is not None and not told.is_postponed
        extra = {
            "read_here": read_here,
            "owned": owned or bool(known[2]),
            "pushed": pushed or bool(known[3]),
            "gone": False,
            "code": told.code if is_read else known[5] or told.code,
            "link": told.link if is_read else known[6] or told.link,
        }
        values = values_of(message, now=now) | extra
        if values != values_of(old, now=now) | dict(zip(extra, known[1:7], strict=True)):
            db.execute(_UPSERT, values)
    if known is None:
        ((row,),) = db.execute(_UPSERT + " RETURNING row", values).fetchall()
    else:
        row = known[0]
    if known is None:
        _keep(db, row, told)
    elif told.packed:
        keep_body(db, row, msgspec.structs.replace(told, message=message))
    return known is None


def keep_body(db: Connection, row: int, told: Read) -> None:
    """Keep the raw and make the message findable by all that is known of it."""
    found = db.execute("SELECT raw IS NOT NULL FROM bodies WHERE row = ?", (row,)).fetchone()
    if found is not None:
        if found[0]:
            return
        unindex(db, row)
    _keep(db, row, told)


def _keep(db: Connection, row: int, told: Read) -> None:
    _index(db, row, told)
    if told.is_postponed:
        db.execute("INSERT OR IGNORE INTO postponed VALUES (?)", (row,))


def catch_up(db: Connection, row: int, told: Read) -> None:
    """Make a message that was postponed findable by what it says, now that it has been read."""
    if db.execute("DELETE FROM postponed WHERE row = ?", (row,)).rowcount:
        unindex(db, row)
        _index(db, row, told)


def _index(db: Connection, row: int, told: Read) -> None:
    if told.packed and not told.is_postponed:
        db.execute(
            "UPDATE messages SET code = ?, link = ? WHERE row = ?", (told.code, told.link, row)
        )
    message = told.message
    fields = [
        people_text(message.sender),
        people_text(message.to) + " " + (message.original_inbox or message.inbox),
        people_text(message.cc),
        message.subject or "",
        told.text,
        told.attachments,
    ]
    document = [storable(field) for field in fields]
    db.execute(
        "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?)",
        (row, told.packed, pack_document(document, message.raw if told.text else None)),
    )
    db.execute(
        f"INSERT INTO search (rowid, {SEARCHED}) VALUES (?, ?, ?, ?, ?, ?, ?)", (row, *document)
    )


def unindex(db: Connection, row: int) -> None:
    """Take a message out of the search index."""
    # a contentless index forgets a row only when told again, word for word, what it held
    found = db.execute(
        f"SELECT document, raw, {DICTIONARY_SQL} FROM bodies WHERE row = ?", (row,)
    ).fetchone()
    packed, packed_raw, dictionary = found
    document = unpack_document(packed, packed_raw and unpack(packed_raw, dictionary))
    db.execute(
        f"INSERT INTO search (search, rowid, {SEARCHED}) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)",
        (row, *document),
    )
