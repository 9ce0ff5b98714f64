"""Every command, declared once: keys, footer, palette, help and keymap all come from here.

A command's id is stable for ever; the method that does it is ``action_`` and the id with
underscores, on the widget or screen that :attr:`Command.where` stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from textual.binding import Binding


class Where(Enum):
    """Where a command works; its value is the heading in the help."""

    MESSAGE = "The message"
    ADDRESS = "The address"
    LINES = "In a pane"
    ANYWHERE = "Anywhere"


class Command(NamedTuple):
    """One thing that can be done.

    Attributes:
        id: kebab-case.
        keys: Textual's names, comma-separated, the one to show first.
        label: what it does, for palette and help, in the imperative.
        where: where it works.
        hint: its word in the last line of the screen; none where it is empty.
        palette: whether the palette offers it.
    """

    id: str
    keys: str
    label: str
    where: Where
    hint: str = ""
    palette: bool = True

    @property
    def action(self) -> str:
        """The name of the Textual action."""
        return self.id.replace("-", "_")

    @property
    def key(self) -> str:
        """The first key, as a person writes it."""
        return shown_key(self.keys.partition(",")[0])

    def binding(self) -> Binding:
        """The Textual binding."""
        return Binding(self.keys, self.action, self.label, show=False, id=self.id)


COMMANDS = (
    Command("cursor-down", "j,down", "Next line", Where.LINES, palette=False),
    Command("cursor-up", "k,up", "Previous line", Where.LINES, palette=False),
    Command("cursor-first", "g,home", "First line", Where.LINES, palette=False),
    Command("cursor-last", "G,end", "Last line", Where.LINES, palette=False),
    Command("half-page-down", "ctrl+d,pagedown", "Half a page down", Where.LINES, palette=False),
    Command("half-page-up", "ctrl+u,pageup", "Half a page up", Where.LINES, palette=False),
    Command("open", "enter", "Open", Where.LINES, "open", palette=False),
    Command("follow", "f", "Follow: stay on the newest message", Where.MESSAGE),
    Command("toggle-read", "m", "Mark read or unread (1 op)", Where.MESSAGE, "read"),
    Command("toggle-star", "s", "Star, or take the star away (1 op)", Where.MESSAGE, "star"),
    Command("message-page-down", "space", "Page the message down", Where.MESSAGE),
    Command("message-page-up", "b", "Page the message up", Where.MESSAGE),
    Command("load-older", "O", "Load 1,000 older messages (1 op)", Where.MESSAGE),
    Command("next-address", "J", "Next address", Where.ADDRESS, palette=False),
    Command("previous-address", "K", "Previous address", Where.ADDRESS, palette=False),
    Command(
        "toggle-live",
        "w",
        "Turn web-socket forwarding on or off (2 or 3 ops)",
        Where.ADDRESS,
        "live",
    ),
    Command("new-address", "n", "Watch a new test address and copy it", Where.ADDRESS, "new"),
    Command("open-inbox", "o", "Open any inbox by its address (1 op)", Where.ADDRESS, "inbox"),
    Command("reserve", "R", "Reserve the address, or release it (1 op)", Where.ADDRESS),
    Command("unwatch", "U", "Stop watching the public inbox", Where.ADDRESS),
    Command("grow-list", "plus", "More room for the list", Where.ANYWHERE),
    Command("shrink-list", "minus", "Less room for the list", Where.ANYWHERE),
    Command("widen-sidebar", "greater_than_sign", "Widen the sidebar", Where.ANYWHERE),
    Command("narrow-sidebar", "less_than_sign", "Narrow the sidebar", Where.ANYWHERE),
    Command("refresh", "r", "Ask Mailsac for new mail (1 op)", Where.ANYWHERE, "refresh"),
    Command("next-pane", "tab", "Next pane", Where.ANYWHERE, palette=False),
    Command("previous-pane", "shift+tab", "Previous pane", Where.ANYWHERE, palette=False),
    Command("back", "escape", "Back", Where.ANYWHERE, palette=False),
    Command("help", "question_mark", "Help: all keys", Where.ANYWHERE, "help"),
    Command("palette", "ctrl+p", "Command palette", Where.ANYWHERE, palette=False),
    Command("change-theme", "T", "Choose a theme", Where.ANYWHERE),
    Command("quit", "q", "Quit", Where.ANYWHERE),
)

_KEY_NAMES = {
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "escape": "esc",
    "down": "↓",
    "up": "↑",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "shift+tab": "⇧tab",
}


def shown_key(key: str) -> str:
    """A key as a person writes it: ``^d``, ``?``, ``esc``."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    return "^" + key[5:] if key.startswith("ctrl+") else key


def shown_keys(command: Command) -> str:
    """All keys of a command as a person writes them."""
    return " ".join(shown_key(key) for key in command.keys.split(","))


def bindings(*where: Where) -> list[Binding]:
    """The bindings of the commands that work there."""
    return [command.binding() for command in COMMANDS if command.where in where]


def hints() -> Iterator[tuple[str, str]]:
    """Key and word of each command that the last line of the screen tells of."""
    return ((command.key, command.hint) for command in COMMANDS if command.hint)
