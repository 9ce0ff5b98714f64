"""List and preview: one below the other, or beside it where there is room."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize
from textual.widget import Widget

_SHARE = 0.4  # of the list, unless the user says otherwise
_LOWEST, _NARROWEST = 5, 44  # lines or cells that each of the two takes at least
BESIDE = 2 * _NARROWEST + 2  # cells from which they can stand side by side


class Covered(Vertical):
    """Is covered by what stands in it, and so not painted line by line."""

    BLANK = True


class Desk(Covered):
    """Divides its room between the two."""

    DEFAULT_CSS = f"""
    Desk > * {{ width: 1fr; height: 1fr; min-height: {_LOWEST}; }}
    Desk.-beside {{ layout: horizontal; }}
    Desk.-beside > * {{ min-width: {_NARROWEST}; }}
    """

    def __init__(
        self, messages: Widget, preview: Widget, *, id: str, beside: bool, share: float
    ) -> None:
        """Set up.

        Args:
            messages: stands first, and takes the share.
            preview: takes the rest.
            id: of the widget.
            beside: whether they are to stand side by side.
            share: of the list, 0 to 1; 0 for the default.
        """
        super().__init__(id=id)
        self._messages = messages
        self._preview = preview
        self.beside = beside
        self.share = share or _SHARE

    def compose(self) -> ComposeResult:
        yield self._messages
        yield self._preview

    def on_mount(self) -> None:
        self._arrange()

    def on_resize(self, event: Resize) -> None:
        self._arrange()

    @property
    def missing(self) -> int:
        """Cells of width that are missing for the two to stand side by side."""
        return max(0, BESIDE - self.size.width)

    def turn(self) -> None:
        """Put one below the other or beside it, from now on or as soon as there is room."""
        self.beside = not self.beside
        self._arrange()

    def give(self, share: float) -> None:
        """Give the list so much more of the room, as far as both keep what they need."""
        room, least = self.size.height, _LOWEST
        if self._is_beside:
            room, least = self.size.width, _NARROWEST
        edge = min(0.5, max(0.15, least / max(1, room)))
        now = max(edge, min(self.share, 1 - edge))
        self.share = max(edge, min(now + share, 1 - edge))
        self._arrange()

    @property
    def _is_beside(self) -> bool:
        return self.beside and not self.missing

    def _arrange(self) -> None:
        share = f"{self.share * 100:.2f}%"
        self.set_class(self._is_beside, "-beside")
        self._messages.styles.width = share if self._is_beside else "1fr"
        self._messages.styles.height = "1fr" if self._is_beside else share
