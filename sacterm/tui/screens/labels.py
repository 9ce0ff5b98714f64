"""Labels for one message or many: put on, taken off, made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sacterm.reading.text import display_line
from sacterm.tui import wording

_LONGEST = 100  # characters of a new label


class LabelChange(NamedTuple):
    """Labels to put on and to take off."""

    add: frozenset[str]
    remove: frozenset[str]


class Labels(ModalScreen[LabelChange | None]):
    """A field that finds a label or names a new one, over the labels there are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "move(1)", "Next", priority=True),
        Binding("up", "move(-1)", "Previous", priority=True),
        Binding("tab", "mark", "Mark", priority=True),
    ]

    def __init__(
        self,
        labels: Mapping[str, int],
        messages: int,
        price: Callable[[LabelChange], int],
    ) -> None:
        """Set up.

        Args:
            labels: all there are, each with how many of the messages have it.
            messages: how many messages are to be labelled.
            price: the ops that a change takes.
        """
        super().__init__()
        self._labels = dict(labels)
        self._messages = messages
        self._price = price
        self._marked: dict[str, bool] = {}  # put on or taken off
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Labels of {wording.plural(self._messages, 'message')}")
            field = Input(placeholder="find a label, or name a new one", max_length=_LONGEST)
            field.cursor_blink = False
            yield field
            options = OptionList()
            options.can_focus = False
            yield options
            yield Static(id="hint", classes="quiet")

    def on_mount(self) -> None:
        self._list("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def on_input_submitted(self) -> None:
        if not self._marked:
            self.action_mark()
        if self._marked:
            self.dismiss(self._change())

    def on_option_list_option_selected(self) -> None:
        self.on_input_submitted()

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()
        self._hint()

    def action_mark(self) -> None:
        """Put the label under the cursor on all, or take it off all; once more: neither."""
        place = self.query_one(OptionList).highlighted
        if place is None:
            return
        label = self._shown[place]
        if label in self._marked:
            del self._marked[label]
        else:
            self._marked[label] = self._labels.get(label, 0) < self._messages
        self._labels.setdefault(label, 0)
        self._list(self.query_one(Input).value, place)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _change(self) -> LabelChange:
        return LabelChange(
            frozenset(label for label, on in self._marked.items() if on),
            frozenset(label for label, on in self._marked.items() if not on),
        )

    def _list(self, typed: str, place: int = 0) -> None:
        wanted = " ".join(typed.split())
        found = [label for label in sorted(self._labels) if _begins(wanted, label)]
        # what was typed whole is meant, whatever else begins so
        self._shown = sorted(found, key=lambda label: label.lower() != wanted.lower())
        if wanted and wanted not in self._labels:
            self._shown.append(wanted)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(Content(self._line(label))) for label in self._shown)
        options.highlighted = min(place, len(self._shown) - 1) if self._shown else None
        self._hint()

    def _line(self, label: str) -> str:
        count = self._labels.get(label)
        if label in self._marked:
            box = "[+]" if self._marked[label] else "[-]"
        else:
            box = "[x]" if count == self._messages else "[~]" if count else "[ ]"
        new = "  new" if count is None else ""
        return f"{box} {display_line(label, _LONGEST)}{new}"

    def _hint(self) -> None:
        if self._marked:
            ops = wording.plural(self._price(self._change()), "op")
            said = f"\nenter does it, {ops} · tab marks more · esc cancels"
        elif (place := self.query_one(OptionList).highlighted) is not None:
            label = self._shown[place]
            on = self._labels.get(label, 0) < self._messages
            change = LabelChange(frozenset([label] * on), frozenset([label] * (not on)))
            does = f"{'puts on' if on else 'takes off'} {display_line(label, 30)}"
            ops = wording.plural(self._price(change), "op")
            said = f"\nenter {does}, {ops} · tab marks several · esc cancels"
        else:
            said = "\nno labels yet: type the name of a new one"
        self.query_one("#hint", Static).update(Content(said))


def _begins(wanted: str, label: str) -> bool:
    """Whether a label, or a word of it, begins like what is wanted."""
    return f" {wanted.lower()}" in f" {label.lower()}"
