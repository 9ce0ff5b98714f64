"""Keys that come all at once, as they do over a slow line."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.terminal import Terminal
from tests.e2e.test_handing import DEMO, environment


def test_what_is_typed_after_a_slash_is_looked_for_and_does_nothing_else(tmp_path: Path) -> None:
    with Terminal(DEMO, environment(tmp_path), size=(100, 30)) as terminal:
        terminal.sees("195 messages", "enter reads this message", limit=20)
        terminal.press("\r")
        terminal.sees("costs no more ops")
        terminal.press("/code")
        terminal.sees("“code” 1 of")
        assert "copied" not in terminal.text
