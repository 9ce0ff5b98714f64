"""The dates of HTTP headers (RFC 9110, 5.6.7), and what they tell of the clock here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

NO_SKEW = timedelta()
_PRECISE = timedelta(seconds=60)  # a date has whole seconds, and takes its time on the way


def http_date(text: str | None) -> datetime | None:
    """The moment of a header, aware; None where it holds none."""
    try:
        moment = parsedate_to_datetime((text or "")[:64])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    # "-0000": UTC of an unknown place
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def skew(date: str | None, age: str | None, now: datetime) -> timedelta:
    """By how much the clock here is behind the server's; nothing where it is about right.

    Args:
        date: the header of that name, as sent.
        age: the header of that name: with one, the answer comes out of a cache, and its date
            says nothing.
        now: the time here, aware.
    """
    moment = http_date(date)
    if moment is None or age is not None:
        return NO_SKEW
    behind = moment - now
    return behind if abs(behind) > _PRECISE else NO_SKEW
