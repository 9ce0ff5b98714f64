from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.mailbox.pace import month_begins, month_ends, pace_of_day, pace_of_month

NOON = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)  # twenty days of thirty


def test_a_month_too_fast_runs_out_before_its_end() -> None:
    pace = pace_of_month(1200, 1500, NOON)
    assert (pace.daily, pace.by_end) == (60, 1800)
    assert pace.runs_out == datetime(2026, 11, 26, tzinfo=UTC)


def test_a_month_slow_enough_lasts_and_says_what_will_be_used() -> None:
    pace = pace_of_month(600, 1500, NOON)
    assert (pace.daily, pace.by_end, pace.runs_out) == (30, 900, None)


@pytest.mark.parametrize("used", [1500, 2000])
def test_what_is_used_up_has_run_out_now(used: int) -> None:
    assert pace_of_month(used, 1500, NOON).runs_out == NOON


def test_without_a_limit_nothing_runs_out() -> None:
    assert pace_of_month(10**9, None, NOON).runs_out is None


def test_a_day_like_this_is_reckoned_from_its_hours() -> None:
    six_pm = NOON + timedelta(hours=18)
    pace = pace_of_day(90, 1200, 1500, six_pm)
    assert pace.daily == 120
    assert pace.runs_out == six_pm + timedelta(days=2.5)
    assert pace_of_day(0, 1200, 1500, six_pm).runs_out is None


def test_the_first_minutes_of_a_month_or_a_day_are_no_pace() -> None:
    first = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    assert pace_of_month(10, 1500, first).daily == 10
    assert pace_of_day(10, 10, 1500, first).daily == 40


def test_months_are_those_of_utc() -> None:
    here = datetime(2026, 12, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert month_begins(here) == datetime(2026, 11, 1, tzinfo=UTC)
    assert month_ends(here) == datetime(2026, 12, 1, tzinfo=UTC)


@given(
    st.integers(0, 2**63),
    st.integers(0, 2**63),
    st.none() | st.integers(1, 2**63),
    st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),
)
def test_it_runs_out_between_now_and_the_end_of_the_month_or_not_in_it(
    today: int, used: int, limit: int | None, now: datetime
) -> None:
    end = month_ends(now)
    assert now < end <= now + timedelta(days=31)
    assert end.day == 1
    for pace in (pace_of_month(used, limit, now), pace_of_day(today, used, limit, now)):
        # a microsecond is what a moment is rounded to
        assert pace.runs_out is None or now <= pace.runs_out <= end + timedelta(hours=1)
