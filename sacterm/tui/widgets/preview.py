"""The message under the cursor: who, to whom, when, and what it says in six forms."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.widgets import Input

from sacterm.reading.letter import Letter
from sacterm.reading.links import Link
from sacterm.reading.matches import MAX_MATCHES, Matches, find_words
from sacterm.reading.parts import PartInfo
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui.commands import Where, bindings
from sacterm.tui.forms import Form, Order, lay_out
from sacterm.tui.head import Head, head_lines
from sacterm.tui.widgets.sheet import Sheet

_LOW = 16  # lines below which the head is brief
_LONG = 20_000  # bytes from which a message is laid out off the event loop
_MANY = 2_000  # lines from which they are searched off the event loop
_TYPING = 1.0  # seconds between two digits of one number

_LISTING = (Form.LINKS, Form.PARTS)  # the forms that list things, one of them under the cursor
_KEYS = {
    Form.HEADERS: "/ filters",
    Form.LINKS: "enter opens · y copies · a number jumps",
    Form.PARTS: "enter opens · S saves · W saves all",
}


class Page(Struct, frozen=True):
    """What the preview shows.

    Attributes:
        id: the message; another one is shown from its top.
        head: what stands above the body.
        letter: the message; None where ``notice`` stands in its place.
        notice: lines that say why there is no body.
        look: the look of the notice.
        foot: what it cost, for the border.
        tls: whether it came encrypted, as the service says.
        spam: its score, 0 to 1, as the service says.
    """

    id: str = ""
    head: Head = Head()
    letter: Letter | None = None
    notice: tuple[DisplayText, ...] = ()
    look: Look = Look.QUIET
    foot: str = ""
    tls: bool | None = None
    spam: float | None = None


class Preview(Vertical, can_focus=True):
    """One message at a time. The form stays when the message changes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.LINES, Where.PREVIEW)]
    DEFAULT_CSS = """
    Preview > Sheet { height: 1fr; }
    Preview > Input { display: none; background: $panel; padding: 0 1; }
    """

    @dataclass
    class LinkOpened(Message):
        """The user opened the link under the cursor."""

        link: Link

    @dataclass
    class PartOpened(Message):
        """The user opened the part under the cursor."""

        part: PartInfo

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._sheet = Sheet()
        self._field = Input(placeholder="find", compact=True)
        self._field.cursor_blink = False
        self._page = Page()
        self._form = Form.TEXT
        self._seen: tuple[str, Form] | None = None  # what is on screen: a message, and its form
        self._tops: dict[Form, int] = {}
        self._cursors: dict[Form, int] = {}
        self._items: list[tuple[int, int]] = []  # first and last line of each thing listed
        self._order: Order | None = None
        self._laid: dict[Form, tuple[Order, list[Line]]] = {}
        self._laying = False
        self._words = ""  # looked for
        self._wanted = ""  # what headers are filtered for
        self._matches = Matches()
        self._match = -1
        self._digits = ""
        self._typed = 0.0

    def compose(self) -> ComposeResult:
        yield self._sheet
        yield self._field

    # what is shown

    @property
    def form(self) -> Form:
        """How the message is looked at."""
        return self._form

    @property
    def link(self) -> Link | None:
        """The link that keys go to."""
        letter = self._letter if self._form is Form.LINKS and self._is_pointing else None
        return letter.links[self._cursor] if letter else None

    @property
    def part(self) -> PartInfo | None:
        """The part that keys go to."""
        letter = self._letter if self._form is Form.PARTS and self._is_pointing else None
        return letter.parts[self._cursor] if letter else None

    @property
    def _is_pointing(self) -> bool:
        # what is wanted may still be laid out, and something else be on screen
        return self.has_focus and bool(self._items) and self._seen == (self._page.id, self._form)

    def show(self, page: Page) -> None:
        """Show a message, or the same one as it is now."""
        if page == self._page:
            return
        if page.letter is not self._letter:
            self._laid.clear()
        if page.id != self._page.id:
            self._tops.clear()
            self._cursors.clear()
        self._page = page
        self._lay_out()

    def turn(self, form: Form) -> None:
        """Look at the message in another form."""
        if self._seen == (self._page.id, self._form):
            self._tops[self._form] = self._sheet.top
        self._form = form
        self._lay_out()

    def step(self, step: int) -> None:
        """Look at it in the form after this one (1) or before it (-1)."""
        forms = list(Form)
        self.turn(forms[(forms.index(self._form) + step) % len(forms)])

    @property
    def _letter(self) -> Letter | None:
        return self._page.letter

    # laying out

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        page = self._page
        if not self._sheet.scrollable_content_region:  # hidden, it keeps its place
            return
        self._tell_title()
        if page.letter is None:
            self._order = None
            self._put([Line((Span(line, page.look),)) for line in page.notice])
            return
        wanted = self._wanted if self._form is Form.HEADERS else ""
        self._order = Order(page.letter, self._form, self._sheet.room, wanted, page.tls, page.spam)
        known = self._laid.get(self._form)
        if known and known[0] == self._order:
            self._put(known[1])
        elif len(page.letter.raw) < _LONG:
            self._keep(self._order, lay_out(self._order))
        elif not self._laying:
            self._laying = True
            self.run_worker(self._lay_out_long(), group="lay out")

    async def _lay_out_long(self) -> None:
        """Lay out off the event loop, until nothing else is wanted meanwhile."""
        try:
            while (order := self._order) and self._missing(order):
                lines = await asyncio.to_thread(lay_out, order)
                if order == self._order:
                    self._keep(order, lines)
        finally:
            self._laying = False

    def _missing(self, order: Order) -> bool:
        known = self._laid.get(order.form)
        return known is None or known[0] != order

    def _keep(self, order: Order, lines: list[Line]) -> None:
        self._laid[order.form] = order, lines
        self._put(lines)

    def _put(self, body: Sequence[Line]) -> None:
        """Show the lines of what is wanted."""
        sheet, now = self._sheet, (self._page.id, self._form)
        brief = self.size.height < _LOW
        head = head_lines(self._page.head, sheet.room, brief=brief) if self._page.id else []
        top = self._tops.get(self._form, 0)
        if now == self._seen:  # the same in other words: the place in it is kept
            top = round(sheet.top * (len(head) + len(body)) / max(1, len(sheet.lines)))
        else:
            self._seen, self._match = now, -1
        sheet.show([*head, *body], top=top)
        self._items = _items(sheet.lines) if self._form in _LISTING else []
        self._point()
        self._find(jump=False)

    def _tell_title(self) -> None:
        letter = self._letter
        counts = {
            Form.LINKS: len(letter.links) if letter else 0,
            Form.PARTS: sum(part.is_leaf for part in letter.parts) if letter else 0,
        }
        pieces: list[str | tuple[str, str]] = []
        for number, form in enumerate(Form, 1):
            name = f"{number} {form.value}"
            name += f" {counts[form]}" if counts.get(form) else ""
            pieces += ["  "] if pieces else []
            pieces.append((name, "bold underline" if form is self._form else "not bold $quiet"))
        self.border_title = Content.assemble(*pieces)

    def _tell_foot(self) -> None:
        foot = self._page.foot
        if self._form is Form.HEADERS and self._wanted:
            foot = f"only “{display_line(self._wanted, 30)}” · esc shows all"
        elif self._words and self._form is not Form.HEADERS:
            foot = f"“{display_line(self._words, 30)}” {self._found()} · esc ends"
        elif self.has_focus and self._letter:
            foot = _KEYS.get(self._form, foot)
        self.border_subtitle = Content(foot)

    # moving

    def page_down(self) -> None:
        """Go on reading."""
        self._sheet.jump(self._sheet.top + max(2, self._sheet.page_height - 2))

    def page_up(self) -> None:
        """Go back in reading."""
        self._sheet.jump(self._sheet.top - max(2, self._sheet.page_height - 2))

    def action_cursor_down(self) -> None:
        self._move(1)

    def action_cursor_up(self) -> None:
        self._move(-1)

    def action_cursor_first(self) -> None:
        self._move(-len(self._sheet.lines))

    def action_cursor_last(self) -> None:
        self._move(len(self._sheet.lines))

    def action_half_page_down(self) -> None:
        self._move_half_page(1)

    def action_half_page_up(self) -> None:
        self._move_half_page(-1)

    def _move_half_page(self, step: int) -> None:
        lines = max(1, self._sheet.page_height // 2)
        if self._items:
            first, last = self._items[self._cursor]
            lines = max(1, lines // (last - first + 1))
        self._move(step * lines)

    def _move(self, step: int) -> None:
        """Move by lines, or by things where they are listed."""
        if self._items:
            self._go_to(self._cursor + step)
        else:
            self._sheet.jump(self._sheet.top + step)

    @property
    def _cursor(self) -> int:
        return max(0, min(self._cursors.get(self._form, 0), len(self._items) - 1))

    def _go_to(self, item: int) -> None:
        self._cursors[self._form] = max(0, min(item, len(self._items) - 1))
        self._point()
        first, last = self._items[self._cursor]
        self._sheet.reveal(first, last)
        if self._cursor == 0 and last < self._sheet.page_height:
            self._sheet.jump(0)  # the head with it

    def _point(self) -> None:
        self._sheet.point(self._cursor if self._items else -1, lit=self.has_focus)
        self._tell_foot()

    def on_focus(self) -> None:
        self._point()

    def on_blur(self) -> None:
        self._point()

    def action_open(self) -> None:
        if link := self.link:
            self.post_message(self.LinkOpened(link))
        elif part := self.part:
            self.post_message(self.PartOpened(part))

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self._sheet)
        index = self._sheet.top + offset.y if offset else len(self._sheet.lines)
        if self._items and index < len(self._sheet.lines):
            item = self._sheet.lines[index].item
            if item >= 0:
                self._go_to(item)
                if event.chain == 2:
                    self.action_open()

    def on_key(self, event: Key) -> None:
        if event.key == "escape" and self._is_finding:
            self._end_finding()
        elif self.link and event.character and event.character in "0123456789":
            self._jump_to(event.character)
        else:
            return
        event.stop()

    def _jump_to(self, digit: str) -> None:
        """Go to a link by its number; digits typed in a row make one."""
        assert self._letter
        now = monotonic()
        places = {str(link.number): place for place, link in enumerate(self._letter.links)}
        typed = self._digits + digit if now - self._typed < _TYPING else digit
        if typed not in places:
            typed = digit
        self._digits, self._typed = typed, now
        if typed in places:
            self._go_to(places[typed])

    # finding

    @property
    def _is_finding(self) -> bool:
        filtering = self._form is Form.HEADERS
        return self._field.display or bool(self._wanted if filtering else self._words)

    def action_find_in_message(self) -> None:
        filtering = self._form is Form.HEADERS
        self._field.display = True
        self._field.placeholder = "show headers with" if filtering else "find"
        self._field.value = self._wanted if filtering else self._words
        self._field.focus()

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
        self._field.display = False

    def _close_field(self) -> None:
        had_focus = self._field.has_focus
        self._field.display = False
        if had_focus:
            self.focus()

    def _end_finding(self) -> None:
        self._close_field()
        if self._form is Form.HEADERS:
            self._wanted = ""
            self._lay_out()
        else:
            self._words, self._match = "", -1
            self._find(jump=False)

    def _find(self, *, jump: bool) -> None:
        """Look for the words in the lines on screen; ``jump`` to the first below."""
        lines, words = self._sheet.lines, self._words if self._form is not Form.HEADERS else ""
        if len(lines) < _MANY or not words:
            self._take(find_words(lines, words), jump=jump)
        else:
            self.run_worker(self._find_long(lines, words, jump), group="find", exclusive=True)

    async def _find_long(self, lines: Sequence[Line], words: str, jump: bool) -> None:
        matches = await asyncio.to_thread(find_words, lines, words)
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

    def _found(self) -> str:
        count = len(self._matches.places)
        if not count:
            return "is not in it"
        many = f"{count:,}{'+' if count == MAX_MATCHES else ''}"
        return f"{self._match + 1} of {many}" if self._match >= 0 else f"is {many} times in it"


def _items(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """First and last line of each thing that lines list."""
    places: dict[int, tuple[int, int]] = {}
    for index, line in enumerate(lines):
        if line.item >= 0:
            places[line.item] = places.get(line.item, (index, index))[0], index
    return [places[item] for item in sorted(places)]
