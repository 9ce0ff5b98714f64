"""When to try again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.errors import (
    CertificateRefused,
    KeyRefused,
    NotFound,
    RateLimited,
    Rejected,
    ServerTrouble,
    ServiceError,
    TimedOut,
    Unexpected,
    Unreachable,
)
from sacterm.mailsac.retry import again_in, backoff, retry_after

NOW = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)


def test_delays_double_up_to_the_most() -> None:
    longest = list(islice(backoff(jitter=lambda: 1.0), 9))
    assert longest == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert list(islice(backoff(jitter=lambda: 0.0), 9)) == [delay / 2 for delay in longest]
    assert list(islice(backoff(3.0, 5.0, lambda: 1.0), 3)) == [3, 5, 5]


def test_clients_that_fell_together_do_not_come_together() -> None:
    assert list(islice(backoff(), 5)) != list(islice(backoff(), 5))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 500, 31 * 24 * 3600.0),
        ("Fri, 01 Jan 2027 00:00:10 GMT", 40.0),
        ("Friday, 01-Jan-27 00:00:10 GMT", 40.0),
        ("Fri Jan  1 00:00:10 2027", 40.0),
        ("Thu, 31 Dec 2026 23:00:00 GMT", 0.0),
        ("Fri, 01 Jan 9999 00:00:00 GMT", 31 * 24 * 3600.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("Fri, 99 Jan 2027 00:00:10 GMT", None),
    ],
)
def test_retry_after_as_seconds_and_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@settings(deadline=None)
@given(st.text())
def test_any_retry_after_is_a_bounded_wait_or_nothing(value: str) -> None:
    wait = retry_after(value, NOW)
    assert wait is None or 0 <= wait <= 31 * 24 * 3600


@settings(deadline=None)
@given(st.integers(0, 86_400))
def test_a_date_of_our_own_making_is_understood(seconds: int) -> None:
    later = NOW + timedelta(seconds=seconds)
    assert retry_after(format_datetime(later, usegmt=True), NOW) == seconds


PASSING = [
    RateLimited("", status=429),
    ServerTrouble("", status=500),
    Unreachable(""),
    TimedOut(""),
]
LASTING = [
    KeyRefused(""),
    NotFound("", status=404),
    Rejected("", status=400),
    CertificateRefused(""),
    Unexpected(""),
]


@pytest.mark.parametrize("error", PASSING)
def test_a_passing_fault_of_a_read_is_tried_once_more(error: ServiceError) -> None:
    assert again_in(error, method="GET", attempt=1, delay=0.5) == 0.5
    assert again_in(error, method="GET", attempt=2, delay=0.5) is None


@pytest.mark.parametrize("error", LASTING)
def test_a_lasting_fault_is_not_tried_again(error: ServiceError) -> None:
    assert again_in(error, method="GET", attempt=1, delay=0.5) is None


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("error", PASSING)
def test_a_write_is_never_sent_twice(error: ServiceError, method: str) -> None:
    assert again_in(error, method=method, attempt=1, delay=0.5) is None


@pytest.mark.parametrize("kind", [RateLimited, ServerTrouble])
@pytest.mark.parametrize(("asked", "wait"), [(0.0, 0.0), (5.0, 5.0), (5.1, None)])
def test_a_named_wait_is_kept_while_it_is_short(
    kind: type[RateLimited | ServerTrouble], asked: float, wait: float | None
) -> None:
    error = kind("", status=503, retry_after=asked)
    assert again_in(error, method="GET", attempt=1, delay=0.5) == wait
