"""How fast ops are spent, and where that leads. Pure. Days and months are the service's: UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

_DAY = timedelta(days=1)
_LEAST_OF_MONTH = _DAY  # what came in its first minutes says little of all the others
_LEAST_OF_DAY = timedelta(hours=6)


class Pace(Struct, frozen=True):
    """Where a pace leads.

    Attributes:
        daily: ops a day.
        by_end: ops that will be used when the month ends.
        runs_out: when none will be left; None where they last the month, or have no limit.
    """

    daily: float
    by_end: int
    runs_out: datetime | None


def midnight(now: datetime) -> datetime:
    """When the day began."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_begins(now: datetime) -> datetime:
    """When the month began."""
    return midnight(now).replace(day=1)


def month_ends(now: datetime) -> datetime:
    """When the next month begins, and with it all ops."""
    return month_begins(month_begins(now) + 31 * _DAY)


def pace_of_month(used: int, limit: int | None, now: datetime) -> Pace:
    """The pace of the month so far.

    Args:
        used: ops, this month.
        limit: ops, a month; None: unknown.
        now: aware.
    """
    return _pace(used / (max(now - month_begins(now), _LEAST_OF_MONTH) / _DAY), used, limit, now)


def pace_of_day(today: int, used: int, limit: int | None, now: datetime) -> Pace:
    """The pace of the day so far, should all the days to come be like it.

    Args:
        today: ops, this day.
        used: ops, this month.
        limit: ops, a month; None: unknown.
        now: aware.
    """
    return _pace(today / (max(now - midnight(now), _LEAST_OF_DAY) / _DAY), used, limit, now)


def _pace(daily: float, used: int, limit: int | None, now: datetime) -> Pace:
    days = (month_ends(now) - now) / _DAY
    by_end = round(used + daily * days)
    if limit is None or by_end <= limit or not daily:
        return Pace(daily, by_end, None)
    return Pace(daily, by_end, now + max(0.0, (limit - used) / daily) * _DAY)
