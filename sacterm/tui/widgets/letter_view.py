"""A message in six forms: laid out, shown, gone through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message

from sacterm.reading.cells import wrap
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText
from sacterm.tui.commands import Offers, Where, offered
from sacterm.tui.forms import Form, Order
from sacterm.tui.head import Head, head_lines
from sacterm.tui.keymap import Keymap
from sacterm.tui.widgets.scroller import Framed
from sacterm.tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter
    from sacterm.reading.links import Link
    from sacterm.reading.parts import PartInfo

_LOW = 16  # lines below which the head is brief
_LONG = 8_000  # bytes from which a message is laid out off the event loop
_TYPING = 1.0  # seconds between two digits of one number

_LISTING = (Form.LINKS, Form.PARTS)  # the forms that list things, one of them under the cursor
_KEYS = {
    Form.HEADERS: (("find-in-message", "filters"),),
    Form.LINKS: (("open", "opens"), ("copy", "copies"), ("", "a number jumps")),
    Form.PARTS: (("open", "opens"), ("save", "saves"), ("save-all", "saves all")),
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


class LetterView(Offers, Vertical, Framed, can_focus=True):
    """One message at a time. The form stays when the message changes.

    Attributes:
        at_rest: nothing is being laid out.
    """

    OFFERS = offered(Where.LINES)
    DEFAULT_CSS = "LetterView > Sheet { height: 1fr; }"

    @dataclass
    class LinkOpened(Message):
        """The user opened the link under the cursor."""

        link: Link

    @dataclass
    class PartOpened(Message):
        """The user opened the part under the cursor."""

        part: PartInfo

    def __init__(self, keymap: Keymap, *, id: str) -> None:
        super().__init__(id=id)
        self._keymap = keymap
        self._sheet = Sheet()
        self._page = Page()
        self._form = Form.TEXT
        self._seen: tuple[str, Form] | None = None  # what is on screen: a message, and its form
        self._body_at = 0  # the first line below the head
        self._tops: dict[Form, int] = {}
        self._cursors: dict[Form, int] = {}
        self._items: list[tuple[int, int]] = []  # first and last line of each thing listed
        self._order: Order | None = None
        self._laid: dict[Form, tuple[Order, list[Line]]] = {}
        self._laying = False
        self.at_rest = asyncio.Event()
        self.at_rest.set()
        self._wanted = ""  # what headers are filtered for
        self._digits = ""
        self._typed = 0.0

    def compose(self) -> ComposeResult:
        yield self._sheet

    def on_mount(self) -> None:
        self._tell_title()

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
            self._put(_notice(page, self._sheet.room))
            return
        wanted = self._wanted if self._form is Form.HEADERS else ""
        self._order = Order(
            page.letter,
            self._form,
            self._sheet.room,
            wanted,
            page.tls,
            page.spam,
            self._keymap.key,
        )
        known = self._laid.get(self._form)
        if known and known[0] == self._order:
            self._put(known[1])
        elif len(page.letter.raw) < _LONG:
            self._keep(self._order, _laid_out(self._order))
        elif not self._laying:
            self._laying = True
            self.at_rest.clear()
            self.run_worker(self._lay_out_long(), group="lay out")

    async def _lay_out_long(self) -> None:
        """Lay out off the event loop, until nothing else is wanted meanwhile."""
        try:
            while (order := self._order) and self._missing(order):
                lines = await asyncio.to_thread(_laid_out, order)
                if order == self._order:
                    self._keep(order, lines)
        finally:
            self._laying = False
            self.at_rest.set()

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
        head: list[Line] = []
        if self._page.id:
            head = head_lines(self._page.head, sheet.room, self._keymap, brief=brief)
        top = self._tops.get(self._form, 0)
        if now == self._seen:  # the same in other words: the place in it is kept
            top = round(sheet.top * (len(head) + len(body)) / max(1, len(sheet.lines)))
        anew, self._seen = now != self._seen, now
        self._body_at = len(head)
        sheet.show([*head, *body], top=top)
        self._items = _items(sheet.lines) if self._form in _LISTING else []
        self._point()
        self._shown(anew=anew)

    def _shown(self, *, anew: bool) -> None:
        """Other lines are on the sheet; ``anew`` where they are of something else."""

    def _tell_title(self) -> None:
        letter = self._letter
        counts = {
            Form.LINKS: len(letter.links) if letter else 0,
            Form.PARTS: sum(part.is_leaf for part in letter.parts) if letter else 0,
        }
        pieces: list[str | tuple[str, str]] = []
        for form in Form:
            id_ = f"view-{form.value.lower()}"
            name = form.value
            if self._keymap.has_key(id_):
                name = f"{self._keymap.key(id_)} {name}"
            name += f" {counts[form]}" if counts.get(form) else ""
            pieces += ["  "] if pieces else []
            pieces.append((name, "bold underline" if form is self._form else "not bold $quiet"))
        self.set_title(Content.assemble(*pieces))

    def _tell_foot(self) -> None:
        self.set_foot(Content(self._foot()))

    def _foot(self) -> str:
        """What the lower edge says."""
        keys = _KEYS.get(self._form) if self.has_focus and self._letter else None
        if keys is None:
            return self._page.foot
        return " · ".join(f"{self._keymap.key(id)} {does}" if id else does for id, does in keys)

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
        if event.character and event.character.isdigit() and self._jump(event.character):
            event.stop()

    def _jump(self, digit: str) -> bool:
        """Go to a link by its number, if there is such a one; digits typed in a row make one."""
        if self.link is None or self._letter is None:
            return False
        now = monotonic()
        places = {str(link.number): place for place, link in enumerate(self._letter.links)}
        typed = self._digits + digit if now - self._typed < _TYPING else digit
        if typed not in places:
            typed = digit
        self._digits, self._typed = typed, now
        if typed in places:
            self._go_to(places[typed])
        return typed in places


def _notice(page: Page, width: int) -> list[Line]:
    texts = [DisplayText(text) for line in page.notice for text in wrap(line, width)]
    return [Line((Span(text, page.look),)) for text in texts]


def _items(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """First and last line of each thing that lines list."""
    places: dict[int, tuple[int, int]] = {}
    for index, line in enumerate(lines):
        if line.item >= 0:
            places[line.item] = places.get(line.item, (index, index))[0], index
    return [places[item] for item in sorted(places)]


def _laid_out(order: Order) -> list[Line]:
    from sacterm.tui.layouts import lay_out

    return lay_out(order)
