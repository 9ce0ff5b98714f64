"""Keys that come all at once, as they do over a slow line: each is for what the last one opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_handing import DEMO, environment


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(DEMO, environment(tmp_path), size=(100, 30)) as terminal:
        terminal.sees("195 messages", "enter reads this message", limit=20)
        yield terminal


def test_what_is_typed_after_a_slash_is_looked_for_and_does_nothing_else(
    terminal: Terminal,
) -> None:
    terminal.press("/code")
    terminal.sees("“code”")
    assert "copied" not in terminal.text
    assert "deleted" not in terminal.text


def test_the_same_in_the_message(terminal: Terminal) -> None:
    terminal.press("\r")
    terminal.sees("costs no more ops")
    terminal.press("/code")
    terminal.sees("“code” 1 of")
    assert "copied" not in terminal.text


def test_a_dialog_gets_what_was_typed_for_it(terminal: Terminal) -> None:
    terminal.press("lded\r")  # a label of that name, and nothing deleted
    terminal.sees("#ded")
    assert "deleted" not in terminal.text


def test_a_question_gets_its_answer(terminal: Terminal) -> None:
    terminal.press("*dn")  # all of them, refused
    terminal.press("/no such word")
    terminal.sees("Nothing found here")
    assert "u undoes" not in terminal.text
