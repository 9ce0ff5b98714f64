"""Numbers, sizes and times as a person reads them. Pure."""

from __future__ import annotations

from datetime import datetime

from sacterm.reading.sizes import size_text

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def age(then: datetime, now: datetime) -> str:
    """How long ago, in at most six characters: ``now``, ``3m``, ``2h``, ``5d``, ``12 Oct``.

    Args:
        then: aware.
        now: aware, in the zone of the reader.
    """
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f}m"
    if seconds < 86400:
        return f"{seconds // 3600:.0f}h"
    if seconds < 7 * 86400:
        return f"{seconds // 86400:.0f}d"
    there = then.astimezone(now.tzinfo)
    if there.year == now.year or seconds < 180 * 86400:
        return f"{there.day} {_MONTHS[there.month - 1]}"
    return f"{_MONTHS[there.month - 1]} {there.year % 100:02d}"


def moment(then: datetime) -> str:
    """A moment whole, in the zone of the reader: ``Fri 20 Nov 2026 08:14:02 WET``."""
    local = then.astimezone()
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[local.weekday()]
    month = _MONTHS[local.month - 1]
    return f"{day} {local.day} {month} {local.year} {local:%H:%M:%S} {local.tzname()}"


def clock(then: datetime, now: datetime) -> str:
    """A moment of today as ``08:14``, another day's with its date."""
    local, today = then.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


def day(then: datetime) -> str:
    """A day in the zone that the moment is given in: ``25 Nov``."""
    return f"{then.day} {_MONTHS[then.month - 1]}"


def size(count: int | None) -> str:
    """Bytes in at most six characters; empty where unknown."""
    return "" if count is None else size_text(count)


def number(count: int) -> str:
    """A number with its thousands set apart: ``1,204``."""
    return f"{count:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 op``, ``14 ops``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
