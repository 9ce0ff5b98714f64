"""What a start does without: loaded behind the first screen, so that no key waits for it."""

from __future__ import annotations


def load_the_rest() -> None:
    """Load what reads, searches and lays out mail."""
    import sacterm.mailbox.search
    import sacterm.tui.layouts  # noqa: F401
