"""Between a row of the ``messages`` table and the things it stands for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, overload

import msgspec

from sacterm.mailbox.views import Row
from sacterm.model import Message, Recipient

ROW_SQL = """id, inbox, original_inbox, sender, subject, received, size, attachments, labels_now,
    folder_now, unread, star, gone, pushed, code, link,
    EXISTS (SELECT 1 FROM unsent WHERE unsent.row = messages.row)"""
COLUMNS = (
    "id",
    "inbox",
    "domain",
    "original_inbox",
    "subject",
    "sender",
    "to_",
    "cc",
    "bcc",
    "received",
    "size",
    "attachments",
    "labels",
    "folder",
    "spam",
    "tls",
    "ip",
    "via",
    "read",
    "starred",
    "read_here",
    "owned",
    "pushed",
    "gone",
    "code",
    "link",
)
MESSAGE_SQL = ", ".join(COLUMNS[: COLUMNS.index("read_here")])

_FIRST_MOMENT, _LAST_MOMENT = 0, 4_102_444_800_000  # ms: 1970 and 2100

_strings = msgspec.json.Decoder(tuple[str, ...])
_people = msgspec.json.Decoder(tuple[tuple[str, str], ...])


def milliseconds(moment: datetime) -> int:
    """A moment as milliseconds since 1970, UTC."""
    return round(moment.timestamp() * 1000)


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
def storable(text: str | None) -> str | None:
    """Text without what UTF-8 cannot hold: lone surrogates become U+FFFD."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def record_text(record: msgspec.Struct) -> str:
    """A record as JSON that :func:`msgspec.json.decode` reads back, whatever text it holds."""
    import json  # msgspec's own encoder refuses lone surrogates

    return storable(json.dumps(msgspec.to_builtins(record), ensure_ascii=False))


def values_of(message: Message, *, now: int) -> dict[str, Any]:
    """The columns that a message fills.

    Args:
        message: what is known.
        now: ms since 1970; stands in for a time of receipt that the service did not give.
    """
    as_written = message.original_inbox if message.original_inbox != message.inbox else None
    return {
        "id": storable(message.id),
        "inbox": storable(message.inbox),
        "domain": storable((message.domain or message.inbox.rpartition("@")[2]).lower()),
        "original_inbox": storable(as_written),
        "subject": storable(message.subject),
        "sender": _people_json(message.sender),
        "to_": _people_json(message.to),
        "cc": _people_json(message.cc),
        "bcc": _people_json(message.bcc),
        "received": now if message.received is None else _bounded(milliseconds(message.received)),
        "size": message.size,
        "attachments": _strings_json(message.attachments),
        "labels": _strings_json(message.labels),
        "folder": storable(message.folder),
        "spam": message.spam,
        "tls": message.tls,
        "ip": storable(message.ip),
        "via": storable(message.via),
        "read": message.read,
        "starred": message.starred,
    }


def _bounded(moment: int) -> int:
    """A time that survives any time zone: Go's zero time is of the year 1."""
    return max(_FIRST_MOMENT, min(moment, _LAST_MOMENT))


def message_of(values: Sequence[Any]) -> Message:
    """The message of a row selected with :data:`MESSAGE_SQL`."""
    (id_, inbox, domain, original, subject, sender, to, cc, bcc, received, size) = values[:11]
    (attachments, labels, folder, spam, tls, ip, via, read, starred) = values[11:]
    return Message(
        id=id_,
        inbox=inbox,
        domain=domain,
        original_inbox=original,
        subject=subject,
        sender=_people_of(sender),
        to=_people_of(to),
        cc=_people_of(cc),
        bcc=_people_of(bcc),
        received=datetime.fromtimestamp(received / 1000, UTC),
        size=size,
        attachments=_strings_of(attachments),
        labels=_strings_of(labels),
        folder=folder,
        spam=spam,
        tls=None if tls is None else bool(tls),
        ip=ip,
        via=via,
        read=None if read is None else bool(read),
        starred=None if starred is None else bool(starred),
    )


def row_of(values: Sequence[Any]) -> Row:
    """The line of a row selected with :data:`ROW_SQL`."""
    (id_, inbox, original, sender, subject, received, size, attachments, labels) = values[:9]
    (folder, unread, star, gone, pushed, code, link, waiting) = values[9:]
    people = _people.decode(sender) if sender else ()
    name, address = people[0] if people else ("", "")
    return Row(
        id=id_,
        inbox=inbox,
        original_inbox=original or inbox,
        sender_name=name,
        sender_address=address,
        subject=subject or "",
        received=received,
        size=size,
        attachments=len(_strings.decode(attachments)) if attachments else 0,
        labels=_strings.decode(labels) if labels else (),
        folder=folder,
        unread=bool(unread),
        starred=bool(star),
        gone=bool(gone),
        pushed=bool(pushed),
        code=code or "",
        link=link or "",
        waiting=bool(waiting),
    )


def people_text(people: tuple[Recipient, ...] | None) -> str:
    """Names and addresses as one text, for the search index."""
    return ", ".join(f"{p.name} {p.address}".strip() for p in people or ())


def _people_json(people: tuple[Recipient, ...] | None) -> str | None:
    if people is None:
        return None
    return msgspec.json.encode(
        [(storable(person.name), storable(person.address)) for person in people]
    ).decode()


def _people_of(text: str | None) -> tuple[Recipient, ...] | None:
    return None if text is None else tuple(Recipient(*pair) for pair in _people.decode(text))


def _strings_json(strings: tuple[str, ...] | None) -> str | None:
    if strings is None:
        return None
    return msgspec.json.encode([storable(string) for string in strings]).decode()


def _strings_of(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else _strings.decode(text)
