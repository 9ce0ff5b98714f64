"""Widgets that paint their lines by themselves, in the looks that every theme gives."""

from __future__ import annotations

from typing import Any, Final

from rich.style import Style
from textual.style import Style as Visual
from textual.widget import Widget

# not component classes: each would be styled at the start, whether it is painted or not
LOOKS: Final = {
    "": "",
    "accent": "$accent",
    "alert": "$error bold",
    "button": "$primary bold underline",
    "code": "on $panel",
    "cursor": "on $cursor $cursor-style",
    "cursor-blur": "on $cursor-blur $cursor-blur-style",
    "emphasis": "italic",
    "good": "$success",
    "heading": "$accent bold",
    "key": "bold",
    "link": "$primary underline",
    "match": "on $cursor underline",
    "match-now": "$accent on $background bold reverse",
    "quiet": "$quiet $quiet-style",
    "quote": "$quiet $quiet-style",
    "read": "$quiet $quiet-style",
    "rule": "$edge",
    "selected": "on $cursor $selected-style",
    "strong": "bold",
    "unread": "bold",
    "waiting": "$warning",
}
"""What lines are painted in: ink, ground and attributes, some of them the theme's."""


class Painted(Widget):
    """Knows its looks by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._looks: dict[str, Style] = {}  # found out once

    def notify_style_update(self) -> None:
        self._looks.clear()
        super().notify_style_update()

    def look(self, name: str) -> Style:
        """What is painted in a look, as far as it differs from the widget's own: "base"."""
        if name not in self._looks:
            self._looks[name] = self.rich_style if name == "base" else self._found(LOOKS[name])
        return self._looks[name]

    def _found(self, look: str) -> Style:
        given = self.app.theme_variables
        words = (given[word[1:]] if word.startswith("$") else word for word in look.split())
        return Visual.parse(" ".join(word for word in words if word != "none")).rich_style
