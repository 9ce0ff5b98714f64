"""What keeps the store's file from being used, in words for a person."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from sacterm.errors import StoreFailed

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
NOT_OURS = (*_DAMAGE, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT)  # no such table, or two
_ROOM = "make room on the disk: new mail waits until then"
_REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", _ROOM),
    sqlite3.SQLITE_IOERR: ("the disk is full or failing", _ROOM),
    sqlite3.SQLITE_BUSY: (
        "another program has locked the cache",
        "end that program: new mail waits until then",
    ),
    sqlite3.SQLITE_READONLY: (
        "the cache is read-only",
        "make it writable: new mail waits until then",
    ),
}
# UnicodeDecodeError: of what SQLite itself says of a schema that it cannot read
_NO_VALUE = (zlib.error, msgspec.DecodeError, UnicodeDecodeError)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Unusable(Exception):
    """The file is no store of ours; the text says why."""


@contextlib.contextmanager
def translated(damage: Path | None = None) -> Iterator[None]:
    """Within it, all that keeps the file from being used is a :class:`StoreFailed`.

    Args:
        damage: a file to make where it is damage, for the next start to see.
    """
    try:
        yield
    except (sqlite3.Error, OSError, *_NO_VALUE, Unusable) as error:
        if damage and is_damage(error):
            with contextlib.suppress(OSError):
                damage.touch(mode=0o600)
        raise _failure(error) from error


def _failure(error: Exception) -> StoreFailed:
    """What happened, and what to do now."""
    if is_damage(error):
        text = "the cache is damaged: a new one is begun at the next start"
        remedy = "start sacterm again"
    else:
        text, remedy = _REASONS.get(
            code_of(error), (f"the cache cannot be used: {error}", StoreFailed.remedy)
        )
    failed = StoreFailed(text)
    failed.remedy = remedy
    return failed


def is_damage(error: BaseException) -> bool:
    """Whether what was read is not what was written."""
    is_no_text = isinstance(error, sqlite3.OperationalError) and "decode" in str(error)
    return is_no_text or isinstance(error, _NO_VALUE) or code_of(error) in _DAMAGE


def code_of(error: BaseException) -> int:
    """SQLite's code for what happened, without its details."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return sqlite3.SQLITE_FULL
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
