"""Messages as files for other programs: one ``.eml`` each, an mbox, or JSON."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from msgspec import Struct

from sacterm.errors import SactermError, ServiceError
from sacterm.mailbox.records import record_text
from sacterm.mailbox.views import Row
from sacterm.model import Message, Recipient
from sacterm.reading.attachments import safe_name, without_clash

_LIKE_SEPARATOR: Final = re.compile(rb"^(?=>*From )", re.MULTILINE)
_SENDER: Final = re.compile(r"[!-~]{1,320}")


class Format(Enum):
    """What is written: a folder of files, or one file."""

    EML = "eml"
    MBOX = "mbox"
    JSON = "json"


class ExportFailed(SactermError):
    """Nothing was exported, and nothing of it was left."""

    remedy = "choose another name or folder"


class Source(NamedTuple):
    """Where messages come from. Each takes an id, and gives None for what is not here.

    Attributes:
        row: as the list shows it, with the state as it is here.
        message: what the service said of it.
        raw: as sent; may raise :class:`~sacterm.errors.ServiceError`.
    """

    row: Callable[[str], Row | None]
    message: Callable[[str], Message | None]
    raw: Callable[[str], Awaitable[bytes | None]]


class Exported(Struct, frozen=True):
    """What came of an export.

    Attributes:
        count: messages that were written.
        skipped: ids of those that were not, each with one line that says why.
        path: the file, or with ``EML`` the folder; None where there was nothing to write.
    """

    count: int
    skipped: tuple[tuple[str, str], ...]
    path: Path | None


class _Nothing(Exception):
    """There was nothing to write."""


class _Found(NamedTuple):
    row: Row
    message: Message
    raw: bytes


async def export(
    ids: Sequence[str],
    source: Source,
    target: Path,
    format: Format,
    progress: Callable[[int, int], None],
) -> Exported:
    """Write messages, one after the other, in a thread.

    What is written appears under its name when it is whole. Cancelled or failed, nothing stays;
    the message under way is finished first. Only this user can read it.

    Args:
        ids: in the order in which they are to be written.
        source: where they come from.
        target: the file to be made, or with ``EML`` the folder; it must not exist.
        format: what is written.
        progress: told, before each message and at the end, how many are done and of how many.

    Raises:
        ExportFailed: the target exists or cannot be written.
        StoreFailed: the store cannot be read.
    """
    skipped: list[tuple[str, str]] = []
    loop = asyncio.get_running_loop()
    try:
        with _reserved(target, format) as part:
            # the thread ends first: it must not write while what it wrote is removed
            with _writing(part, format) as add, ThreadPoolExecutor(1, "export") as thread:
                for done, id in enumerate(ids):
                    progress(done, len(ids))
                    found = await _find(id, source)
                    if isinstance(found, str):
                        skipped.append((id, found))
                    else:
                        await loop.run_in_executor(thread, add, found)
            if len(skipped) == len(ids):
                raise _Nothing
    except _Nothing:
        return Exported(0, tuple(skipped), None)
    except OSError as error:
        raise ExportFailed(f"cannot export to {target}: {error.strerror}") from error
    progress(len(ids), len(ids))
    return Exported(len(ids) - len(skipped), tuple(skipped), target)


async def _find(id: str, source: Source) -> _Found | str:
    """A message, or why it is not here."""
    try:
        raw = await source.raw(id)
    except ServiceError as error:
        return str(error)
    row, message = source.row(id), source.message(id)
    if raw is None or row is None or message is None:
        return "it was not read yet" if row else "it is gone"
    return _Found(row, message, raw)


@contextmanager
def _reserved(target: Path, format: Format) -> Iterator[Path]:
    """A path to write to on the same disk; what is there at the end becomes the target.

    An empty target stands for it until then, as no rename refuses to overwrite.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(dir=target.parent, prefix=".sacterm-"))
    try:
        if format is Format.EML:
            target.mkdir(mode=0o700)
            release = target.rmdir
        else:
            target.touch(mode=0o600, exist_ok=False)
            release = target.unlink
        try:
            yield workshop / "part"
            (workshop / "part").replace(target)
        except BaseException:
            release()
            raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


@contextmanager
def _writing(part: Path, format: Format) -> Iterator[Callable[[_Found], None]]:
    """What writes one message."""
    if format is Format.EML:
        part.mkdir(mode=0o700)
        taken: set[str] = set()

        def add_file(found: _Found) -> None:
            name = without_clash(_name(found.row), taken)
            taken.add(name.casefold())
            with _new_file(part / name) as file:
                file.write(found.raw)

        yield add_file
        return
    begin, between, end = (b"[\n", b",\n", b"\n]\n") if format is Format.JSON else (b"", b"", b"")
    entry = _json_entry if format is Format.JSON else _mbox_entry
    with _new_file(part) as out:
        joint = begin

        def add(found: _Found) -> None:
            nonlocal joint
            out.write(joint + entry(found))
            joint = between

        yield add
        out.write(end)


def _new_file(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _name(row: Row) -> str:
    received = datetime.fromtimestamp(row.received / 1000, UTC)
    subject = re.sub(r"[/\\]", "_", row.subject) or "no subject"
    return safe_name(f"{received:%Y-%m-%d %H.%M.%S} {subject}.eml")


def _mbox_entry(found: _Found) -> bytes:
    """A message as mboxrd has it: each line that looks like a separator gets one ``>`` more."""
    sender = found.message.sender[0].address if found.message.sender else ""
    if not _SENDER.fullmatch(sender):
        sender = "MAILER-DAEMON"
    received = time.asctime(time.gmtime(found.row.received // 1000))
    lines = _LIKE_SEPARATOR.sub(b">", found.raw.replace(b"\r\n", b"\n")).removesuffix(b"\n")
    return f"From {sender} {received}\n".encode() + lines + b"\n\n"


class _File(Struct, frozen=True):
    name: str
    content_type: str
    size: int | None


class _Record(Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """A message as JSON has it. All text is as the mail has it, untrusted."""

    id: str
    inbox: str
    received: str  # ISO 8601, UTC
    sender: tuple[Recipient, ...]
    to: tuple[Recipient, ...]
    subject: str
    labels: tuple[str, ...]
    folder: str
    read: bool
    starred: bool
    code: str  # the one-time code found in it, or ""
    links: tuple[str, ...]
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[_File, ...]


def _json_entry(found: _Found) -> bytes:
    from sacterm.reading.letter import read_letter

    row, message, letter = found.row, found.message, read_letter(found.raw)
    record = _Record(
        id=row.id,
        inbox=row.inbox,
        received=datetime.fromtimestamp(row.received / 1000, UTC).isoformat(),
        sender=message.sender or (),
        to=message.to or (),
        subject=row.subject,
        labels=row.labels,
        folder=row.folder,
        read=not row.unread,
        starred=row.starred,
        code=letter.code.value if letter.code else "",
        links=tuple(link.target for link in letter.links),
        text=letter.text,
        html=letter.body.html,
        headers=letter.body.headers,
        attachments=tuple(
            _File(attachment.name, attachment.content_type, attachment.size)
            for attachment in letter.body.attachments
        ),
    )
    return record_text(record).encode()
