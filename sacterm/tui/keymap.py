"""Which keys do what: a preset, and over it what a person chose in ``settings.toml``. Pure.

Keys have two names: the framework's (``ctrl+d``, ``question_mark``) and that of people (``^d``,
``?``). Both directions are here, and nowhere else.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, key_to_character

from sacterm.reading.text import display_line
from sacterm.redact import redact
from sacterm.tui.commands import COMMANDS, Command, Where

Keys = tuple[str, ...]
"""The framework's names of the keys of one command, the one to show first."""

PRESETS: Mapping[str, Mapping[str, str]] = {
    "vim": {},
    "arrows": {
        "cursor-down": "down",
        "cursor-up": "up",
        "cursor-first": "home",
        "cursor-last": "end",
        "half-page-down": "pgdn",
        "half-page-up": "pgup",
        "next-pane": "tab, right",
        "previous-pane": "shift+tab, left",
        "next-address": "J, shift+down",
        "previous-address": "K, shift+up",
        "leave-message": "backspace",
        "next-view": "ctrl+right, ]",
        "previous-view": "ctrl+left, [",
        "select": "ins, x",
        "delete": "del, d",
        "find": "^f, /",
        "find-in-message": "^f, /",
        "next-match": "f3, n",
        "refresh": "f5, r",
        "help": "f1, ?",
        "quit": "f10, q",
    },
    "mutt": {
        "cursor-first": "=, home",
        "cursor-last": "*, end",
        "half-page-down": "], pgdn",
        "half-page-up": "[, pgup",
        "message-page-up": "-",
        "leave-message": "q",
        "view-headers": "3, h",
        "view-parts": "5, v",
        "next-view": "}",
        "previous-view": "{",
        "copy-code": "y",
        "copy": "i",
        "open-in-editor": "e",
        "open-in-pager": "E",
        "save": "C",
        "save-all": "S",
        "select": "t",
        "select-all": "T",
        "toggle-read": "N",
        "toggle-star": "F",
        "label": "Y",
        "move": "s",
        "find": "/, l",
        "next-match": "n",
        "previous-match": "P",
        "sort": "o",
        "folders": "b",
        "toggle-live": "W",
        "new-address": "I",
        "open-inbox": "c",
        "validate": "Q",
        "send-test": "m",
        "toggle-density": "^e",
        "tour": "f2",
        "shrink-list": "_",
        "refresh": "$, G",
        "palette": "^p, :",
        "change-theme": "%",
        "quit": "q, x",
    },
}
"""What differs from the keys in the table of commands, by the id of the command.

``mutt`` has its own keys wherever it has such a command: ``s`` saves to a folder, ``c`` changes to
another inbox, ``$`` synchronises, ``q`` leaves the message first.
"""

_FIXED = {"ctrl+q": "quits", "ctrl+c": "copies what is marked"}
"""What the framework does on keys that come before all commands."""

_NAMES = {
    "esc": "escape",
    "return": "enter",
    "ret": "enter",
    "cr": "enter",
    "spacebar": "space",
    "bksp": "backspace",
    "bs": "backspace",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "page_up": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "page_down": "pagedown",
    "←": "left",
    "→": "right",
    "↑": "up",
    "↓": "down",
}
_KNOWN = {
    *("escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end"),
    *("pageup", "pagedown", "left", "right", "up", "down"),
    *(f"f{number}" for number in range(1, 25)),
}
_MODIFIERS = {
    **dict.fromkeys(("ctrl", "control", "c", "^"), "ctrl"),
    **dict.fromkeys(("alt", "meta", "option", "m", "a"), "alt"),
    **dict.fromkeys(("shift", "s"), "shift"),
}
_ORDER = ("ctrl", "alt", "shift")
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape"}
"""Keys that most terminals do not tell apart."""

_SHOWN = {
    "escape": "esc",
    "delete": "del",
    "insert": "ins",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(text: str) -> str | None:
    """The framework's name of a key that a person wrote; None where there is no such key."""
    text = text.strip()
    if len(text) == 1:
        return _NAMES.get(text) or _character_name(text)
    wanted: set[str] = set()
    while True:
        modifier, rest = _split_modifier(text)
        if modifier is None:
            break
        wanted.add(modifier)
        text = rest
    if len(text) == 1:
        key = _NAMES.get(text) or _character_name(text)
        if key and len(key) == 1 and "ctrl" in wanted:
            key = key.lower()
        elif key and len(key) == 1 and "shift" in wanted:
            key = key.upper()
            wanted.discard("shift")
    else:
        named = text.lower().replace(" ", "_")
        named = _NAMES.get(named, named)
        key = named if named in _KNOWN or _character(named) else None
    if key is None:
        return None
    name = "+".join([*(modifier for modifier in _ORDER if modifier in wanted), key])
    return _SAME.get(name, name)


def _split_modifier(text: str) -> tuple[str | None, str]:
    """The modifier a text begins with, and what comes after it."""
    if len(text) > 1 and text[0] == "^":
        return _MODIFIERS[text[0]], text[1:]
    for separator in "+-":
        before, found, rest = text.partition(separator)
        if found and rest and before.lower() in _MODIFIERS:
            return _MODIFIERS[before.lower()], rest
    return None, text


def _character_name(character: str) -> str | None:
    if character.isalnum():
        return character
    if character.isspace():
        return "space" if character == " " else None
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name) or None


