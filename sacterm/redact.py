"""Takes keys and secret URLs out of any text, and out of every log record."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "•••"

# Not inside a word such as "mark_read_after", but after an escape such as %3D or \n.
_KEY = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))k_[A-Za-z0-9_-]{6,}")
_NAMED = re.compile(
    r"""(?ix)
    ( (?: (?: _?mailsac[-_]?key | authorization ) ["']? \s* [=:,] | \bkey= ) \s* (?:b?["'])?
      (?: (?:bearer|basic) \s+ )? )
    [^\s&"'\#,;)}\]]+"""
)


def redact(text: str, *secrets: str) -> str:
    """The text with everything that is or looks like a Mailsac key replaced by ``•••``.

    Covers the bare key (``k_…``), the query parameters ``key=`` and ``_mailsacKey=``, and the
    header ``Mailsac-Key``, in any quoting that a repr or a log line gives them, and the given
    secrets themselves, whatever they look like, also as a URL has them.
    """
    for secret in filter(None, secrets):
        for form in (secret, *(quote(secret, safe, errors="replace") for safe in ("", "/"))):
            text = text.replace(form, HIDDEN)
    return _KEY.sub(HIDDEN, _NAMED.sub(rf"\1{HIDDEN}", text))


def _redact_record(record: logging.LogRecord, secrets: Iterable[str]) -> None:
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - a log call with wrong arguments must not fail its caller
        text = f"{record.msg} {record.args!r}"
    record.msg = redact(text, *secrets)
    record.args = None
    if record.exc_info:
        record.exc_text = redact(logging.Formatter().formatException(record.exc_info), *secrets)
        record.exc_info = None


def install_log_filter(*secrets: str) -> None:
    """Make every log record of this process lose its keys before any handler sees it.

    Called again, it adds to the secrets that go whatever they look like.

    httpx logs full URLs at INFO, websockets request lines and headers at DEBUG, uvicorn the
    query at INFO. A filter on the root logger would not see records of child loggers, so it
    sits in the record factory, which every logger calls.
    """
    make = logging.getLogRecordFactory()
    known: set[str] | None = getattr(make, "secrets", None)
    if known is not None:
        known.update(secrets)
        return
    hidden = set(secrets)

    def make_redacted(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        _redact_record(record, hidden)
        return record

    make_redacted.secrets = hidden  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make_redacted)
