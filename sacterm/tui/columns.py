"""Where the columns of the message list stand. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

CODE = 9  # cells for the code

_MARKS, _SIZE = 5, 6  # cells
_INDENT = _MARKS + 1  # of a second line, below what stands right of the marks
_EDGE = 1  # cell at the right of each line
_LEAST = {"subject": 20, "from": 12, "inbox": 0}  # cells, before others give way
_DISPENSABLE = ("inbox", "size", "age", "from", "code", "marks")  # these first where it is narrow
_NUMBERS = ("age", "size")  # columns whose text stands on the right


class Slot(NamedTuple):
    """The place of one column.

    Attributes:
        name: as in the settings; or "selected", which stands in for the marks.
        gap: empty cells left of it.
        width: cells of its own.
    """

    name: str
    gap: int
    width: int


Line = tuple[Slot, ...]


@lru_cache(maxsize=16)
def lay_out(show: tuple[str, ...], width: int, *, when: int, roomy: bool) -> tuple[Line, ...]:
    """The lines of a message: one, or two where it is ``roomy``.

    What there is no room for is left out, the least important first. Whether a message is
    selected is told in any case.

    Args:
        show: the columns that are wanted, from left to right, "subject" among them.
        width: cells of a line.
        when: cells for the age.
        roomy: sender, code and age above; subject and inbox below.
    """
    if not roomy:
        return (_line(show, "subject", width, when),)
    main = "from" if "from" in show else "subject"
    below = [name for name in ("subject", "inbox") if name in show and name != main]
    above = _line(tuple(name for name in show if name not in below), main, width, when)
    if not below:
        return above, ()
    names = tuple(name for name in show if name in below)
    indent = _INDENT if above[0].name == "marks" else _EDGE
    return above, _line(names, below[0], width, when, indent)


def _line(show: tuple[str, ...], main: str, width: int, when: int, indent: int = 0) -> Line:
    """A line, exactly as wide, whose column ``main`` takes the room that the others leave."""
    fixed = {
        "selected": 1,
        "marks": _MARKS,
        "from": max(14, min(26, width // 5)),
        "inbox": max(10, min(28, width // 8)),
        "code": CODE,
        "age": when,
        "size": _SIZE,
        main: 0,
    }
    names = list(show)
    for spare in (*_DISPENSABLE, ""):
        if not indent and "marks" not in names and "selected" not in names:
            names.insert(0, "selected")
        slots = _spaced(names, fixed, indent)
        room = width - _EDGE - sum(slot.gap + slot.width for slot in slots)
        if room >= _LEAST[main]:
            break
        if spare in names and spare != main:
            names.remove(spare)
    return tuple(slot._replace(width=max(0, room)) if slot.name == main else slot for slot in slots)


def _spaced(names: list[str], widths: dict[str, int], indent: int) -> list[Slot]:
    slots: list[Slot] = []
    for name in names:
        slots.append(Slot(name, _gap(slots[-1].name, name) if slots else indent, widths[name]))
    if slots[0].name not in ("marks", "selected") and not indent:
        slots[0] = slots[0]._replace(gap=_EDGE)
    return slots


def _gap(before: str, name: str) -> int:
    if before == "selected":
        return 0
    return 1 if before == "marks" or name in _NUMBERS else 2
