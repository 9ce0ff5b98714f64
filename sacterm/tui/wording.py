"""Numbers and sizes as a person reads them. Pure."""

from __future__ import annotations

from sacterm.reading.sizes import size_text


def size(count: int | None) -> str:
    """Bytes in at most six characters; empty where unknown."""
    return "" if count is None else size_text(count)


def number(count: int) -> str:
    """A number with its thousands set apart: ``1,204``."""
    return f"{count:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 op``, ``14 ops``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
