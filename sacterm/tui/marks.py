"""The marks on the screen. Each is a shape, so that nothing is told by colour alone."""

from __future__ import annotations

from sacterm.model import Liveness

UNREAD = "●"
STARRED = "★"
ATTACHMENT = "▤"
SPAM = "!"
GONE = "†"
SELECTED = "✓"
WAITING = "↑"
LIVENESS = {
    Liveness.LIVE: "●",
    Liveness.WAITING: "◐",
    Liveness.OFF: "○",
    Liveness.CANNOT: "·",
}
LEGEND = "● live  ◐ waiting  ○ off"
