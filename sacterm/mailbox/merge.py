"""What is known of one message after it was told again. Pure.

The service tells of a message more than once: by listing, by socket, in any order and each time
with other fields. Facts (sender, subject, size …) never change at the service, so the fuller
account wins, whichever came first. State (read, star, labels, folder) does change: a listing is
newer than what is known and wins, a push tells how things were on arrival and only fills gaps.
"""

from __future__ import annotations

from msgspec.structs import replace

from sacterm.model import Message

FACTS = (
    "original_inbox",
    "domain",
    "subject",
    "sender",
    "to",
    "cc",
    "bcc",
    "received",
    "size",
    "attachments",
    "links",
    "spam",
    "tls",
    "ip",
    "via",
    "raw",
    "text",
    "html",
)
STATE = ("labels", "folder", "read", "starred")


def merge(old: Message, new: Message, *, state_is_newer: bool) -> Message:
    """``old`` with what ``new`` adds.

    Args:
        old: what is known.
        new: what was told now; the same id.
        state_is_newer: whether ``new`` is later than all that is known of the state.
    """
    told: dict[str, object] = {"inbox": new.inbox}
    for field in FACTS:
        value = getattr(new, field)
        if value not in (None, "", ()) or getattr(old, field) is None:
            told[field] = value
    for field in STATE:
        value = getattr(new, field)
        if value is not None and (state_is_newer or getattr(old, field) is None):
            told[field] = value
    return replace(old, **told)
