"""All keys, by where they work. Closed by the key that opened it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from sacterm.reading.cells import cell_len, fit, wrap
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText
from sacterm.tui import marks
from sacterm.tui.commands import COMMANDS, Command, Where
from sacterm.tui.keymap import Keymap
from sacterm.tui.screens.paper import Moves
from sacterm.tui.widgets.sheet import Sheet

_KEYS = 14  # cells for the keys of a command


class Help(Moves, ModalScreen[None]):
    """The page of keys and marks, in which words can be found."""

    OFFERS = Moves.OFFERS | {"help", "back", "find", "find-in-message"}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "back", "Close")]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Help > .page { height: 94%; }
    Help Input { display: none; border: none; height: 1; padding: 0; background: $panel; }
    Help Input:focus { border: none; }
    """

    def __init__(
        self, keymap: Keymap, pane: Where, notes: Sequence[DisplayText], signs: str
    ) -> None:
        """Set up.

        Args:
            keymap: the user's keys.
            pane: the commands that come first: those of the pane that the user is in.
            notes: lines above the keys, on this run.
            signs: the setting of the marks.
        """
        super().__init__()
        self._keymap = keymap
        self._pane = pane
        self._notes = notes
        self._signs = signs
        self._sheet = Sheet()
        self._field = Input(placeholder="a key, or words of what it does", compact=True)
        self._field.cursor_blink = False

    def compose(self) -> ComposeResult:
        key = self._keymap.key
        with Vertical(classes="page") as box:
            box.border_title = Content("Help")
            box.border_subtitle = Content(f"{key('find')} finds · {key('help')} closes")
            yield self._field
            yield self._sheet

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        words, room = self._field.value, self._sheet.room
        lines = help_lines(self._keymap, self._pane, words, room)
        if not words.strip():
            notes = [_line(text) for note in self._notes for text in wrap(note, room)]
            told = [_line("Marks", Look.HEADING), *map(_line, marks.explained(self._signs))]
            lines = [*notes, *[_line("")] * bool(notes), *lines, *told]
        self._sheet.show(lines, top=self._sheet.top)

    # finding

    def action_find(self) -> None:
        self._field.display = True
        self._field.focus()

    def action_find_in_message(self) -> None:
        self.action_find()

    @on(Input.Changed)
    def _find(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _go_on(self) -> None:
        self._field.display = bool(self._field.value)
        self.set_focus(None)

    def action_back(self) -> None:
        if not self._field.display:
            self.dismiss()
            return
        self._field.clear()
        self._field.display = False
        self.set_focus(None)

    def action_help(self) -> None:
        self.dismiss()


def places(pane: Where) -> Sequence[Where]:
    """The places in which commands work, those of the user's pane first, others' own last."""
    here = {
        Where.ADDRESS: (Where.ADDRESS, Where.LINES),
        Where.READING: (Where.READING, Where.PREVIEW, Where.LINES),
    }.get(pane, (Where.TRIAGE, Where.LINES))
    rest = [where for where in Where if where not in (*here, Where.PREVIEW)]
    return [*here, *rest, *([] if Where.PREVIEW in here else [Where.PREVIEW])]


def help_lines(keymap: Keymap, pane: Where, words: str, width: int) -> list[Line]:
    """The keys and what they do, by place; never none.

    Args:
        keymap: the user's keys.
        pane: what comes first.
        words: only what has all of them, or this key; all where there are none.
        width: cells that a line may take.
    """
    lines: list[Line] = []
    for where in places(pane):
        found = [c for c in COMMANDS if c.where is where and _has(c, keymap, words)]
        if found:
            lines += [_line(where.value, Look.HEADING), *_told(found, keymap, width)]
            if where is Where.LINES and not words.strip():
                lines += [_line(text, Look.QUIET) for text in wrap(_counts(keymap), width)]
            lines.append(_line(""))
    return lines or [_line("No key and no command like this", Look.QUIET)]


def _has(command: Command, keymap: Keymap, words: str) -> bool:
    keys = keymap.keys(command.id)
    text = f"{command.label} {command.id} {command.where.value}".lower()
    return words.strip() in keys.split() or all(word in text for word in words.lower().split())


def _told(commands: Sequence[Command], keymap: Keymap, width: int) -> Iterator[Line]:
    for command in commands:
        keys = f"  {keymap.keys(command.id) or '·'}"
        first, *rest = wrap(command.label, max(10, width - _KEYS - 3))
        # more keys than there is room for still stand before what they do
        gap = fit(keys, _KEYS + 2) if cell_len(keys) <= _KEYS + 2 else keys
        yield Line((Span(DisplayText(f"{gap} "), Look.STRONG), Span(DisplayText(first))))
        for text in rest:
            yield _line(" " * (_KEYS + 3) + text)


def _counts(keymap: Keymap) -> str:
    down, last = keymap.key("cursor-down"), keymap.key("cursor-last")
    return f"  In a list a number may come first: 5{down} goes five lines on, 20{last} to line 20."


def _line(text: str, look: Look = Look.PLAIN) -> Line:
    return Line((Span(DisplayText(text), look),))
