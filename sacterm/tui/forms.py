"""The six forms in which a message is read."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sacterm.tui.commands import KeyOf

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter


class Form(Enum):
    """One way to look at a message; its value is its name on the screen."""

    TEXT = "Text"
    HTML = "HTML"
    HEADERS = "Headers"
    LINKS = "Links"
    PARTS = "Parts"
    SOURCE = "Source"


class Order(NamedTuple):
    """All that the lines depend on.

    Attributes:
        letter: the message.
        form: how it is looked at.
        width: cells that a line may take.
        wanted: what the headers are filtered for, or "".
        tls: whether it came encrypted, as the service says.
        spam: its score, 0 to 1, as the service says.
        key: names the keys.
    """

    letter: Letter
    form: Form
    width: int
    wanted: str = ""
    tls: bool | None = None
    spam: float | None = None
    key: KeyOf = str
