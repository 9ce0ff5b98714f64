"""Takes keys and secret URLs out of any text, and out of every log record."""

from __future__ import annotations

import logging
import re

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
    secrets themselves, whatever they look like.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return _KEY.sub(HIDDEN, _NAMED.sub(rf"\1{HIDDEN}", text))


def _redact_record(record: logging.LogRecord) -> None:
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - a log call with wrong arguments must not fail its caller
        text = f"{record.msg} {record.args!r}"
    record.msg = redact(text)
    record.args = None
    if record.exc_info:
        record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        record.exc_info = None


def install_log_filter() -> None:
    """Make every log record of this process lose its keys before any handler sees it.

    httpx logs full URLs at INFO, websockets request lines and headers at DEBUG, uvicorn the
    query at INFO. A filter on the root logger would not see records of child loggers, so it
    sits in the record factory, which every logger calls.
    """
    make = logging.getLogRecordFactory()
    if getattr(make, "redacts", False):
        return

    def make_redacted(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        _redact_record(record)
        return record

    make_redacted.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make_redacted)
