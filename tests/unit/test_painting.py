from __future__ import annotations

from rich.segment import Segment
from textual.color import Color

from sacterm.tui.painting import ControlFilter


def test_the_last_net_takes_control_characters_out() -> None:
    painted = ControlFilter().apply(
        [Segment("a\x1b]52;c;x\x07b"), Segment("fine"), Segment("\x9b2J")], Color(0, 0, 0)
    )
    assert [segment.text for segment in painted] == ["a�]52;c;x�b", "fine", "�2J"]
