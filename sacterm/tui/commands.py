"""Every command, declared once: keys, footer, palette, help and keymap all come from here.

A command's id is stable for ever; the method that does it is ``action_`` and the id with
underscores, on the widgets or screens that offer it. Keys are those of the preset ``vim``;
:mod:`sacterm.tui.keymap` has the others, and what a person chose.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import ClassVar, NamedTuple


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
        keys: as a person writes them, comma-separated, the one to show first.
        label: what it does, for palette and help, in the imperative.
        where: where it works.
        hint: its word in the last line of the screen; none where it is empty.
        palette: whether the palette offers it even where a key does it.
        counts: whether a number may come before its key: its action takes it.
    """

    id: str
    keys: str
    label: str
    where: Where
    hint: str = ""
    palette: bool = True
    counts: bool = False

    @property
    def action(self) -> str:
        """The name of the Textual action."""
        return self.id.replace("-", "_")


COMMANDS = (
    Command("view-text", "1", "View: text", Where.READING),
    Command("view-html", "2", "View: HTML", Where.READING),
    Command("view-headers", "3", "View: headers and the way of the message", Where.READING),
    Command("view-links", "4", "View: links", Where.READING),
    Command("view-parts", "5", "View: parts and attachments", Where.READING),
    Command("view-source", "6", "View: source", Where.READING),
    Command("next-view", "]", "Next view", Where.READING, "view"),
    Command("previous-view", "[", "Previous view", Where.READING),
    Command("next-message", ".", "Next message", Where.READING, counts=True),
    Command("previous-message", ",", "Previous message", Where.READING, counts=True),
    Command("copy-code", "c", "Copy the one-time code", Where.READING, "code"),
    Command("copy-link", "L", "Copy the link that asks to be followed", Where.READING, "link"),
    Command("copy", "y", "Copy something of the message…", Where.READING, "copy"),
    Command("message-page-down", "space", "Page the message down", Where.READING),
    Command("message-page-up", "b", "Page the message up", Where.READING),
    Command("open-in-browser", "H", "Open the HTML in the browser", Where.READING, "browser"),
    Command("pipe", "|", "Pipe the message to a command", Where.READING, "pipe"),
    Command("open-in-pager", "e", "Open the message in $PAGER", Where.READING),
    Command("open-in-editor", "E", "Open the source in $EDITOR", Where.READING, "editor"),
    Command("save", "S", "Save the message, or the part under the cursor", Where.READING, "save"),
    Command("save-all", "W", "Save all attachments of the message", Where.READING, "save all"),
    Command("export", "X", "Export the selection or the view", Where.READING),
    Command("follow", "f", "Follow: stay on the newest message", Where.READING),
    Command("select", "x", "Select, or leave out again", Where.TRIAGE, "select"),
    Command("select-range", "V", "Select from here to where the cursor goes", Where.TRIAGE),
    Command("select-all", "*", "Select all in the view", Where.TRIAGE, "all"),
    Command("select-none", "^x", "Select nothing", Where.TRIAGE, "none"),
    Command("delete", "d", "Delete (1 op each)", Where.TRIAGE, "delete"),
    Command("undo", "u", "Undo the last change", Where.TRIAGE),
    Command("toggle-read", "m", "Mark read or unread (1 op each)", Where.TRIAGE, "read"),
    Command("toggle-star", "s", "Star, or take the star away (1 op each)", Where.TRIAGE),
    Command("label", "l", "Labels… (1 op each)", Where.TRIAGE, "label"),
    Command("move", "v", "Move to a folder… (1 op each)", Where.TRIAGE, "move"),
    Command("purge", "D", "Purge the address or domain (1 op)", Where.TRIAGE),
    Command("find", "/", "Find in the list", Where.FINDING, "find"),
    Command("find-at-mailsac", "^r", "Find at Mailsac too (1 op)", Where.FINDING, "ask Mailsac"),
    Command(
        "keep-search", "B", "Keep the search in the sidebar, or drop it", Where.FINDING, "keep"
    ),
    Command("sort", "t", "Sort by the next column", Where.FINDING),
    Command("folders", "F", "Show or hide the folders", Where.FINDING),
    Command("load-older", "O", "Load 1,000 older messages (1 op)", Where.FINDING),
    Command("next-address", "J", "Next address", Where.ADDRESS, palette=False, counts=True),
    Command("previous-address", "K", "Previous address", Where.ADDRESS, palette=False, counts=True),
    Command("address", "a", "Open the address: note and forwarding", Where.ADDRESS, "edit"),
    Command(
        "toggle-live",
        "w",
        "Turn web-socket forwarding on or off (2 or 3 ops)",
        Where.ADDRESS,
        "live",
    ),
    Command("new-address", "n", "Watch a new test address and copy it", Where.ADDRESS, "new"),
    Command(
        "open-inbox", "o", "Open any inbox by its address (1 op)", Where.ADDRESS, "open an inbox"
    ),
    Command("reserve", "R", "Reserve the address, or release it (1 op)", Where.ADDRESS),
    Command("reserve-many", "M", "Reserve many addresses (1 op for 100)", Where.ADDRESS),
    Command("validate", "C", "Check addresses: format, disposable (1 op for 50)", Where.ADDRESS),
    Command("send-test", "p", "Send a test message to the address (1 op)", Where.ADDRESS),
    Command("unwatch", "U", "Stop watching the public inbox", Where.ADDRESS),
    Command("cursor-down", "j, down", "Next line", Where.LINES, palette=False, counts=True),
    Command("cursor-up", "k, up", "Previous line", Where.LINES, palette=False, counts=True),
    Command("cursor-first", "g, home", "First line", Where.LINES, palette=False, counts=True),
    Command("cursor-last", "G, end", "Last line", Where.LINES, palette=False, counts=True),
    Command(
        "half-page-down", "^d, pgdn", "Half a page down", Where.LINES, palette=False, counts=True
    ),
    Command("half-page-up", "^u, pgup", "Half a page up", Where.LINES, palette=False, counts=True),
    Command("open", "enter", "Open", Where.LINES, "open", palette=False),
    Command("leave-message", "h", "Back to the list", Where.PREVIEW, "list", palette=False),
    Command("find-in-message", "/", "Find in the message", Where.PREVIEW, "find"),
    Command("next-match", "n", "Next match", Where.PREVIEW),
    Command("previous-match", "N", "Previous match", Where.PREVIEW),
    Command("zoom", "z", "The message on the whole screen, or not", Where.ANYWHERE),
    Command("turn-panes", "\\", "The message below the list, or beside it", Where.ANYWHERE),
    Command("toggle-density", "=", "One line for a message, or two", Where.ANYWHERE),
    Command("toggle-dates", "@", "How long ago mail came, or when", Where.ANYWHERE),
    Command("grow-list", "+", "More room for the list", Where.ANYWHERE),
    Command("shrink-list", "-", "Less room for the list", Where.ANYWHERE),
    Command("widen-sidebar", ">", "Widen the sidebar", Where.ANYWHERE),
    Command("narrow-sidebar", "<", "Narrow the sidebar", Where.ANYWHERE),
    Command("refresh", "r", "Ask Mailsac for new mail (1 op)", Where.ANYWHERE),
    Command("account", "A", "Account: ops, what is stored, arrivals", Where.ANYWHERE),
    Command("next-pane", "tab", "Next pane", Where.ANYWHERE, palette=False),
    Command("previous-pane", "shift+tab", "Previous pane", Where.ANYWHERE, palette=False),
    Command("back", "esc", "Back", Where.ANYWHERE, "back", palette=False),
    Command("help", "?", "Help: all keys", Where.ANYWHERE, "help"),
    Command("tour", "i", "Tour of five hints: begin it, or go on", Where.ANYWHERE),
    Command("palette", "^p", "Command palette", Where.ANYWHERE, palette=False),
    Command("change-theme", "T", "Choose a theme", Where.ANYWHERE),
    Command("quit", "q", "Quit", Where.ANYWHERE),
)


KeyOf = Callable[[str], str]
"""Gives the key to show for a command, by its id."""


def offered(*where: Where) -> frozenset[str]:
    """The ids of the commands that work there."""
    return frozenset(command.id for command in COMMANDS if command.where in where)


class Offers:
    """Mixed into a widget or screen on which commands work.

    Attributes:
        OFFERS: ids of the commands that it has an action for.
    """

    OFFERS: ClassVar[frozenset[str]] = frozenset()
