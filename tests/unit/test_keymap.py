"""Which keys do what: presets, keys of one's own, and what is said of those that cannot be."""

from __future__ import annotations

import string

import pytest
from textual.keys import _character_to_key

from sacterm.tui.commands import COMMANDS
from sacterm.tui.forms import Form
from sacterm.tui.hints import At, hints
from sacterm.tui.keymap import PRESETS, choose, clashes, key_name, keymap, shown_key, table

TAKEN = set("abcoqstvyz") | {"backslash"}
"""With ctrl: what tmux, screen, the shell and the terminal keep to themselves."""


def refusals(**keys: str) -> list[str]:
    return list(choose("vim", {id.replace("_", "-"): text for id, text in keys.items()})[1])


class TestNames:
    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("d", "d"),
            ("G", "G"),
            ("^d", "ctrl+d"),
            ("^D", "ctrl+d"),
            ("ctrl+d", "ctrl+d"),
            ("Ctrl-D", "ctrl+d"),
            ("C-d", "ctrl+d"),
            ("control+pgdn", "ctrl+pagedown"),
            ("alt+x", "alt+x"),
            ("M-x", "alt+x"),
            ("shift+tab", "shift+tab"),
            ("shift+g", "G"),
            ("shift+ctrl+left", "ctrl+shift+left"),
            ("?", "question_mark"),
            ("question_mark", "question_mark"),
            ("/", "slash"),
            ("slash", "slash"),
            ("+", "plus"),
            ("-", "minus"),
            ("^", "circumflex_accent"),
            ("ctrl++", "ctrl+plus"),
            ("^-", "ctrl+minus"),
            (" space ", "space"),
            ("SPACE", "space"),
            ("Page Down", "pagedown"),
            ("pgup", "pageup"),
            ("del", "delete"),
            ("Esc", "escape"),
            ("return", "enter"),
            ("F5", "f5"),
            ("↓", "down"),
            ("ü", "ü"),
            ("^i", "tab"),
            ("ctrl+m", "enter"),
            ("^[", "escape"),
        ],
    )
    def test_people_write_keys_in_many_ways(self, written: str, name: str) -> None:
        assert key_name(written) == name

    @pytest.mark.parametrize(
        "written", ["", "foo", "ctrl+", "ctrl", "f25", "dd", "hyper+x", "\x01"]
    )
    def test_what_is_no_key_has_no_name(self, written: str) -> None:
        assert key_name(written) is None

    def test_every_character_has_the_name_that_the_framework_gives_it(self) -> None:
        for character in string.printable.strip():
            assert key_name(character) == _character_to_key(character)
            assert shown_key(_character_to_key(character)) == character

    def test_what_is_shown_can_be_written(self) -> None:
        names = [
            *("ctrl+d", "shift+tab", "shift+down", "alt+x", "ctrl+shift+left", "ctrl+plus"),
            *("pageup", "delete", "f5", "escape", "space", "enter", "tab", "down", "home"),
        ]
        for name in names:
            assert key_name(shown_key(name)) == name


class TestPresets:
    @pytest.mark.parametrize("preset", PRESETS)
    def test_each_has_a_key_for_every_command_that_no_other_program_takes(
        self, preset: str
    ) -> None:
        keys, problems = choose(preset, {})
        assert problems == ()
        for command in COMMANDS:
            shown = keys.keys(command.id).split()
            assert shown, command.id
            assert all(key_name(key) for key in shown)
            taken = {key[1:] for key in shown if len(key) == 2 and key[0] == "^"} & TAKEN
            assert not taken, command.id
        assert set(PRESETS[preset]) <= {command.id for command in COMMANDS}

    @pytest.mark.parametrize(
        ("preset", "shared"),
        [
            ("vim", {("find", "find-in-message"), ("new-address", "next-match")}),
            ("arrows", {("find", "find-in-message"), ("new-address", "next-match")}),
            ("mutt", {("find", "find-in-message"), ("leave-message", "quit")}),
        ],
    )
    def test_only_what_is_meant_for_the_message_alone_shares_a_key(
        self, preset: str, shared: set[tuple[str, str]]
    ) -> None:
        keys = keymap(preset)
        names = {
            c.id: tuple(str(key_name(key)) for key in keys.keys(c.id).split()) for c in COMMANDS
        }
        assert {tuple(sorted(pair)) for _, pair in clashes(names)} == shared

    def test_they_are_what_the_fingers_know(self) -> None:
        arrows, mutt = keymap("arrows"), keymap("mutt")
        assert (arrows.key("cursor-down"), arrows.key("delete")) == ("down", "del")
        assert [mutt.key(id) for id in ("select", "toggle-star", "move", "refresh")] == [
            *("t", "F", "s", "$")
        ]


