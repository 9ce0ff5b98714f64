"""All keys, by where they work. Closed by the key that opened it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sacterm.reading.text import DisplayText
from sacterm.tui import marks
from sacterm.tui.commands import COMMANDS, Where, shown_keys


class Help(ModalScreen[None]):
    """The page of keys and marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,q", "dismiss", "Close"),
        Binding("j,down", "scroll_down", "Down"),
        Binding("k,up", "scroll_up", "Up"),
    ]

    def __init__(self, notes: Sequence[DisplayText], signs: str) -> None:
        """Set up.

        Args:
            notes: lines above the keys, on this run.
            signs: the setting of the marks.
        """
        super().__init__()
        self._notes = notes
        self._signs = signs

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="page") as box:
            box.border_title = Content("Help")
            box.border_subtitle = Content("? closes · j k scroll")
            if self._notes:
                yield Static(Content("\n".join(self._notes) + "\n"))
            for where in Where:
                yield Static(Content(where.value), classes="heading")
                yield Static(Content("\n".join(_lines(where)) + "\n"))
            yield Static(Content("Marks"), classes="heading")
            yield Static(Content("\n".join(marks.explained(self._signs))))

    def action_scroll_down(self) -> None:
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        self.query_one(VerticalScroll).scroll_up(animate=False)


def _lines(where: Where) -> list[str]:
    return [
        f"  {shown_keys(command):<14} {command.label}"
        for command in COMMANDS
        if command.where is where
    ]
