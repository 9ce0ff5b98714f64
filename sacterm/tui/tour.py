"""The tour: five hints, each gone on from by the key that it teaches. Pure."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content

from sacterm.tui.commands import KeyOf


class Hint(NamedTuple):
    """One thing to try.

    Attributes:
        commands: ids; whichever of them is done leads on to the next hint.
        taught: the one of them whose key is told.
        does: what it does.
    """

    commands: tuple[str, ...]
    taught: str
    does: str

    def is_done_by(self, action: str) -> bool:
        """Whether a Textual action is what the hint tells of."""
        name, _, _ = action.partition("(")  # a motion may carry its count
        return name.replace("_", "-") in self.commands


HINTS = (
    Hint(("cursor-down", "cursor-up"), "cursor-down", "goes down the list, message by message"),
    Hint(("copy-code",), "copy-code", "copies the one-time code of the message"),
    Hint(("find",), "find", "finds mail as you type"),
    Hint(("next-address", "previous-address"), "next-address", "goes on to the next address"),
    Hint(("help",), "help", "shows all keys"),
)


def told(place: int, key: KeyOf) -> Content:
    """The line of a hint, in at most 78 cells.

    Args:
        place: of the hint in :data:`HINTS`.
        key: names the keys.
    """
    hint = HINTS[place]
    return Content.assemble(
        (f"hint {place + 1} of {len(HINTS)}  ", "$quiet"),
        (key(hint.taught), "bold $accent"),
        f" {hint.does}",
        (f"   {key('tour')} next · {key('back')} ends", "$quiet"),
    )
