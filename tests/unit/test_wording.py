from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.tui import wording

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=-300), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=3, seconds=59), "3m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=2), "2h"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=1, hours=23), "1d"),
        (timedelta(days=6, hours=23), "6d"),
        (timedelta(days=39), "12 Oct"),
        (timedelta(days=700), "Dec 24"),
    ],
)
def test_ages_are_short(ago: timedelta, text: str) -> None:
    assert wording.age(NOW - ago, NOW) == text


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20_000)))
def test_no_age_is_longer_than_six(ago: timedelta) -> None:
    assert 1 <= len(wording.age(NOW - ago, NOW)) <= 6


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (84_400, "84 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (2_500_000, "2.5 MB"),
    ],
)
def test_sizes_are_human(count: int | None, text: str) -> None:
    assert wording.size(count) == text


def test_numbers_and_plurals() -> None:
    assert wording.plural(1, "op") == "1 op"
    assert wording.plural(1204, "op") == "1,204 ops"
    assert wording.plural(2, "inbox", "inboxes") == "2 inboxes"
