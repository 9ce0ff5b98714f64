"""A bare Textual app with the panes of sacterm, to measure against."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static


class Bare(App[None]):
    """Four panes, a key, and a key to quit."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "next"), ("q", "quit")]
    CSS = """
    Static { border: round $primary; height: 1fr; }
    #addresses { width: 30; }
    #status { border: none; height: 1; }
    """
    _place = 0

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("the addresses", id="addresses")
            with Vertical():
                yield Static("the messages", id="messages")
                yield Static("the preview", id="preview")
        yield Static("the status", id="status")

    def action_next(self) -> None:
        self._place += 1
        self.query_one("#messages", Static).update(f"message {self._place}")


if __name__ == "__main__":
    Bare().run()
