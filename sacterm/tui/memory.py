"""How often the garbage collector looks for cycles."""

from __future__ import annotations

import gc


def collect_later() -> None:
    """Keep the collector still while the program starts: nothing of that is garbage."""
    gc.disable()


def collect_seldom() -> None:
    """Keep the collector from going through all that there is, again and again.

    A message of 2.5 MB becomes hundreds of thousands of lines and spans, none of them in a cycle.
    Each full collection that making them sets off takes more than 100 ms, in which no thread runs,
    the event loop's neither. What is young is still looked through, in steps of a few ms.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(2_000, 10, 10_000)
