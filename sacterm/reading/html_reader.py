"""Follows the tags through an HTML mail.

A tokenizer and a stack, not the tree that the standard demands: parsers that build that can be
made to build gigabytes out of a few kilobytes. Every step here is linear in the input.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sacterm.reading.html_blocks import INDENT, QUOTE, Block, Cell, Group, Table
from sacterm.reading.html_elements import (
    BREAKS,
    ENDS,
    HEADINGS,
    INHERITS,
    LISTS,
    LOOKS,
    UNSEEN,
    VOID,
)
from sacterm.reading.html_style import PLAIN, Style, is_like_button, judge
from sacterm.reading.html_tokens import read_attributes, tokens, unescape
from sacterm.reading.page import Page
from sacterm.reading.styled import Look

MAX_TAGS: Final = 30_000
MAX_DEPTH: Final = 5_000
"""Open elements."""
MAX_GROUPS: Final = 8
"""Levels of lists and quotations that are seen as such."""
MAX_TABLES: Final = 24
"""Levels of tables that are seen as such."""

_MAX_PREHEADER: Final = 4_000  # characters, with what pads them
_MAX_SPAN: Final = 1_000

_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_URL_NOISE: Final = re.compile(r"[\t\n\r]+")
# Senders pad the line that the inbox shows with characters that take no room.
_FILLER: Final = re.compile(
    "(?:[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff]"
    r"\s*+){3,}"
)

_SCHEMES: Final = ("http://", "https://", "mailto:")
_DOT: Final = re.compile(r"[01](?:px)?")  # the width or height of what is not to be seen


class _Context(Struct, frozen=True, gc=False):
    """What elements pass on to those in them.

    Attributes:
        into: where paragraphs go.
        hidden: nothing is seen.
        unseen: not even by a program that shows hidden text.
        tiny: the font has no size; what is in it may have one again.
        kept: white space is kept.
        look: of words.
        level: of a heading, or 0.
        rows: of the innermost table.
        layout: that table says that it is for looks.
        header: in the head of that table.
        groups: how many are around.
        tables: how many are around.
        in_item: the innermost list is in an item.
    """

    into: list[Block]
    hidden: bool = False
    unseen: bool = False
    tiny: bool = False
    kept: bool = False
    look: Look = Look.PLAIN
    level: int = 0
    rows: list[list[Cell]] | None = None
    layout: bool = False
    header: bool = False
    groups: int = 0
    tables: int = 0
    in_item: bool = False


class _Element(Struct, gc=False):
    """An open element.

    Attributes:
        name: lower case.
        context: for what is in it.
        target: of a link that is shown, or "".
        like_button: it looks like one, or what stands in it alone does.
        since: words on the page at its start.
        number: of the next list item.
    """

    name: str
    context: _Context
    target: str = ""
    like_button: bool = False
    since: int = 0
    number: int = 1


class Reader:
    """Reads one document.

    Attributes:
        page: what is seen of it.
    """

    def __init__(self) -> None:
        self.page = Page()
        self._hidden: list[str] = []  # text at the start
        self._hidden_ends = False  # what else is hidden does not count
        self._stack = [_Element("", _Context(self.page.blocks))]
        self._open_names: Counter[str] = Counter()  # of what is open
        self._lists: list[_Element] = []
        self._styles = {"": PLAIN}

    def read(self, html: str) -> bool:
        """Read the document; False where it was left before its end."""
        stream = tokens(html)
        for token in islice(stream, MAX_TAGS):
            self._text(token.text)
            if token.end:
                self._close(token.name)
            elif token.name:
                self._open(token.name, token.attributes)
            if len(self._stack) > MAX_DEPTH:
                break
        complete = next(stream, None) is None
        while len(self._stack) > 1:
            self._pop()
        return complete

    @property
    def preheader(self) -> str:
        """The hidden text before what is seen, or ""."""
        return " ".join(_FILLER.sub(" ", "".join(self._hidden)[:_MAX_PREHEADER]).split())

    def _text(self, text: str) -> None:
        if not text:
            return
        context = self._stack[-1].context
        text = unescape(text)
        if not text.isascii():
            text = _FILLER.sub(" ", text)
        if context.hidden or context.tiny:
            self._hidden_text(text, context)
        elif context.kept:
            self.page.write_lines(text, context.look)
        else:
            self.page.write(_SPACE.sub(" ", text), context.look, level=context.level)

    def _hidden_text(self, text: str, context: _Context) -> None:
        if not (self.page.words or self._hidden_ends or context.unseen) and text.strip():
            self._hidden.append(text[:_MAX_PREHEADER])
            self._hidden_ends = len(self._hidden) == _MAX_PREHEADER

    def _open(self, name: str, source: str) -> None:
        if name == "a":
            self._close("a")
        while self._stack[-1].name in ENDS.get(name, ()):
            self._pop()
        attributes = read_attributes(source)
        style = self._style(attributes.get("style", ""))
        context = self._stack[-1].context
        if style is not PLAIN or name in INHERITS or "hidden" in attributes:
            context = _inherit(context, name, style, hidden="hidden" in attributes)
        element = _Element(name, context, since=self.page.words)
        if not context.hidden:
            self._lay_out(element, attributes, style)
            self.page.enter(element.context.into)
        if name not in VOID and not (name in UNSEEN and source.endswith("/")):
            self._push(element)

    def _style(self, written: str) -> Style:
        style = self._styles.get(written)
        if style is None:
            style = judge(written)
            self._styles[written] = style = PLAIN if style == PLAIN else style
        return style

    def _lay_out(self, element: _Element, attributes: dict[str, str], style: Style) -> None:
        page, name, context = self.page, element.name, element.context
        element.like_button = name == "button" or (
            bool(attributes) and name != "body" and is_like_button(attributes, style)
        )
        if breaks := self._breaks(name):
            page.end_block(breaks)
        match name:
            case "br":
                page.break_line()
            case "hr":
                page.write_rule()
                page.end_block(breaks)
            case "img":
                sides = attributes.get("width", ""), attributes.get("height", "")
                alt = "" if any(map(_DOT.fullmatch, sides)) else attributes.get("alt", "")
                page.write_image(_SPACE.sub(" ", alt), level=context.level)
            case "a":
                target = _URL_NOISE.sub("", attributes.get("href", "")).strip()
                if target.lower().startswith(_SCHEMES) and not context.tiny:
                    element.target = target
                    element.context = replace(context, look=Look.LINK)
                    element.like_button |= style.raised
                    page.begin_link()
            case "table" | "tr" | "td" | "th":
                self._lay_out_table(element, attributes, style)
            case "blockquote":
                self._begin_group(element, QUOTE)
            case "dd":
                self._begin_group(element, INDENT)
            case "li" if self._lists:
                items = self._lists[-1]
                number = _number(attributes.get("value", ""), items.number)
                items.number = number + 1
                page.begin_item()
                self._begin_group(element, f"{number}. " if items.name == "ol" else "• ")
                element.context = replace(element.context, in_item=True)
            case "ol" | "ul" | "menu" | "dir":
                element.number = _number(attributes.get("start", ""), 1)
                if self._lists and not context.in_item:
                    self._begin_group(element, INDENT)
                element.context = replace(element.context, in_item=False)

    def _begin_group(self, element: _Element, marker: str) -> None:
        context = element.context
        if context.groups < MAX_GROUPS:
            blocks: list[Block] = []
            context.into.append(Group(blocks, marker))
            element.context = replace(context, into=blocks, groups=context.groups + 1)

    def _lay_out_table(self, element: _Element, attributes: dict[str, str], style: Style) -> None:
        context, rows = element.context, element.context.rows
        if element.name == "table":
            element.context = replace(
                context,
                rows=[] if context.tables < MAX_TABLES else None,
                layout=attributes.get("role", "") in ("presentation", "none"),
                header=False,
                tables=context.tables + 1,
            )
        elif rows is not None:
            if not rows:
                context.into.append(Table(rows, context.layout))
            if element.name == "tr" or not rows:
                rows.append([])
            if element.name != "tr":
                blocks: list[Block] = []
                cell = Cell(
                    blocks,
                    columns=_number(attributes.get("colspan", ""), 1, _MAX_SPAN) or 1,
                    rows=_number(attributes.get("rowspan", ""), 1, _MAX_SPAN) or 1,
                    header=element.name == "th" or context.header,
                    right=style.right or attributes.get("align", "").lower() == "right",
                )
                rows[-1].append(cell)
                element.context = replace(context, into=blocks)

    def _breaks(self, name: str) -> int:
        return 1 if name in LISTS and self._lists else BREAKS.get(name, 0)

    def _push(self, element: _Element) -> None:
        self._stack.append(element)
        self._open_names[element.name] += 1
        if element.name in LISTS and not element.context.hidden:
            self._lists.append(element)

    def _close(self, name: str) -> None:
        while self._open_names[name]:
            if self._pop() == name:
                return

    def _pop(self) -> str:
        element = self._stack.pop()
        self._open_names[element.name] -= 1
        context, around = element.context, self._stack[-1].context
        if not context.hidden:
            if element.name in LISTS:
                self._lists.pop()
            if element.name == "li":
                self.page.end_item()
            if element.target:
                self.page.end_link(element.target, button=element.like_button)
            elif element.like_button:
                self.page.take_for_button(element.since)
            if breaks := self._breaks(element.name):
                self.page.end_block(breaks)
            self.page.enter(around.into)
        if (context.hidden or context.tiny) and not (around.hidden or around.tiny):
            self._hidden_ends |= bool(self._hidden)
        return element.name


def _inherit(context: _Context, name: str, style: Style, *, hidden: bool) -> _Context:
    look = context.look
    if look is not Look.LINK:
        look = LOOKS.get(name, look)
        if style.bold is not None and look in (Look.PLAIN, Look.STRONG):
            look = Look.STRONG if style.bold else Look.PLAIN
    return replace(
        context,
        hidden=context.hidden or hidden or style.hides or name in UNSEEN,
        unseen=context.unseen or name in UNSEEN,
        tiny=context.tiny if style.tiny is None else style.tiny,
        kept=name == "pre" or (context.kept if style.kept is None else style.kept),
        look=look,
        level=HEADINGS.get(name, context.level),
        header=context.header or name == "thead",
    )


def _number(text: str, default: int, limit: int = 999_999) -> int:
    number = int(text) if len(text) < 7 and text.isascii() and text.isdigit() else default
    return min(number, limit)
