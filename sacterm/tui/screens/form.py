"""The base of the forms: fields in the middle of the screen, kept until they are sent or left."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from sacterm.errors import SactermError, ServiceError
from sacterm.reading.text import DisplayText, display_line, display_text
from sacterm.tui.screens.dialogs import Confirm

Values = Mapping[str, str | bool]
"""What the fields hold, by name."""

_PREFIX = "field-"  # of the ids, which the rest of the app has others of


class Field(Struct, frozen=True):
    """One thing to fill in.

    Attributes:
        name: an identifier.
        label: stands before it.
        value: what it holds at first, untrusted; a bool is a switch.
        example: stands in it while it is empty; for a switch, behind it.
        rows: of a text; 1: a single line.
    """

    name: str
    label: str
    value: str | bool = ""
    example: str = ""
    rows: int = 1


class Switch(Static, can_focus=True):
    """Something that is on or off, told by a shape."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "switch", "On or off")]

    value = var(False, init=False)

    @dataclass
    class Changed(Message):
        """It was switched."""

        switch: Switch

        @property
        def control(self) -> Switch:
            return self.switch

    def __init__(self, label: str, value: bool, *, id: str) -> None:
        super().__init__(id=id)
        self._label = label
        self.set_reactive(Switch.value, value)

    def render(self) -> Content:
        return Content(f"[{'x' if self.value else ' '}] {self._label}")

    def watch_value(self) -> None:
        self.refresh()
        self.post_message(self.Changed(self))

    def action_switch(self) -> None:
        self.value = not self.value

    def on_click(self) -> None:
        self.action_switch()


class Form(ModalScreen[str | None]):
    """Sends what is in its fields; ends with what to say then, or None where it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,ctrl+s", "send", "Send"),  # not every terminal lets ctrl+s through
        Binding("escape", "leave", "Leave"),
    ]
    CSS = """
    .form { max-height: 96%; }
    .form #fields { height: auto; }
    .form .row { height: auto; }
    .form .row > .label { width: 13; color: $quiet; }
    .form .row > Static { width: 1fr; }
    .form .row > Input, .form .row > TextArea {
        width: 1fr; margin: 0; padding: 0; border: none; background: $panel;
    }
    .form .row > Input { height: 1; }
    .form .row > *:focus { background: $cursor; border: none; }
    .form .fault { display: none; padding: 0 0 0 13; }
    .form .fault, .form #state.bad { color: $error; }
    .form #state { margin: 1 0 0 0; }
    """
    verb, busy = "saves", "saving…"

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        """Set up.

        Args:
            title: what the form is for.
            fields: at least one.
        """
        super().__init__()
        self._title = display_line(title, 300)
        self._given = fields
        self._first: Values = {}
        self._sending = False

    # what a form is made of

    @abstractmethod
    def price(self, values: Values) -> str:
        """What is sent and what it costs, as ``2 or 3 ops``."""

    @abstractmethod
    async def send(self, values: Values) -> str | None:
        """Send; gives what to say when the form is gone, or None where it stays to show more.

        Raises:
            SactermError: it was not taken; the form stays and says so.
        """

    def fault(self, name: str, values: Values) -> str:
        """What is wrong with a field; "" where nothing is."""
        return ""

    def more(self) -> Iterable[Widget]:
        """What stands under the fields."""
        return ()

    # how it works

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog form", can_focus=False) as box:
            box.border_title = Content(self._title)
            with Vertical(id="fields"):
                for field in self._given:
                    yield row(field.label, _widget(field))
                    yield Static(id=f"{field.name}-fault", classes="fault")
            yield from self.more()
            yield Static(id="state", classes="quiet")

    def on_mount(self) -> None:
        self._first = self.values
        self._tell_price()

    @property
    def values(self) -> Values:
        """What the fields hold now."""
        return {field.name: self._value(field) for field in self._given}

    @property
    def edited(self) -> set[str]:
        """The fields that hold something else than at first."""
        now = self.values
        return {name for name in now if now[name] != self._first.get(name)}

    def _value(self, field: Field) -> str | bool:
        widget = self.query_one(f"#{_PREFIX}{field.name}")
        match widget:
            case TextArea():
                return widget.text
            case Input():
                return widget.value.strip()
            case Switch():
                return widget.value
        raise TypeError(widget)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Switch.Changed)
    def _look_again(self, event: Input.Changed | TextArea.Changed | Switch.Changed) -> None:
        changed = event.control
        if changed.has_focus:  # else it was filled by the program
            self._show_fault(str(changed.id).removeprefix(_PREFIX), "")
            self._tell_price()

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        if event.input.id == _PREFIX + self._given[-1].name:
            self.action_send()
        else:
            self.focus_next()

    def action_send(self) -> None:
        if self._sending:
            return
        values = self.values
        faults = {name: fault for name in values if (fault := self.fault(name, values))}
        for name in values:
            self._show_fault(name, faults.get(name, ""))
        if faults:
            self.query_one(f"#{_PREFIX}{next(iter(faults))}").focus()
        else:
            self._sending = True
            self._send(values)

    @work
    async def _send(self, values: Values) -> None:
        fields, focused = self.query_one("#fields"), self.focused
        fields.disabled = True
        self._tell(f"{self.busy} {self.price(values)}")
        try:
            said = await self.send(values)
        except SactermError as error:
            self._tell(self._refusal(error), bad=True)
        else:
            if said is not None:
                self.dismiss(said)
                return
            self._first = values
            self._tell_price()
        self._sending = False
        fields.disabled = False
        self.set_focus(focused)

    def _refusal(self, error: SactermError) -> str:
        # what a person asked for is not tried again by itself
        passing = isinstance(error, ServiceError) and error.passing
        remedy = "^r tries again" if passing else error.remedy
        return f"{error} · {remedy}" if remedy else str(error)

    def action_leave(self) -> None:
        if self._sending:
            return
        if not self.edited:
            self.dismiss(None)
            return
        question = Confirm(
            DisplayText("Discard the changes"),
            (DisplayText("What was filled in here is not sent yet."),),
            "discards it",
        )
        self.app.push_screen(question, self._leave_if)

    def _leave_if(self, sure: bool | None) -> None:
        if sure:
            self.dismiss(None)

    def _tell_price(self) -> None:
        self._tell(f"{self.price(self.values)}\n^r {self.verb}   esc leaves it as it is")

    def _tell(self, text: str, *, bad: bool = False) -> None:
        state = self.query_one("#state", Static)
        state.set_class(bad, "bad")
        state.update(Content(display_text(text, 600)))

    def _show_fault(self, name: str, fault: str) -> None:
        line = self.query_one(f"#{name}-fault", Static)
        line.display = bool(fault)
        line.update(Content(display_line(fault, 600)))


def row(label: str, widget: Widget) -> Horizontal:
    """A line of a form: what it is, and the thing."""
    return Horizontal(Static(Content(label), classes="label"), widget, classes="row")


def _widget(field: Field) -> Widget:
    id_ = _PREFIX + field.name
    if isinstance(field.value, bool):
        return Switch(field.example, field.value, id=id_)
    if field.rows > 1:
        text = TextArea(display_text(field.value), id=id_, compact=True, placeholder=field.example)
        text.cursor_blink = False
        text.styles.height = field.rows
        return text
    line = Input(display_line(field.value), placeholder=field.example, id=id_)
    line.cursor_blink = False
    line.select_on_focus = False
    return line
