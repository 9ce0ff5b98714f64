"""The parts of a message as lines for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from sacterm.reading.attachments import safe_name
from sacterm.reading.cells import cell_len, fit, flow, wrap
from sacterm.reading.parts import PartInfo
from sacterm.reading.sizes import size_text
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line

_LEAST_NAME: Final = 20  # cells for a name where more than its size stands beside it
_SIZE: Final = 6  # cells


class _Row(NamedTuple):
    indent: int
    name: DisplayText
    look: Look
    kind: DisplayText
    size: DisplayText
    disposition: DisplayText


def lines(parts: Sequence[PartInfo], problems: Sequence[str], width: int) -> list[Line]:
    """The tree of parts: name or type, type or charset, size, disposition, what is wrong with it.

    Args:
        parts: as :func:`~sacterm.reading.parts.read_parts` gives them; a line's ``item`` is an
            index in it.
        problems: of the message; those of a part are not told again.
        width: in cells, at least 20.
    """
    rows = [_row(part, width) for part in parts]
    kind = max((cell_len(row.kind) for row in rows), default=0)
    disposition = max((cell_len(row.disposition) for row in rows), default=0)
    room = width - sum(2 + column for column in (kind, _SIZE, disposition) if column)
    is_narrow = room < max((row.indent for row in rows), default=0) + _LEAST_NAME
    if is_narrow:  # only the size stands beside a name
        kind, disposition, room = 0, 0, width - 2 - _SIZE
    room = min(room, max((row.indent + cell_len(row.name) for row in rows), default=0))
    shown = []
    for item, (row, part) in enumerate(zip(rows, parts, strict=True)):
        cells = [(fit(row.kind, kind), Look.QUIET), (fit(row.size, _SIZE, right=True), row.look)]
        cells.append((fit(row.disposition, disposition), Look.QUIET))
        beside = [Span(DisplayText(f"  {text}"), look) for text, look in cells if text]
        for name in wrap(row.name, room - row.indent):
            text = fit(" " * row.indent + name, room) if beside else " " * row.indent + name
            shown.append(Line((Span(DisplayText(text), row.look), *beside), item))
            beside = []
        about = " · ".join(filter(None, (row.kind, row.disposition)))
        if about and is_narrow:
            shown += _below(DisplayText(about), row.indent + 2, Look.QUIET, width, item)
        for problem in filter(None, (*part.problems, part.damage)):
            shown += _below(display_line(problem), row.indent + 2, Look.ALERT, width, item)
    told = set(chain.from_iterable(part.problems for part in parts))
    for problem in dict.fromkeys(problems):
        if problem not in told:
            shown += _below(display_line(problem), 0, Look.ALERT, width, -1)
    return shown


def _row(part: PartInfo, width: int) -> _Row:
    """What is named is shown as it is saved; what is not is called by its type."""
    name, kind = part.content_type, part.charset
    if part.name:
        name, kind = safe_name(part.name, part.content_type), part.content_type
    return _Row(
        indent=min(2 * part.depth, width // 3),
        name=display_line(name),
        look=Look.PLAIN if part.is_leaf else Look.QUIET,
        kind=display_line(kind, 26),
        size=DisplayText("" if part.is_multipart else size_text(part.size)),
        disposition=display_line(part.disposition, 10),
    )


def _below(text: DisplayText, indent: int, look: Look, width: int, item: int) -> Iterator[Line]:
    margin = [Span(DisplayText(" " * indent))]
    for line in flow([Span(text, look)], width, first=margin, rest=margin):
        yield line._replace(item=item)
