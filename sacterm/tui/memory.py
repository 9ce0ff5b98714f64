"""How the interpreter shares the processor out: what waits for a key comes first."""

from __future__ import annotations

import gc
import sys

_TURN = 0.001  # seconds that a thread at work may keep others from running


def collect_later() -> None:
    """Keep the collector still while the program starts: nothing of that is garbage."""
    gc.disable()


def stay_quick() -> None:
    """Keep threads at work, and the collector, from holding up the event loop for long.

    Mail is read in threads, and a screen that waits for its turn five times waits 25 ms by the
    usual interval. A message of 2.5 MB becomes hundreds of thousands of lines and spans, none of
    them in a cycle. Each full collection that making them sets off takes more than 100 ms, in which
    no thread runs, the event loop's neither. What is young is still looked through, in steps of a
    few ms.
    """
    sys.setswitchinterval(_TURN)
    gc.enable()
    gc.freeze()
    gc.set_threshold(2_000, 10, 10_000)
