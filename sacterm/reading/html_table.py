"""Tables of data, as grids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from sacterm.reading.cells import cell_len, flow, painted_len, trimmed
from sacterm.reading.html_blocks import Cell, Paragraph, Piece, Table
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText

_MAX_AREA: Final = 20_000  # rows times columns
_MAX_COLUMNS: Final = 60
_MAX_PARAGRAPHS: Final = 4
_LONGEST_WORD: Final = 16  # cells; a longer one may be broken for the sake of the other columns
_LONGEST_LABEL: Final = 60  # cells
# An amount, with a currency or a unit.
_NUMBER: Final = re.compile(r"(?:[A-Z]{3}\s?)?[^\w\n]{0,4}\d[\d\W]{0,20}[^\W\d_]{0,3}\W?")


class _Slot(NamedTuple):
    """A cell that has its place.

    Attributes:
        begin: its first column, from 0.
        end: the column after it.
    """

    begin: int
    end: int
    cell: Cell
    spans: list[Span]


_Row = list[_Slot]


def grid(table: Table, spans_of: Callable[[Cell], list[Span]], width: int) -> list[Line] | None:
    """The lines of a table of data; None where it is no such table.

    Mail is laid out with tables, and most of them say nothing of being data or not. What is taken
    for data has at least two rows of two cells, and nothing in its cells but a few paragraphs: what
    lays out a page holds headings, lists, buttons, rules and other tables, or has one column or one
    row. A table that says it is for layout (``role=presentation``) is believed, unless it has
    header cells or its last column is one of numbers: senders put that role on every table, those
    of what was bought too.

    Columns are as wide as their content where that fits, else they share the room; where even that
    does not do, each row becomes lines of "header: value", or, without headers, there is no grid.

    Args:
        table: any table.
        spans_of: gives the text of a cell.
        width: cells of a line.
    """
    if not _is_data(table):
        return None
    rows = _placed(table, spans_of)
    if not rows:
        return None
    header = rows[0] if _is_header(rows[0]) and not _is_header(rows[1]) else []
    columns = _Columns(rows, header, width)
    if columns.widths:
        return list(columns.lines())
    labels = {slot.begin: "".join(span.text for span in slot.spans) for slot in header}
    if not labels or max(map(cell_len, labels.values())) > _LONGEST_LABEL:
        return None
    return list(_records(rows[1:], labels, width))


def _is_data(table: Table) -> bool:
    rows = [[cell for cell in row if cell.blocks] for row in table.rows]
    rows = [row for row in rows if row]
    full = [row for row in rows if len(row) > 1]
    if len(full) < 2 or len(full) * 2 < len(rows):
        return False
    if not all(_is_simple(cell) for row in rows for cell in row):
        return False
    if not table.layout or any(cell.header for row in rows for cell in row):
        return True
    return all(_is_number(row[-1]) for row in full[1:])


def _is_simple(cell: Cell) -> bool:
    return len(cell.blocks) <= _MAX_PARAGRAPHS and all(
        isinstance(block, Paragraph)
        and not block.level
        and not block.kept
        and all(piece.look is not Look.BUTTON for piece in block.pieces)
        for block in cell.blocks
    )


def _pieces(cell: Cell) -> Iterator[Piece]:
    for block in cell.blocks:
        if isinstance(block, Paragraph):
            yield from block.pieces


def _is_number(cell: Cell) -> bool:
    text = "".join(piece.text for piece in _pieces(cell))
    return len(text) < 40 and _NUMBER.fullmatch(text) is not None


def _is_header(row: _Row) -> bool:
    return all(
        slot.end == slot.begin + 1
        and (
            slot.cell.header
            or all(p.look is Look.STRONG or not p.text.strip() for p in _pieces(slot.cell))
        )
        for slot in row
    )


def _placed(table: Table, spans_of: Callable[[Cell], list[Span]]) -> list[_Row]:
    """The rows that have content, with their cells in columns; empty columns are left out."""
    rows: list[_Row] = []
    below: dict[int, int] = {}  # how many rows a cell from above still takes of a column
    for cells in table.rows:
        row: _Row = []
        column = 0
        taken = {at: left - 1 for at, left in below.items() if left > 1}
        for cell in cells:
            while below.get(column):
                column += 1
            end = column + cell.columns
            if end > _MAX_COLUMNS:
                return []
            if cell.rows > 1:
                taken |= dict.fromkeys(range(column, end), cell.rows - 1)
            if spans := spans_of(cell):
                row.append(_Slot(column, end, cell, spans))
            column = end
        below = taken
        if row:
            rows.append(row)
    begins = sorted({slot.begin for row in rows for slot in row})
    if len(begins) < 2 or len(rows) < 2 or len(rows) * len(begins) > _MAX_AREA:
        return []
    kept = [sum(begin < column for begin in begins) for column in range(_MAX_COLUMNS + 1)]
    return [
        [slot._replace(begin=kept[slot.begin], end=kept[slot.end]) for slot in row] for row in rows
    ]


class _Columns:
    """Columns of text.

    Attributes:
        widths: cells of each; none where there is not room enough.
    """

    def __init__(self, rows: Sequence[_Row], header: _Row, width: int) -> None:
        self._rows = rows
        self._header = header
        self._gap = Span(DisplayText(" │ " if header else "  "), Look.RULE)
        columns: list[list[_Slot]] = [[] for _ in range(max(row[-1].end for row in rows))]
        for row in rows:
            for slot in row:
                if slot.end == slot.begin + 1:
                    columns[slot.begin].append(slot)
        self._right = [_is_right([s for s in slots if s not in header]) for slots in columns]
        natural = [max((_widest(slot, "\n") for slot in slots), default=1) for slots in columns]
        least = [
            min(wanted, _LONGEST_WORD, wanted if right else max(map(_widest, slots), default=1))
            for wanted, right, slots in zip(natural, self._right, columns, strict=True)
        ]
        self.widths = _shared(natural, least, width - len(self._gap.text) * (len(columns) - 1))

    def lines(self) -> Iterator[Line]:
        """The table."""
        rule = Line((Span(DisplayText("─┼─".join("─" * w for w in self.widths)), Look.RULE),))
        above = 0
        for number, row in enumerate(map(self._lines_of, self._rows)):
            wrapped = bool(self._header) and max(above, len(row)) > 1
            if number and (wrapped or self._rows[number - 1] is self._header):
                yield rule
            yield from row
            above = len(row)

    def _lines_of(self, row: _Row) -> list[Line]:
        cells = [flow(self._looks(row, slot), self._room(slot)) for slot in row]
        return [
            self._line([(slot, line or Line()) for slot, line in zip(row, lines, strict=True)])
            for lines in zip_longest(*cells)
        ]

    def _looks(self, row: _Row, slot: _Slot) -> list[Span]:
        if row is not self._header:
            return slot.spans
        return [
            span._replace(look=Look.STRONG) if span.look is Look.PLAIN else span
            for span in slot.spans
        ]

    def _room(self, slot: _Slot) -> int:
        widths = self.widths[slot.begin : slot.end]
        return sum(widths) + len(self._gap.text) * (len(widths) - 1)

    def _line(self, cells: list[tuple[_Slot, Line]]) -> Line:
        """One line of a row."""
        spans: list[Span] = []
        column = 0
        for slot, line in cells:
            spans += self._empty(column, slot.begin)
            column = slot.end
            spare = _blank(self._room(slot) - painted_len(line.text))
            right = slot.cell.right or (slot.end == slot.begin + 1 and self._right[slot.begin])
            spans += [self._gap] if slot.begin else []
            spans += [spare, *line.spans] if right else [*line.spans, spare]
        spans += self._empty(column, len(self.widths))
        return Line(trimmed(spans))

    def _empty(self, begin: int, end: int) -> Iterator[Span]:
        for column in range(begin, end):
            if column:
                yield self._gap
            yield _blank(self.widths[column])


def _blank(cells: int) -> Span:
    return Span(DisplayText(" " * cells))


def _widest(slot: _Slot, separator: str | None = None) -> int:
    """Cells of the widest line of a cell, or of its widest word."""
    text = "".join(span.text for span in slot.spans)
    return max(map(cell_len, text.split(separator)), default=1)


def _is_right(slots: Sequence[_Slot]) -> bool:
    return bool(slots) and all(slot.cell.right or _is_number(slot.cell) for slot in slots)


def _shared(natural: list[int], least: list[int], room: int) -> list[int]:
    """Widths of columns that share the room, none below what it needs; none where that fails."""
    if sum(natural) <= room:
        return natural
    widths = list(least)
    spare = room - sum(widths)
    if spare < 0:
        return []
    while spare:
        short = [at for at, width in enumerate(widths) if width < natural[at]]
        for at in short:
            more = min(natural[at] - widths[at], max(1, spare // len(short)))
            widths[at] += min(more, spare)
            spare -= min(more, spare)
    return widths


def _records(rows: Sequence[_Row], labels: dict[int, str], width: int) -> Iterator[Line]:
    """A block of lines for each row: the name of each column, and what stands in it."""
    indent = [Span(DisplayText("  "))]
    for number, row in enumerate(rows):
        if number:
            yield Line()
        values = {slot.begin: slot.spans for slot in row}
        for column in sorted(labels.keys() | values.keys()):
            label = f"{labels[column]}: " if column in labels else ""
            name = Span(DisplayText(label), Look.QUIET)
            yield from flow([name, *values.get(column, [])], width, rest=indent)
