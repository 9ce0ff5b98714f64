"""An HTML mail in lines for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final

from sacterm.reading.cells import cell_len, flow, trimmed
from sacterm.reading.html import CUT, MAX_CHARACTERS, Document
from sacterm.reading.html_blocks import QUOTE, Block, Cell, Group, Paragraph, Piece, Table
from sacterm.reading.html_table import grid
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line, display_text
from sacterm.reading.urls import mark_urls

MAX_LINES: Final = 40_000

_NARROWEST: Final = 12  # cells that are left to text: in less nothing is indented further
_BAR: Final = Span(DisplayText("▎ "), Look.QUOTE)
_NAME: Final = Span(DisplayText("preheader  "), Look.QUIET)
_NAME_APART: Final = 24  # cells of a line that has room for it
_APART: Final = Span(DisplayText("  "))
_INLINE: Final = (Look.PLAIN, Look.STRONG, Look.EMPHASIS)

Prefix = tuple[Span, ...]


def lines(document: Document, numbers: Mapping[str, int], width: int) -> list[Line]:
    """Lay out a document.

    Nothing that :func:`sacterm.reading.html.text_of` says is lost, but for the list of links.

    Args:
        document: what was read.
        numbers: of links, by target; others have none.
        width: cells of a line, at least 4.
    """
    view = _View(numbers, width)
    if preheader := display_line(document.preheader):
        indent = [Span(DisplayText(" " * len(_NAME.text)))] if width >= _NAME_APART else []
        view.lines += flow([_NAME, Span(preheader, Look.QUIET)], width, rest=indent)
        view.add_rule(())
    view.add(document.blocks)
    if not document.complete or len(view.lines) >= MAX_LINES:
        view.lines += flow([Span(DisplayText(f"\n{CUT}"), Look.ALERT)], width)
    return view.lines


class _View:
    """The lines so far."""

    def __init__(self, numbers: Mapping[str, int], width: int) -> None:
        self.lines: list[Line] = []
        self._numbers = numbers
        self._width = width
        self._prefix: Prefix = ()  # of the last line
        self._gap = False  # a line is to be left empty
        self._markers: list[Span] = []  # of items that have no words yet
        self._outside: Prefix = ()  # what begins the line of the first of them

    def add(self, blocks: Sequence[Block], prefix: Prefix = ()) -> None:
        """Add blocks, each line of which begins with the prefix."""
        for block in blocks:
            if len(self.lines) >= MAX_LINES:
                return
            match block:
                case Paragraph():
                    self._add_paragraph(block, prefix)
                case Group():
                    self._add_group(block, prefix)
                case Table():
                    self._add_table(block, prefix)
                case _:
                    self._gap = True
                    self.add_rule(prefix)
                    self._gap = True

    def add_rule(self, prefix: Prefix) -> None:
        """Draw a line from the prefix to the edge."""
        rule = "─" * (self._width - _cells(prefix))
        self._flow([Span(DisplayText(rule), Look.RULE)], prefix)

    def _flow(self, spans: Sequence[Span], prefix: Prefix, *, hard: bool = False) -> None:
        first = self._outside if self._markers else prefix
        if self._gap and self.lines:
            self._leave_line(first)
        self.lines += flow(
            [*self._markers, *spans],
            self._width,
            first=first,
            rest=prefix,
            hard=hard,
            limit=max(0, MAX_LINES - len(self.lines)),
        )
        self._prefix = prefix
        self._markers = []
        self._gap = False

    def _leave_line(self, prefix: Prefix) -> None:
        """Leave a line empty but for the bars of the quotations that go on."""
        both = takewhile(
            lambda spans: spans[0] == spans[1], zip(self._prefix, prefix, strict=False)
        )
        self.lines.append(Line(trimmed([span for span, _ in both])))

    def _add_paragraph(self, paragraph: Paragraph, prefix: Prefix) -> None:
        self._gap |= paragraph.breaks == 2
        for pieces in _parts(paragraph.pieces):
            spans = self._spans(pieces, paragraph.level)
            if self._markers or any(span.text.strip() for span in spans):
                self._flow(spans, prefix, hard=paragraph.kept)

    def _add_group(self, group: Group, prefix: Prefix) -> None:
        marker = _BAR if group.marker == QUOTE else Span(DisplayText(group.marker))
        hanging = marker if marker is _BAR else Span(DisplayText(" " * len(group.marker)))
        inside = (*prefix, hanging)
        if self._width - _cells(inside) < _NARROWEST:
            inside = prefix
        waiting = len(self._markers)
        if not waiting:
            self._outside = prefix
        if waiting or marker is not _BAR:
            self._markers.append(marker)
        self.add(group.blocks, inside)
        del self._markers[waiting:]

    def _add_table(self, table: Table, prefix: Prefix) -> None:
        width = self._width - _cells(prefix)
        rows = grid(table, self._cell, width) if width >= _NARROWEST else None
        if rows:
            self._gap = True
            if self._markers:
                self._flow((), prefix)
            elif self.lines:
                self._leave_line(prefix)
            self.lines += [Line((*prefix, *line.spans)) if line.spans else line for line in rows]
            self._prefix = prefix
            self._gap = True
            return
        for row in table.rows:
            if spans := self._side_by_side(row, width):
                self._flow(spans, prefix)
            else:
                for cell in row:
                    self.add(cell.blocks, prefix)

    def _side_by_side(self, row: Sequence[Cell], width: int) -> list[Span]:
        """The cells of a row on one line, if they are short; else nothing."""
        paragraphs = [block for cell in row for block in cell.blocks]
        if sum(bool(cell.blocks) for cell in row) < max(2, len(paragraphs)):
            return []
        spans: list[Span] = []
        for paragraph in paragraphs:
            if (
                not isinstance(paragraph, Paragraph)
                or paragraph.level
                or paragraph.kept
                or (spans and paragraph.breaks)
            ):
                return []
            spans += [_APART] if spans else []
            spans += self._spans(paragraph.pieces)
        text = "".join(span.text for span in spans)
        if "\n" in text or len(text) > width or cell_len(text) > width:
            return []
        first = paragraphs[0]
        self._gap |= isinstance(first, Paragraph) and first.breaks == 2
        return spans

    def _cell(self, cell: Cell) -> list[Span]:
        spans: list[Span] = []
        for block in cell.blocks:
            if isinstance(block, Paragraph) and (more := self._spans(block.pieces)):
                spans += [Span(DisplayText("\n")), *more] if spans else more
        return spans

    def _spans(self, pieces: Sequence[Piece], level: int = 0) -> list[Span]:
        spans = []
        for piece in pieces:
            text, look = piece.text, piece.look
            if piece.image:
                text = f"▣ {text}"
            elif look is Look.BUTTON:
                text = f"[ {text} ]"
            elif level and look in _INLINE:
                look = Look.HEADING
            written = "\n" in text or "\t" in text
            shown = display_text(text) if written else display_line(text, MAX_CHARACTERS)
            if look in (Look.LINK, Look.BUTTON):
                spans += [Span(shown, look)] if shown else []
            else:
                spans += mark_urls(shown, look, self._numbers)
            if piece.ends and (number := self._numbers.get(piece.ends)) is not None:
                mark = f" [{number}]" if shown else f"[{number}]"
                spans.append(Span(DisplayText(mark), look if look is Look.BUTTON else Look.LINK))
        return spans


def _cells(prefix: Prefix) -> int:
    return sum(cell_len(span.text) for span in prefix)


def _parts(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces of a paragraph, with each button apart."""
    part: list[Piece] = []
    for piece in pieces:
        if piece.look is Look.BUTTON:
            yield from ([part] if part else [])
            yield [piece]
            part = []
        elif part or piece.text.strip(" \n") or piece.ends:
            part.append(piece)
    if part:
        yield part
