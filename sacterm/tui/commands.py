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

    READING = "Reading"
    TRIAGE = "Triage"
    FINDING = "Finding"
    ADDRESS = "Addresses"
    LINES = "In a pane"
    PREVIEW = "In the message"
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
    Command("view-text", "1", "View: text", Where.READING),
    Command("view-html", "2", "View: HTML", Where.READING),
    Command("view-headers", "3", "View: headers and the way of the message", Where.READING),
    Command("view-links", "4", "View: links", Where.READING),
    Command("view-parts", "5", "View: parts and attachments", Where.READING),
    Command("view-source", "6", "View: source", Where.READING),
    Command("next-view", "right_square_bracket", "Next view", Where.READING),
    Command("previous-view", "left_square_bracket", "Previous view", Where.READING),
    Command("copy-code", "c", "Copy the one-time code", Where.READING, "code"),
    Command("copy-link", "L", "Copy the link that asks to be followed", Where.READING),
    Command("copy", "y", "Copy something of the message…", Where.READING),
    Command("message-page-down", "space", "Page the message down", Where.READING),
    Command("message-page-up", "b", "Page the message up", Where.READING),
    Command("open-in-browser", "ctrl+o", "Open the HTML in the browser", Where.READING),
    Command("pipe", "vertical_line", "Pipe the message to a command", Where.READING),
    Command("open-in-pager", "e", "Open the message in $PAGER", Where.READING),
    Command("open-in-editor", "E", "Open the source in $EDITOR", Where.READING),
    Command("save", "S", "Save the message, or the part under the cursor", Where.READING),
    Command("save-all", "W", "Save all attachments of the message", Where.READING),
    Command("export", "X", "Export the selection or the view", Where.READING),
    Command("follow", "f", "Follow: stay on the newest message", Where.READING),
    Command("select", "x", "Select, or leave out again", Where.TRIAGE, "select"),
    Command("select-range", "V", "Select from here to where the cursor goes", Where.TRIAGE),
    Command("select-all", "asterisk", "Select all in the view", Where.TRIAGE),
    Command("select-none", "ctrl+x", "Select nothing", Where.TRIAGE),
    Command("delete", "d", "Delete (1 op each)", Where.TRIAGE, "delete"),
    Command("undo", "u", "Undo the last change", Where.TRIAGE),
    Command("toggle-read", "m", "Mark read or unread (1 op each)", Where.TRIAGE),
    Command("toggle-star", "s", "Star, or take the star away (1 op each)", Where.TRIAGE),
    Command("label", "l", "Labels… (1 op each)", Where.TRIAGE),
    Command("move", "v", "Move to a folder… (1 op each)", Where.TRIAGE),
    Command("purge", "D", "Purge the address or domain (1 op)", Where.TRIAGE),
    Command("find", "slash", "Find in the list", Where.FINDING, "find"),
    Command("find-at-mailsac", "ctrl+s", "Find at Mailsac too (1 op)", Where.FINDING),
    Command("keep-search", "B", "Keep the search in the sidebar, or drop it", Where.FINDING),
    Command("sort", "t", "Sort by the next column", Where.FINDING),
    Command("folders", "F", "Show or hide the folders", Where.FINDING),
    Command("load-older", "O", "Load 1,000 older messages (1 op)", Where.FINDING),
    Command("next-address", "J", "Next address", Where.ADDRESS, palette=False),
    Command("previous-address", "K", "Previous address", Where.ADDRESS, palette=False),
    Command("address", "a", "Open the address: note and forwarding", Where.ADDRESS),
    Command(
        "toggle-live",
        "w",
        "Turn web-socket forwarding on or off (2 or 3 ops)",
        Where.ADDRESS,
        "live",
    ),
    Command("new-address", "n", "Watch a new test address and copy it", Where.ADDRESS),
    Command("open-inbox", "o", "Open any inbox by its address (1 op)", Where.ADDRESS),
    Command("reserve", "R", "Reserve the address, or release it (1 op)", Where.ADDRESS),
    Command("reserve-many", "M", "Reserve many addresses (1 op for 100)", Where.ADDRESS),
    Command("validate", "C", "Check addresses: format, disposable (1 op for 50)", Where.ADDRESS),
    Command("send-test", "p", "Send a test message to the address (1 op)", Where.ADDRESS),
    Command("unwatch", "U", "Stop watching the public inbox", Where.ADDRESS),
    Command("cursor-down", "j,down", "Next line", Where.LINES, palette=False),
    Command("cursor-up", "k,up", "Previous line", Where.LINES, palette=False),
    Command("cursor-first", "g,home", "First line", Where.LINES, palette=False),
    Command("cursor-last", "G,end", "Last line", Where.LINES, palette=False),
    Command("half-page-down", "ctrl+d,pagedown", "Half a page down", Where.LINES, palette=False),
    Command("half-page-up", "ctrl+u,pageup", "Half a page up", Where.LINES, palette=False),
    Command("open", "enter", "Open", Where.LINES, palette=False),
    Command("find-in-message", "slash", "Find in the message", Where.PREVIEW),
    Command("next-match", "n", "Next match", Where.PREVIEW),
    Command("previous-match", "N", "Previous match", Where.PREVIEW),
    Command("grow-list", "plus", "More room for the list", Where.ANYWHERE),
    Command("shrink-list", "minus", "Less room for the list", Where.ANYWHERE),
    Command("widen-sidebar", "greater_than_sign", "Widen the sidebar", Where.ANYWHERE),
    Command("narrow-sidebar", "less_than_sign", "Narrow the sidebar", Where.ANYWHERE),
    Command("refresh", "r", "Ask Mailsac for new mail (1 op)", Where.ANYWHERE),
    Command("account", "A", "Account: ops, what is stored, arrivals", Where.ANYWHERE),
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
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "vertical_line": "|",
    "asterisk": "*",
    "slash": "/",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
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


_HINTS = ("toggle-live", "select", "copy-code", "delete", "find", "help")
"""What the last line of the screen tells of; the first are left out where there is little room."""


def hints() -> Iterator[tuple[str, str]]:
    """Key and word of each command that the last line of the screen tells of."""
    by_id = {command.id: command for command in COMMANDS}
    return ((by_id[id_].key, by_id[id_].hint) for id_ in _HINTS)
