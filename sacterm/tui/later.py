"""What a start does without: loaded behind the first screen, so that no key waits for it."""

from __future__ import annotations


def load_the_rest() -> None:
    """Load what reads, searches and lays out mail, and what asks."""
    import sacterm.mailbox.search
    import sacterm.tui.layouts
    import sacterm.tui.screens.dialogs
    import sacterm.tui.screens.labels
    import sacterm.tui.screens.paper  # noqa: F401
