"""What the app remembers of its looks from run to run. Nothing here is missed when it is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sacterm.settings.locations import write_private


class ViewState(Struct, frozen=True, kw_only=True):
    """The looks of one profile.

    Attributes:
        selected: the sidebar entry selected last, or "".
        theme: the theme picked in the app, which wins over the settings; or "".
        sidebar_width: in cells; 0 for the default.
        toured: the tour of hints was shown.
        list_share: the list's part of the room for it and the preview, 0 to 1; 0 for the default.
        beside: whether the preview is to stand beside the list, not below it.
        density: the one picked in the app, which wins over the settings; or "".
        dates: as density.
    """

    selected: str = ""
    theme: str = ""
    sidebar_width: Annotated[int, Meta(ge=0, le=1000)] = 0
    toured: bool = False
    list_share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    beside: bool = False
    density: Literal["", "compact", "roomy"] = ""
    dates: Literal["", "relative", "absolute"] = ""


def load_view_state(file: Path) -> ViewState:
    """What was saved; the defaults where there is nothing, or nothing that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=ViewState)
    except (OSError, ValueError, RecursionError):
        return ViewState()


def save_view_state(file: Path, state: ViewState) -> bool:
    """Save, and say whether that worked: it is never worth a word to the user."""
    try:
        write_private(file, msgspec.json.encode(state))
    except (OSError, ValueError):  # ValueError: text from outside that is no UTF-8
        return False
    return True
