"""What the last line of the screen offers: six commands, by what the user is at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from sacterm.tui.commands import COMMANDS
from sacterm.tui.forms import Form
from sacterm.tui.keymap import Keymap

Hint = tuple[str, str]
"""A key, and the word for what it does."""


class At(Enum):
    """What the user is at."""

    ADDRESSES = "addresses"
    LIST = "list"
    FOUND = "a list that is searched"
    SELECTION = "selected messages"
    MESSAGE = "a message"
    FIELD = "what to find"


_HINTS: dict[At | Form, tuple[str, ...]] = {
    At.ADDRESSES: ("open-inbox", "address", "toggle-live", "new-address", "open", "help"),
    At.LIST: ("toggle-live", "select", "copy-code", "delete", "find", "help"),
    At.FOUND: ("keep-search", "select-all", "find", "find-at-mailsac", "back", "help"),
    At.SELECTION: ("toggle-read", "label", "move", "delete", "select-none", "help"),
    At.MESSAGE: ("next-view", "copy-link", "copy-code", "find-in-message", "leave-message", "help"),
    At.FIELD: ("find-at-mailsac", "back"),  # letters are typed there
    Form.HTML: (
        "next-view",
        "copy-link",
        "open-in-browser",
        "find-in-message",
        "leave-message",
        "help",
    ),
    Form.LINKS: ("next-view", "find-in-message", "copy", "open", "leave-message", "help"),
    Form.PARTS: ("next-view", "save-all", "save", "open", "leave-message", "help"),
    Form.SOURCE: ("pipe", "save", "open-in-editor", "find-in-message", "leave-message", "help"),
}
"""The least first: it is left out where there is little room. Help leads to all the others."""

_WORDS = {command.id: command.hint for command in COMMANDS}


def hints(keymap: Keymap, at: At, form: Form) -> Sequence[Hint]:
    """Key and word of each command that matters now; those without a key are left out.

    Args:
        keymap: the user's keys.
        at: what keys go to.
        form: how the message is looked at.
    """
    ids = _HINTS.get(form, _HINTS[at]) if at is At.MESSAGE else _HINTS[at]
    return [(keymap.key(id), _WORDS[id]) for id in ids if keymap.has_key(id)]
