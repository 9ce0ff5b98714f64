"""What stands above a message: who, to whom, when, and what there is to copy. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sacterm.reading.cells import cell_len, fit, wrap
from sacterm.reading.hosts import short_url
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText
from sacterm.tui.keymap import Keymap

_NAME = 7  # cells of the name of a field


class Field(Struct, frozen=True):
    """One field of the head.

    Attributes:
        name: of a few letters.
        value: wrapped where it is long.
        aside: told at the right edge of its line, where there is room.
    """

    name: str
    value: DisplayText
    aside: DisplayText = DisplayText("")


class Head(Struct, frozen=True):
    """What is told of a message whatever its form.

    Attributes:
        subject: one line.
        fields: one below the other.
        brief: all of them in one, where there is little room.
        code: the one-time code to copy, or "".
        sure: whether it can hardly be anything else.
        link: target of the link to copy, or "". Untrusted.
    """

    subject: DisplayText = DisplayText("")
    fields: tuple[Field, ...] = ()
    brief: Field = Field("", DisplayText(""))
    code: DisplayText = DisplayText("")
    sure: bool = True
    link: str = ""


def head_lines(head: Head, width: int, keymap: Keymap, *, brief: bool) -> list[Line]:
    """The lines of a head, the last of them empty or a rule."""
    lines = [_line(text, Look.STRONG) for text in wrap(head.subject, width)[: 1 if brief else 5]]
    if brief:
        lines.append(_edged(head.brief.value, Look.QUIET, head.brief.aside, width))
    else:
        lines += (line for field in head.fields for line in _field_lines(field, width))
        lines.append(_rule(width))
    if head.code or head.link:
        lines += [Line(tuple(_to_copy(head, width, keymap))), Line()]
    elif brief:
        lines.append(Line())
    return lines


def _field_lines(field: Field, width: int) -> Iterator[Line]:
    first, *others = wrap(field.value, max(10, width - _NAME))[:4]
    name = Span(DisplayText(fit(field.name, _NAME)), Look.QUIET)
    yield Line((name, *_edged(first, Look.PLAIN, field.aside, width - _NAME).spans))
    for text in others:
        yield Line((Span(DisplayText(" " * _NAME)), Span(DisplayText(text))))


def _edged(text: str, look: Look, aside: str, width: int) -> Line:
    """A text, and something at the right edge, where both fit."""
    gap = width - cell_len(text) - cell_len(aside)
    if not aside or gap < 2:
        return _line(fit(text, width).rstrip(), look)
    return Line(
        (
            *_line(fit(text, width - cell_len(aside)), look).spans,
            Span(DisplayText(aside), Look.QUIET),
        )
    )


def _to_copy(head: Head, width: int, keymap: Keymap) -> Iterator[Span]:
    room = width
    if head.code:
        said = f"CODE {head.code}" if head.sure else f"CODE? {head.code}"
        yield Span(DisplayText(fit(said, min(cell_len(said), 40))), Look.HEADING)
        copies = f"  {keymap.key('copy-code')} copies     "
        yield Span(DisplayText(copies), Look.QUIET)
        room -= min(cell_len(said), 40) + cell_len(copies)
    if head.link and room >= 30:
        yield Span(DisplayText("LINK "), Look.HEADING)
        copies = f"  {keymap.key('copy-link')} copies"
        yield Span(short_url(head.link, room - 6 - cell_len(copies)), Look.PLAIN)
        yield Span(DisplayText(copies), Look.QUIET)


def _line(text: str, look: Look) -> Line:
    return Line((Span(DisplayText(text), look),))


def _rule(width: int) -> Line:
    return _line("╶" + "─" * (width - 2) + "╴", Look.RULE)
