"""Dates as the user writes them: order, words and zone of the user's, never too wide."""

from __future__ import annotations

import locale
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.tui.dates import Calendar, calendar_of, user_calendar
from tests.unit.hostilestrings import HOSTILE, is_unfit

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PLAIN = Calendar(zone=UTC)

moments = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("ago", "age", "time"),
    [
        (timedelta(seconds=-300), "now", "12:05"),
        (timedelta(seconds=59), "now", "11:59"),
        (timedelta(minutes=3, seconds=59), "3m", "11:56"),
        (timedelta(minutes=59, seconds=59), "59m", "11:00"),
        (timedelta(hours=2), "2h", "10:00"),
        (timedelta(hours=23, minutes=59), "23h", "Thu 12:01"),
        (timedelta(days=1, hours=23), "1d", "Wed 13:00"),
        (timedelta(days=6, hours=11), "6d", "Sat 01:00"),
        (timedelta(days=6, hours=23), "6d", "13 Nov"),
        (timedelta(days=39), "12 Oct", "12 Oct"),
        (timedelta(days=700), "Dec 2024", "Dec 2024"),
        (timedelta(days=-1), "now", "21 Nov"),
    ],
)
def test_ages_and_times_are_short(ago: timedelta, age: str, time: str) -> None:
    assert PLAIN.age(NOW - ago, NOW) == age
    assert PLAIN.time(NOW - ago, NOW) == time


def test_the_year_is_told_of_what_is_half_a_year_old() -> None:
    new_year = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)
    assert PLAIN.age(NOW, new_year) == "20 Nov"
    assert PLAIN.time(NOW, new_year) == "Nov 2026"


def test_moments_are_told_whole_and_near_ones_by_the_clock() -> None:
    assert PLAIN.moment(NOW) == "Fri 20 Nov 2026 12:00:00 UTC"
    assert PLAIN.clock(NOW, NOW) == "12:00"
    assert PLAIN.clock(NOW - timedelta(days=1), NOW) == "19 Nov 12:00"


def test_all_is_told_in_the_zone_of_the_reader_as_it_was_then() -> None:
    lisbon = Calendar(zone=ZoneInfo("Europe/Lisbon"))
    summer = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    assert lisbon.time(summer, NOW) == "1 Aug"
    assert lisbon.moment(summer) == "Sat 1 Aug 2026 00:30:00 WEST"
    assert Calendar(zone=ZoneInfo("Asia/Tokyo")).time(NOW, NOW) == "21:00"


GERMAN = ("Mo Di Mi Do Fr Sa So", "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez", "%d.%m.%Y")
HUNGARIAN = (
    "h k sze cs p szo v",
    "jan febr márc ápr máj jún júl aug szept okt nov dec",
    "%Y. %m. %d.",
)


def written(locale_: tuple[str, str, str], form: str, day: date) -> str:
    days, months, numbers = locale_
    if form == "%x":
        return day.strftime(numbers)
    return days.split()[day.weekday()] if form == "%a" else months.split()[day.month - 1]


german, hungarian = partial(written, GERMAN), partial(written, HUNGARIAN)


def american(form: str, day: date) -> str:
    return f"{day:%m/%d/%Y}" if form == "%x" else day.strftime(form)


def test_words_and_order_are_those_of_the_locale() -> None:
    then, old = NOW - timedelta(days=39), NOW - timedelta(days=700)
    told = []
    for locale_ in (german, hungarian, american):
        plain = calendar_of(locale_)
        calendar = Calendar(plain.months, plain.days, plain.order, UTC)
        told.append((calendar.time(then, NOW), calendar.time(old, NOW), calendar.moment(then)))
    assert told == [
        ("12 Okt", "Dez 2024", "Mo 12 Okt 2026 12:00:00 UTC"),
        ("okt 12", "2024 dec", "h 2026 okt 12 12:00:00 UTC"),
        ("Oct 12", "Dec 2024", "Mon Oct 12 2026 12:00:00 UTC"),
    ]


def test_a_locale_whose_numbers_are_others_keeps_its_names() -> None:
    calendar = calendar_of(lambda form, day: "۲۲/۱۱/۳۳" if form == "%x" else german(form, day))
    assert calendar == Calendar(calendar_of(german).months, calendar_of(german).days)


def test_names_that_are_not_there_are_ours() -> None:
    assert calendar_of(lambda form, day: "" if form == "%a" else german(form, day)) == Calendar()


@example(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC), "000000\u093e", "dmy")
@given(moments, moments, st.text(), st.sampled_from(("dmy", "mdy", "ymd")))
def test_nothing_is_wider_than_its_column(
    then: datetime, now: datetime, name: str, order: str
) -> None:
    calendar = calendar_of(lambda form, day: order if form == "%x" else f"x{name}")
    for text, absolute in ((calendar.age(then, now), False), (calendar.time(then, now), True)):
        assert 1 <= cell_len(text) <= calendar.width(absolute=absolute) <= 14


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_safe(name: str) -> None:
    calendar = calendar_of(lambda form, day: f"x{HOSTILE[name]}")
    assert not any(is_unfit(char) for char in calendar.moment(NOW))


def test_the_ends_of_time_are_told_wherever_one_is() -> None:
    for zone in (ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Auckland")):
        calendar = Calendar(zone=zone)
        for then in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
            assert calendar.time(then, NOW)
            assert str(then.year) in calendar.moment(then)


def test_the_locale_of_the_process_stays_and_one_that_is_not_here_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = locale.setlocale(locale.LC_TIME)
    for name in ("C", "C.UTF-8", "xx_XX.UTF-8"):
        monkeypatch.setenv("LC_ALL", name)
        assert user_calendar() == Calendar()
    assert locale.setlocale(locale.LC_TIME) == before
