from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sacterm.mailsac.dates import http_date, skew

NOW = datetime(2026, 11, 20, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri, 20 Nov 2026 08:00:00 GMT", NOW),
        ("Fri, 20 Nov 2026 09:00:00 +0100", NOW),
        ("Fri, 20 Nov 2026 08:00:00 -0000", NOW),
        ("Friday, 20-Nov-26 08:00:00 GMT", NOW),
        (None, None),
        ("", None),
        ("now", None),
        ("Fri, 99 Nov 2026 08:00:00 GMT", None),
        ("Fri, 20 Nov 99999999999 08:00:00 GMT", None),
        ("x" * 100_000, None),
    ],
)
def test_a_date_is_read_or_passed_over(text: str | None, moment: datetime | None) -> None:
    assert http_date(text) == moment


@pytest.mark.parametrize(
    ("hours", "age", "behind"),
    [(2, None, 2), (-48, None, -48), (0, None, 0), (0.01, None, 0), (2, "60", 0)],
)
def test_a_clock_that_is_wrong_is_told_from_one_that_is_about_right(
    hours: float, age: str | None, behind: float
) -> None:
    there = NOW + timedelta(hours=hours)
    date = f"{there:%a, %d %b %Y %H:%M:%S GMT}"
    assert skew(date, age, NOW) == timedelta(hours=behind)
