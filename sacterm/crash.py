"""Tells of a fault of our own: one line, and a report that holds no key."""

from __future__ import annotations

import sys
from datetime import datetime

from sacterm.redact import redact


def tell_fault(fault: str, key: str) -> None:
    """Say that the program ended by a fault, and where the report of it is.

    Args:
        fault: the traceback.
        key: taken out of it, whatever it looks like.
    """
    report = _keep_report(redact(fault, key))
    print(f"sacterm met a fault of its own and ended. {report}", file=sys.stderr)


def _keep_report(text: str) -> str:
    from sacterm.settings.locations import user_locations, write_private

    file = user_locations().state / f"crash-{datetime.now():%Y%m%d-%H%M%S}.txt"
    try:
        write_private(file, text.encode("utf-8", "replace"))
    except OSError as error:
        return f"The report could not be kept ({error.strerror}):\n{text}"
    return f"The report: {file}"
