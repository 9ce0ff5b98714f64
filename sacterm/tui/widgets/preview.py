"""The message under the cursor, in which words can be found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from sacterm.reading.matches import MAX_MATCHES, Matches, find_words
from sacterm.reading.styled import Line
from sacterm.reading.text import display_line
from sacterm.tui.commands import Where, offered
from sacterm.tui.forms import Form
from sacterm.tui.keymap import Keymap
from sacterm.tui.widgets.field import Field
from sacterm.tui.widgets.letter_view import LetterView

_MANY = 2_000  # lines from which they are searched off the event loop


class Preview(LetterView):
    """Finds words in the lines of a message; headers are filtered instead.

    What is looked for stays while the message or its form changes.
    """

    OFFERS = LetterView.OFFERS | offered(Where.PREVIEW) | {"back"}
    DEFAULT_CSS = "Preview > Input { display: none; background: $panel; padding: 0 1; }"

    @dataclass
    class MessageLeft(Message):
        """The user goes back to the list."""

    def __init__(self, keymap: Keymap, *, id: str) -> None:
        super().__init__(keymap, id=id)
        self._field = Field(compact=True, select_on_focus=False)
        self._field.cursor_blink = False
        self._words = ""  # looked for
        self._matches = Matches()
        self._match = -1  # the one gone to last

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self._field

    def action_back(self) -> None:
        if not self._is_finding:
            raise SkipAction  # to where the screen goes back to
        self._end_finding()

    @property
    def _is_finding(self) -> bool:
        filtering = self._form is Form.HEADERS
        return self._field.display or bool(self._wanted if filtering else self._words)

    def action_find_in_message(self) -> None:
        self._field.placeholder = "headers with…" if self._form is Form.HEADERS else "find…"
        self._field.display = True
        self.screen.set_focus(self._field)

    def action_leave_message(self) -> None:
        self.post_message(self.MessageLeft())

    def action_next_match(self) -> None:
        self._go_to_match(1)

    def action_previous_match(self) -> None:
        self._go_to_match(-1)

    @on(Input.Changed)
    def _type(self, event: Input.Changed) -> None:
        event.stop()
        if not self._field.display:
            return
        if self._form is Form.HEADERS:
            self._wanted = event.value
            self._lay_out()
        else:
            self._words = event.value
            self._find(jump=True)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_field()

    @on(Input.Blurred)
    def _leave(self) -> None:
        if self.app.app_focus:  # else the terminal lost the focus, and gives it back
            self._hide_field()

    def _hide_field(self) -> None:
        self._field.display = False
        self._field.clear()

    def _close_field(self) -> None:
        if self._field.has_focus:
            self.screen.set_focus(self)
        self._hide_field()

    def _end_finding(self) -> None:
        self._close_field()
        if self._form is Form.HEADERS:
            self._wanted = ""
            self._lay_out()
        else:
            self._words, self._match = "", -1
            self._find(jump=False)

    def _shown(self, *, anew: bool) -> None:
        if anew:
            self._match = -1
        self._find(jump=False)

    def _find(self, *, jump: bool) -> None:
        """Look for the words below the head; ``jump`` to the first on screen or below it."""
        lines, words = self._sheet.lines, self._words if self._form is not Form.HEADERS else ""
        if len(lines) < _MANY or not words:
            self._take(find_words(lines, words, self._body_at), jump=jump)
        else:
            self.run_worker(self._find_long(lines, words, jump), group="find", exclusive=True)

    async def _find_long(self, lines: Sequence[Line], words: str, jump: bool) -> None:
        matches = await asyncio.to_thread(find_words, lines, words, self._body_at)
        if lines is self._sheet.lines and words == self._words:
            self._take(matches, jump=jump)

    def _take(self, matches: Matches, *, jump: bool) -> None:
        self._matches = matches
        self._match = matches.first_from(self._sheet.top) if jump else self._match
        self._match = min(self._match, len(matches.places) - 1)
        self._sheet.mark(matches, self._match)
        if jump:
            self._show_match()
        self._tell_foot()

    def _go_to_match(self, step: int) -> None:
        if not self._matches.places:
            return
        if self._match < 0:
            first = self._matches.first_from(self._sheet.top)
            self._match = first if step > 0 else first - 1
        else:
            self._match += step
        self._match %= len(self._matches.places)
        self._show_match()

    def _show_match(self) -> None:
        self._sheet.mark(self._matches, self._match)
        if self._match >= 0:
            line = self._matches.line(self._match)
            self._sheet.reveal(line, line)
        self._tell_foot()

    def _foot(self) -> str:
        back = self._keymap.key("back")
        if self._form is Form.HEADERS and self._wanted:
            return f"only “{display_line(self._wanted, 30)}” · {back} shows all"
        if self._words and self._form is not Form.HEADERS:
            return f"“{display_line(self._words, 30)}” {self._found()} · {back} ends"
        return super()._foot()

    def _found(self) -> str:
        count = len(self._matches.places)
        if not count:
            return "is not in it"
        many = f"{count:,}{'+' if count == MAX_MATCHES else ''}"
        return f"{self._match + 1} of {many}" if self._match >= 0 else f"is {many} times in it"
