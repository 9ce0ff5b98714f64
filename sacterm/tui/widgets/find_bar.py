"""The field above the list that filters as you type, and a line under it that explains."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from sacterm.reading.text import DisplayText
from sacterm.tui.commands import Offers
from sacterm.tui.keymap import Keymap
from sacterm.tui.widgets.field import Field


class FindBar(Offers, Vertical):
    """Hidden until somebody wants to find something."""

    OFFERS = frozenset(("back", "cursor-down"))
    DEFAULT_CSS = """
    FindBar { height: 2; display: none; padding: 0 1; }
    """

    @dataclass
    class Changed(Message):
        """Something else is to be found."""

        text: str

    @dataclass
    class Left(Message):
        """The user goes back to the list.

        Attributes:
            clear: nothing is to be found any longer.
        """

        clear: bool

    def __init__(self, keymap: Keymap, *, id: str) -> None:
        super().__init__(id=id)
        ask = f"{keymap.key('find-at-mailsac')} asks Mailsac, 1 op"
        self._words = DisplayText(f"from: subject: has:code is:unread newer:2h -not or · {ask}")
        self._field = Field(placeholder="words in sender, recipients, subject, text, file names")
        self._field.cursor_blink = False
        self._hint = Static(Content(self._words), id="find-hint")

    def compose(self) -> ComposeResult:
        yield self._field
        yield self._hint

    def open(self, text: str) -> None:
        """Show the field with a text to begin with."""
        self.display = True
        self._field.value = text
        self._field.cursor_position = len(text)
        self.screen.set_focus(self._field)

    def close(self) -> None:
        """Hide the field."""
        self.display = False

    def explain(self, problem: DisplayText) -> None:
        """Say what is wrong with what was typed, or what can be typed where nothing is."""
        hint = Content(problem or self._words)
        if hint != self._hint.content:
            self._hint.set_class(bool(problem), "-bad")
            self._hint.update(hint, layout=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(clear=False))

    def action_back(self) -> None:
        self.post_message(self.Left(clear=True))

    def action_cursor_down(self) -> None:
        self.post_message(self.Left(clear=False))