class TestChoosing:
    def test_keys_of_ones_own_take_the_place_of_the_presets(self) -> None:
        keys, problems = choose("vim", {"delete": "del, ^k", "undo": "", "next-pane": "Z"})
        assert problems == ()
        assert (keys.keys("delete"), keys.keys("undo"), keys.key("next-pane")) == (
            *("del ^k", ""),
            "Z",
        )
        assert [c.id for c in keys.commands("delete")] == ["delete"]
        assert list(keys.commands("d")) == list(keys.commands("u")) == []

    def test_where_no_key_does_it_the_palettes_is_shown(self) -> None:
        assert choose("vim", {"undo": ""})[0].key("undo") == "^p"
        assert choose("vim", {"undo": "", "palette": ""})[0].key("undo") == "(no key)"

    def test_two_commands_may_change_their_keys(self) -> None:
        keys, problems = choose("vim", {"delete": "x", "select": "d"})
        assert problems == ()
        assert (keys.key("delete"), keys.key("select")) == ("x", "d")

    def test_a_key_of_another_command_is_refused_and_the_default_stays(self) -> None:
        keys, problems = choose("vim", {"delete": "x"})
        assert problems == ('[keys] delete = "x": x is a key of select already · d stays',)
        assert keys.key("delete") == "d"

    def test_a_key_that_only_the_message_would_have_is_refused_too(self) -> None:
        assert refusals(next_match="f") == [
            '[keys] next-match = "f": f is a key of follow already · n stays'
        ]
        assert not refusals(find="^f", find_in_message="^f"), "they share one in the preset"

    def test_of_two_that_want_one_key_the_first_has_it(self) -> None:
        keys, problems = choose("vim", {"delete": "Z", "undo": "Z"})
        assert problems == ('[keys] undo = "Z": Z is a key of delete already · u stays',)
        assert (keys.key("delete"), keys.key("undo")) == ("Z", "u")

    def test_what_a_refusal_gives_back_is_not_taken_by_another(self) -> None:
        keys, problems = choose("vim", {"delete": "x", "undo": "d"})
        assert len(problems) == 2
        assert (keys.key("delete"), keys.key("undo")) == ("d", "u")

    def test_what_cannot_be_read_is_told_with_what_is_meant(self) -> None:
        assert refusals(delte="x") == [
            '[keys] delte = "x": there is no such command (did you mean delete?): sacterm keys'
            " prints them all"
        ]
        (said,) = refusals(delete="d, foo")
        assert "“foo” is no key" in said
        (said,) = refusals(delete="^q")
        assert "^q is taken: it quits" in said

    def test_what_is_told_is_fit_for_the_screen_and_holds_no_secret(self) -> None:
        (said,) = refusals(**{"a\x1b[2J": "k_ABCdef0123456789ABCdef"})
        assert "\x1b" not in said
        assert "0123456789" not in said

    def test_a_comma_can_be_bound(self) -> None:
        assert choose("vim", {"previous-message": "", "delete": ","})[0].key("delete") == ","
        assert (
            choose("vim", {"previous-message": "", "delete": "comma, d"})[0].keys("delete") == ", d"
        )


class TestTelling:
    def test_the_table_has_each_command_with_its_id_and_keys(self) -> None:
        lines = table(choose("mutt", {"delete": "Z"})[0]).splitlines()
        for command in COMMANDS:
            assert sum(line.split()[:1] == [command.id] for line in lines) == 1
        assert any(line.split()[:3] == ["delete", "Z", "Delete"] for line in lines)

    def test_six_commands_matter_each_time_and_help_is_the_last(self) -> None:
        for preset in PRESETS:
            for at in set(At) - {At.FIELD}:
                for form in Form:
                    told = hints(keymap(preset), at, form)
                    assert len(told) == 6
                    assert all(word for _, word in told)
                    assert told[-1] == (keymap(preset).key("help"), "help")
        assert hints(keymap(), At.LIST, Form.PARTS) == hints(keymap(), At.LIST, Form.TEXT)
        assert ("S", "save") in hints(keymap(), At.MESSAGE, Form.PARTS)

    def test_what_has_no_key_is_not_offered(self) -> None:
        keys, _ = choose("vim", {"delete": ""})
        assert "delete" not in [word for _, word in hints(keys, At.LIST, Form.TEXT)]