def _character(name: str) -> str | None:
    return key_to_character(REPLACED_KEYS.get(name, name))


def shown_key(key: str) -> str:
    """A key as a person writes it: ``^d``, ``?``, ``esc``."""
    *modifiers, name = key.split("+")
    shown = _SHOWN.get(name)
    if shown is None:
        shown = name if name in _KNOWN else _character(name) or name
    if modifiers == ["ctrl"] and len(shown) == 1:
        return f"^{shown}"
    return "+".join([*modifiers, shown])


class Keymap:
    """The keys of all commands."""

    def __init__(self, keys: Mapping[str, Keys]) -> None:
        """Set up.

        Args:
            keys: of each command, by its id; empty where it has none.
        """
        self._keys = keys
        self._commands: dict[str, list[Command]] = defaultdict(list)
        for command in COMMANDS:
            for key in keys[command.id]:
                self._commands[key].append(command)

    def commands(self, key: str) -> Iterable[Command]:
        """The commands of a key; which of them it does depends on where it is pressed."""
        return self._commands.get(key, ())

    def key(self, id: str) -> str:
        """The key to show for a command; the palette's where it has none, for it offers all."""
        for keys in (self._keys[id], self._keys["palette"]):
            if keys:
                return shown_key(keys[0])
        return "(no key)"

    def keys(self, id: str) -> str:
        """All keys of a command as a person writes them, or ""."""
        return " ".join(shown_key(key) for key in self._keys[id])

    def has_key(self, id: str) -> bool:
        """Whether any key does this."""
        return bool(self._keys[id])


def keymap(preset: str = "vim", chosen: Mapping[str, str] | None = None) -> Keymap:
    """The keys in force, of settings whose problems were told of already."""
    return choose(preset, chosen or {})[0]


def choose(preset: str, chosen: Mapping[str, str]) -> tuple[Keymap, tuple[str, ...]]:
    """The keys in force, and what is wrong with those that a person chose.

    What cannot be used is left out, and the preset's keys stay.

    Args:
        preset: a name in :data:`PRESETS`.
        chosen: keys as a person writes them, comma-separated, by id of the command; "" for none.

    Returns:
        The keys, and the problems: a readable line each.
    """
    keys = {id: _parsed(text)[0] for id, text in _texts(preset)}
    shared = {frozenset(pair) for _, pair in clashes(keys)}
    wanted: dict[str, Keys] = {}
    problems: list[str] = []
    for id, text in chosen.items():
        found, problem = _parsed(text)
        if id not in keys:
            problem = f"there is no such command{_near(id, keys)}: sacterm keys prints them all"
        if problem:
            problems.append(_said(id, text, problem))
        else:
            wanted[id] = found
    while refused := _first_refused(keys, wanted, shared):
        id, key, other = refused
        del wanted[id]
        problem = f"{shown_key(key)} is a key of {other} already"
        if keys[id]:
            problem += f" · {', '.join(map(shown_key, keys[id]))} stays"
        problems.append(_said(id, chosen[id], problem))
    return Keymap(keys | wanted), tuple(problems)


def clashes(keys: Mapping[str, Keys]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each key that two commands share, with their ids. All commands meet in the panes."""
    users: dict[str, list[str]] = defaultdict(list)
    for id, names in keys.items():
        for name in dict.fromkeys(names):
            users[name].append(id)
    for name, ids in users.items():
        for pair in combinations(ids, 2):
            yield name, pair


def _texts(preset: str) -> Iterator[tuple[str, str]]:
    for command in COMMANDS:
        yield command.id, PRESETS[preset].get(command.id, command.keys)


def _first_refused(
    keys: Mapping[str, Keys], wanted: Mapping[str, Keys], shared: set[frozenset[str]]
) -> tuple[str, str, str] | None:
    """A choice that takes a key from another command: whose it is, the key, the other command.

    Within the message some commands stand before others by design (``/`` finds in it): those that
    share a key in the preset may share any.
    """
    last = {id: place for place, id in enumerate(wanted)}
    for key, pair in clashes({**keys, **wanted}):
        if frozenset(pair) not in shared:
            other, id = sorted(pair, key=lambda id: last.get(id, -1))
            return id, key, other
    return None


def _parsed(text: str) -> tuple[Keys, str]:
    """The keys in a text, and what is wrong with it."""
    if text.strip() == ",":
        return ("comma",), ""
    names: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = key_name(part)
        if name is None:
            return (), f"“{redact(part)}” is no key: write them as d, ^d, f5, shift+tab, space or ?"
        if name in _FIXED:
            return (), f"{shown_key(name)} is taken: it {_FIXED[name]} wherever it is pressed"
        names.append(name)
    return tuple(names), ""


def _near(id: str, ids: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(id, ids, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _said(id: str, text: str, problem: str) -> str:
    return display_line(f'[keys] {redact(id)} = "{redact(text)}": {problem}', 300)


def table(keys: Keymap) -> str:
    """All commands as text: a line each with id, keys and what it does, by place."""
    wide = max(len(command.id) for command in COMMANDS)
    room = max(len(keys.keys(command.id)) for command in COMMANDS)
    parts = []
    for where in Where:
        lines = [
            f"  {command.id:<{wide}}  {keys.keys(command.id):<{room}}  {command.label}"
            for command in COMMANDS
            if command.where is where
        ]
        parts.append("\n".join([where.value, *lines]))
    return "\n\n".join(parts) + "\n"
