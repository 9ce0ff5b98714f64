"""Untrusted JSON values to plain Python values, one kind each. None: not usable, so unknown."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from sacterm.errors import Unexpected
from sacterm.redact import redact

T = TypeVar("T")
Json = Mapping[str, object]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**63 - 1  # what SQLite can hold
LONGEST_NUMBER = 40  # digits
LONGEST_LINE = 300  # characters
WORDS = {"true": True, "1": True, "false": False, "0": False, "": False}


def parse(body: bytes) -> object:
    """The JSON value of a body.

    The service writes what JavaScript writes, lone surrogates included, which the strict decoder
    refuses; the lenient one takes them, and octets that are no UTF-8, and control characters.

    Raises:
        Unexpected: no JSON, or nested deeper than the interpreter allows.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        value: object = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        raise Unexpected("the answer is not JSON") from None
    return value


def text(value: object) -> str | None:
    """A string, or a number as one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value)


def flag(value: object) -> bool | None:
    """Yes or no, also as a number or a word."""
    match value:
        case bool():
            return value
        case int() | float():
            return value != 0
        case str():
            return WORDS.get(value.strip().lower())
    return None


def number(value: object) -> float | None:
    """A finite number, also as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """A whole number that the store can hold, also as text; fractions are cut."""
    found = number(value)
    if found is None or not -LARGEST <= found <= LARGEST:
        return None
    return int(found)


def moment(value: object) -> datetime | None:
    """An aware time in UTC: ISO 8601 (UTC where no zone is named) or milliseconds since 1970."""
    try:
        if isinstance(value, str) and not value.strip().isdecimal():
            found = datetime.fromisoformat(value.strip())
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        milliseconds = number(value)
        return None if milliseconds is None else EPOCH + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return None


def each(data: Json, key: str, of: Callable[[object], T | None]) -> tuple[T, ...] | None:
    """The usable entries under a key: null is an empty list, a bare entry a list of one."""
    value = data.get(key, False)
    if value is None:
        return ()
    found = tuple(
        entry
        for one in (value if isinstance(value, list) else [value])
        if (entry := of(one)) is not None
    )
    return found if found or isinstance(value, list) else None


def plain(said: str, secret: str) -> str:
    """Text of the service as one readable line of at most 300 characters, without the secret."""
    shown = redact(said[: 10 * LONGEST_LINE], secret)  # first: half a key is no longer found
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())[:LONGEST_LINE]
