"""The hints of the tour."""

from __future__ import annotations

from sacterm.reading.cells import cell_len
from sacterm.tui.commands import COMMANDS
from sacterm.tui.keymap import keymap
from sacterm.tui.tour import HINTS, told


def test_there_are_five_each_of_commands_that_exist_and_short_enough_for_a_small_screen() -> None:
    ids = {command.id for command in COMMANDS}
    assert len(HINTS) == 5
    for place, hint in enumerate(HINTS):
        assert hint.taught in hint.commands
        assert ids.issuperset(hint.commands)
        assert cell_len(told(place, keymap().key).plain) <= 78


def test_keys_are_the_users_own() -> None:
    line = told(0, lambda id: {"cursor-down": "↓", "tour": "f9", "back": "esc"}[id]).plain
    assert "↓ goes down" in line
    assert "f9 next · esc ends" in line


def test_a_hint_is_done_by_its_actions_alone() -> None:
    assert HINTS[0].is_done_by("cursor_up")
    assert HINTS[0].is_done_by("cursor_down(5)")
    assert not HINTS[0].is_done_by("copy_code")
