"""Small questions in the middle of the screen. Escape is always the harmless answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sacterm.reading.text import DisplayText


class Confirm(ModalScreen[bool]):
    """Says what will happen and what it costs; ``y`` does it, anything else does not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,enter,q", "answer(False)", "No"),
    ]

    def __init__(self, title: DisplayText, lines: tuple[DisplayText, ...], verb: str) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._verb = verb

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield Static(Content("\n".join(self._lines)))
            yield Static(Content(f"\ny {self._verb}   esc leaves it as it is"), classes="quiet")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


class Ask(ModalScreen[str | None]):
    """Asks for one line of text, until it is one that can be used."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self,
        title: DisplayText,
        hint: DisplayText,
        placeholder: str,
        fault: Callable[[str], DisplayText | None],
    ) -> None:
        """Set up.

        Args:
            title: what is asked.
            hint: what comes of an answer.
            placeholder: what an answer looks like.
            fault: what is wrong with an answer; None: nothing.
        """
        super().__init__()
        self._fault = fault
        self._title = title
        self._hint = hint
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            field = Input(placeholder=self._placeholder)
            field.cursor_blink = False
            yield field
            yield Static(Content(self._hint), classes="quiet", id="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if (fault := self._fault(event.value)) is None:
            self.dismiss(event.value)
        else:
            self.query_one("#hint", Static).update(Content(fault))

    def action_cancel(self) -> None:
        self.dismiss(None)
