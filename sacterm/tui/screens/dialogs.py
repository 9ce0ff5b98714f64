"""Small questions in the middle of the screen. Escape is always the harmless answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sacterm.reading.cells import cell_len, fit
from sacterm.reading.text import DisplayText
from sacterm.tui.commands import Offers


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


class Choice(NamedTuple):
    """One of several answers.

    Attributes:
        key: one character that gives it.
        text: what it is.
        detail: more of it, or "".
    """

    key: str
    text: DisplayText
    detail: DisplayText = DisplayText("")


class Choose(Offers, ModalScreen[int | None]):
    """Offers several answers, each given by its key, or by moving to it and enter."""

    OFFERS = frozenset(("cursor-down", "cursor-up"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "cancel", "Cancel")]

    def __init__(
        self, title: DisplayText, choices: Sequence[Choice], hint: str = "esc leaves it as it is"
    ) -> None:
        """Set up.

        Args:
            title: what is asked.
            choices: the answers.
            hint: what comes of an answer.
        """
        super().__init__()
        self._title = title
        self._choices = choices
        self._hint = hint

    def compose(self) -> ComposeResult:
        wide = max(cell_len(choice.text) for choice in self._choices)
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield OptionList(
                *(
                    Option(Content(f" {key}  {fit(text, wide)}  {detail}"))
                    for key, text, detail in self._choices
                )
            )
            yield Static(Content(f"\n{self._hint}"), classes="quiet")

    def on_key(self, event: Key) -> None:
        for place, choice in enumerate(self._choices):
            if event.character == choice.key:
                event.stop()
                self.dismiss(place)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_cursor_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_cursor_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)


class AskCommand(ModalScreen[tuple[str, bool] | None]):
    """Asks for a command, and whether it gets the message as sent or its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("tab", "toggle_raw", "Raw or text", priority=True),
    ]

    def __init__(self, command: str, *, raw: bool) -> None:
        super().__init__()
        self._command = command
        self._raw = raw

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Pipe the message to")
            field = Input(self._command, placeholder="a command for sh, such as grep -i received")
            field.cursor_blink = False
            yield field
            yield Static(classes="quiet", id="hint")

    def on_mount(self) -> None:
        self._say()

    def action_toggle_raw(self) -> None:
        self._raw = not self._raw
        self._say()

    def _say(self) -> None:
        what, other = ("raw", "text") if self._raw else ("text", "raw")
        hint = f"it reads the {what} · tab: the {other} · enter runs it · esc cancels"
        self.query_one("#hint", Static).update(Content(hint))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss((event.value, self._raw) if event.value.strip() else None)

    def action_cancel(self) -> None:
        self.dismiss(None)
