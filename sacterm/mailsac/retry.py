"""When to try again, as pure functions: no clock, no sleep, no socket."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime

from sacterm.errors import RateLimited, ServerTrouble, ServiceError
from sacterm.mailsac.dates import http_date

ATTEMPTS = 2
PATIENCE = 5.0
LONGEST = 31 * 24 * 3600.0


def backoff(
    first: float = 1.0, most: float = 60.0, jitter: Callable[[], float] = random.random
) -> Iterator[float]:
    """Endless delays in seconds: doubling from ``first`` to ``most``, each cut by up to a half.

    Args:
        first: the longest that the first delay can be, in seconds.
        most: the longest that any delay can be, in seconds.
        jitter: gives numbers from 0 to 1; keeps clients that fell together from coming together.
    """
    delay = first
    while True:
        yield delay * (1 + jitter()) / 2
        delay = min(delay * 2, most)


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for (RFC 9110, 10.2.3).

    Args:
        value: delay in seconds or HTTP-date, as sent; None where the header is missing.
        now: the moment of the answer, aware.

    Returns:
        Seconds, from 0 to a month; None where nothing usable was sent.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    elif moment := http_date(text):
        seconds = (moment - now).total_seconds()
    else:
        return None
    return min(max(seconds, 0.0), LONGEST)


def again_in(error: ServiceError, *, method: str, attempt: int, delay: float) -> float | None:
    """Seconds after which the same request is sent again, or None to give up.

    A write is never sent twice: nobody knows whether the first one was carried out. A wait that
    is longer than a person looks at a screen is left to the caller.

    Args:
        error: what came of the attempt.
        method: the HTTP method.
        attempt: how many attempts were made, this one included.
        delay: the wait where the service names none, in seconds.
    """
    if method != "GET" or attempt >= ATTEMPTS or not error.passing:
        return None
    asked = error.retry_after if isinstance(error, RateLimited | ServerTrouble) else None
    if asked is None:
        return delay
    return asked if asked <= PATIENCE else None
