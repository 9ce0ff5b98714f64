"""What stands where there is nothing: what is so, and the one key that helps. Pure."""

from __future__ import annotations

from sacterm.mailbox.status import Status
from sacterm.mailbox.views import View, ViewKind
from sacterm.model import Liveness
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui.commands import KeyOf

Lines = tuple[DisplayText, ...]


def found(key: KeyOf, *, online: bool, by_hand: bool) -> Lines:
    """For a search that found nothing.

    Args:
        key: names the keys.
        online: Mailsac can be asked.
        by_hand: it was typed; else it is one that is kept.
    """
    if online:
        return _lines(key, "Nothing found here", "find-at-mailsac", "asks Mailsac too · 1 op")
    if by_hand:
        return _lines(key, "Nothing found in what is kept here", "back", "shows all again")
    return _lines(key, "Nothing found in what is kept here", "refresh", "tries to reach Mailsac")


def mail(
    key: KeyOf, view: View, status: Status, *, public: bool, asked: bool, liveness: Liveness
) -> Lines:
    """For a view without mail, where nothing is searched for.

    Args:
        key: names the keys.
        view: what is looked at; no search.
        status: how things stand.
        public: it is an inbox that nobody owns.
        asked: it is such an inbox, and was listed.
        liveness: of the address, where the view is one.
    """
    name = display_line(view.name, 320)
    match view.kind:
        case ViewKind.STARRED:
            return _lines(
                key, "Nothing is starred", "toggle-star", "stars the message under the cursor"
            )
        case ViewKind.FOLDER:
            return _lines(key, f"Nothing in {name}", "move", "moves messages to a folder")
        case ViewKind.INBOX if public:
            seen = "" if asked else " seen"
            return _lines(key, f"No mail{seen} yet for {name}", "refresh", "asks Mailsac · 1 op")
    if not status.online:
        if status.problem is None:
            return (DisplayText("Asking Mailsac for your mail…"),)
        return _lines(
            key, "Mailsac could not be asked, and nothing is kept here", "refresh", "tries again"
        )
    if view.kind is ViewKind.ALL:
        return _lines(key, "No mail yet", "new-address", "makes a test address and copies it")
    if view.kind is ViewKind.INBOX and liveness is Liveness.OFF:
        does = "makes it live: mail then comes by itself"
        return _lines(key, f"No mail yet for {name}", "toggle-live", does)
    return _lines(key, f"No mail yet for {name}", "refresh", "asks Mailsac · 1 op")


def _lines(key: KeyOf, so: str, id: str, does: str) -> Lines:
    return DisplayText(so), DisplayText(f"{key(id)} {does}")
