"""Dates as the user writes them: in the words and the order of the locale, in the own time zone."""

from __future__ import annotations

import locale
import time
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Literal

from msgspec import Struct

from sacterm.reading.cells import cell_len, fit
from sacterm.reading.text import display_line

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIDEST = 8  # cells of the name of a month or a day
_WEEK = 7  # days


class Calendar(Struct, frozen=True):
    """How dates are written, and where.

    Attributes:
        months: short names, January first.
        days: short names, Monday first.
        order: of day, month and year.
        zone: whose time it is; None for that of the system.
    """

    months: tuple[str, ...] = _MONTHS
    days: tuple[str, ...] = _DAYS
    order: Literal["dmy", "mdy", "ymd"] = "dmy"
    zone: tzinfo | None = None

    def width(self, *, absolute: bool) -> int:
        """Cells that :meth:`time` (``absolute``) or :meth:`age` takes at most."""
        in_a_year = max(map(cell_len, self.months)) + len(" 2026")
        return max(in_a_year, max(map(cell_len, self.days)) + len(" 14:02") if absolute else 0)

    def age(self, then: datetime, now: datetime) -> str:
        """How long ago: ``now``, ``3m``, ``2h``, ``5d``, ``12 Oct``, ``Dec 2024``.

        Args:
            then: aware.
            now: aware.
        """
        seconds = (now - then).total_seconds()
        if seconds < 60:
            return "now"
        if seconds < 3600:
            return f"{seconds // 60:.0f}m"
        if seconds < 86400:
            return f"{seconds // 3600:.0f}h"
        if seconds < _WEEK * 86400:
            return f"{seconds // 86400:.0f}d"
        there = self._here(then)
        if seconds < 180 * 86400:
            return self.day(there)
        return self._date(there, self._here(now))

    def time(self, then: datetime, now: datetime) -> str:
        """When, as exactly as there is room: ``14:02``, ``Fri 14:02``, ``12 Oct``, ``Dec 2024``."""
        there, here = self._here(then), self._here(now)
        days = (here.date() - there.date()).days
        if days == 0:
            return f"{there:%H:%M}"
        if 0 < days < _WEEK:
            return f"{self.days[there.weekday()]} {there:%H:%M}"
        return self._date(there, here)

    def clock(self, then: datetime, now: datetime) -> str:
        """A moment of today as ``08:14``, another day's with its date."""
        there = self._here(then)
        if there.date() == self._here(now).date():
            return f"{there:%H:%M}"
        return f"{self.day(there)} {there:%H:%M}"

    def moment(self, then: datetime) -> str:
        """A moment whole: ``Fri 20 Nov 2026 08:14:02 WET``."""
        there = self._here(then)
        day = self.day(there)
        whole = f"{there.year} {day}" if self.order == "ymd" else f"{day} {there.year}"
        zone = display_line(there.tzname() or "", 40)
        return f"{self.days[there.weekday()]} {whole} {there:%H:%M:%S} {zone}"

    def day(self, there: datetime) -> str:
        """A day, in the zone that the moment is given in: ``12 Oct``."""
        month = self.months[there.month - 1]
        return f"{there.day} {month}" if self.order == "dmy" else f"{month} {there.day}"

    def _date(self, there: datetime, here: datetime) -> str:
        if there.year == here.year:
            return self.day(there)
        month = self.months[there.month - 1]
        return f"{there.year} {month}" if self.order == "ymd" else f"{month} {there.year}"

    def _here(self, then: datetime) -> datetime:
        try:
            return then.astimezone(self.zone)
        except (OverflowError, ValueError, OSError):  # at the ends of time
            return then


def user_calendar() -> Calendar:
    """The calendar of the user's locale; the default where that is "C", or not installed.

    The locale of the process is another only while its names are read: libraries may rely on "C".
    """
    before = locale.setlocale(locale.LC_TIME)
    try:
        name = locale.setlocale(locale.LC_TIME, "")
        return Calendar() if name.partition(".")[0] in ("C", "POSIX") else calendar_of(_written)
    except locale.Error:
        return Calendar()
    finally:
        locale.setlocale(locale.LC_TIME, before)


def _written(form: str, day: date) -> str:
    return time.strftime(form, day.timetuple())


def calendar_of(written: Callable[[str, date], str]) -> Calendar:
    """The calendar of who writes dates so; the default where they leave names out.

    Args:
        written: gives a date in a form of ``strftime``.
    """
    months = tuple(_name(written("%b", date(2001, month, 1))) for month in range(1, 13))
    days = tuple(_name(written("%a", date(2001, 1, day))) for day in range(1, 8))  # from a Monday
    if not (all(months) and all(days)):
        return Calendar()
    example = written("%x", date(2033, 11, 22))
    day, month, year = (example.find(number) for number in ("22", "11", "33"))
    if day < 0 or day < month:
        return Calendar(months, days)
    return Calendar(months, days, "ymd" if 0 <= year < month else "mdy")


def _name(text: str) -> str:
    name = display_line(text, 40).strip()
    return fit(name, min(_WIDEST, cell_len(name))).rstrip()  # room is made for some scripts
