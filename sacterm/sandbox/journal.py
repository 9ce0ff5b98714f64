"""An append-only file of records, one JSON object a line, that survives ``kill -9``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from sacterm.sandbox.records import Ops, Record

if sys.platform != "win32":
    import fcntl

_HEADER = b'{"sacterm":"sandbox","version":1}\n'


class JournalInvalid(Exception):
    """The file is not a journal, damaged before its end, or in use. One readable line."""


class Journal:
    """A journal in one file, for one process.

    A line that was cut off by the end of a process was never acknowledged: it is left out when
    the file is read, and gone when it is compacted.

    Args:
        path: the file; it need not exist. Its folder must.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self._size = 0

    def read(self) -> Iterator[Record]:
        """All records, in order.

        Raises:
            JournalInvalid: not a journal, damaged, or in use.
            OSError: the file cannot be read.
        """
        if not self._path.exists():
            return
        decoder = msgspec.json.Decoder(Record)
        with self._path.open("rb") as lines:
            self._lock(lines.fileno())
            header = lines.readline()
            if header not in (b"", _HEADER):
                raise JournalInvalid(f"{self._path} is not a file of this sandbox")
            for number, line in enumerate(lines, start=2):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield decoder.decode(line)
                except msgspec.DecodeError as error:
                    raise JournalInvalid(
                        f"{self._path} is damaged in line {number}: {error}"
                    ) from error

    def open(self, records: Iterable[Record]) -> None:
        """Replaces the file by these records, at once, and opens it for appending.

        Raises:
            OSError: the file cannot be written.
        """
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.unlink(missing_ok=True)
        self._file = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        self._lock(self._file)
        self._append(_HEADER)
        for record in records:
            self._append(_line(record))
        os.fsync(self._file)
        fresh.replace(self._path)
        _sync_folder(self._path.parent)

    def keep(self, records: tuple[Record, ...]) -> None:
        """Appends records; they are on the disk when this returns, ops alone excepted.

        Ops are counted with every call of the API, and losing the last few to a power cut
        matters to nobody.

        Raises:
            OSError: the disk is full or gone; the file is as it was before.
        """
        self._append(b"".join(map(_line, records)))
        if not all(isinstance(record, Ops) for record in records):
            os.fsync(self._file)

    def close(self) -> None:
        """Closes the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _lock(self, handle: int) -> None:
        """Locks the file for as long as it is open; Windows lets nobody replace an open file."""
        if sys.platform != "win32":
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise JournalInvalid(f"{self._path} is in use by another sandbox") from error

    def _append(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, self._size)  # half a line would spoil those after it
            raise
        self._size += len(data)


def _line(record: Record) -> bytes:
    return msgspec.json.encode(record) + b"\n"


def _sync_folder(folder: Path) -> None:
    """Makes the new name last; Windows cannot open folders and does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
