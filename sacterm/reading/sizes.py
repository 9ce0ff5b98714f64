"""How many bytes something has, as a person reads it."""

from __future__ import annotations


def size_text(count: int) -> str:
    """Bytes in at most six characters: ``812 B``, ``6 kB``, ``1.4 MB``."""
    if count < 1_000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1_000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"
