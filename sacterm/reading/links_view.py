"""The links of a message as lines for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sacterm.reading.cells import cell_len, fit, flow
from sacterm.reading.hosts import MAX_TARGET, short_url, shown_url
from sacterm.reading.links import Link, LinkKind
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line

_MAX_LINES: Final = 8_000
_INDENT: Final = Span(DisplayText("    "))
_MARK: Final = Span(DisplayText("! "), Look.ALERT)
_BELOW_MARK: Final = Span(DisplayText("  "))


def lines(links: Sequence[Link], width: int) -> list[Line]:
    """Each link: what it is called and what it is for, its whole target, what is wrong with it.

    Args:
        links: as :func:`~sacterm.reading.links.find_links` gives them; a line's ``item`` is an
            index in it; without any there are no lines.
        width: in cells, at least 24.
    """
    shown: list[Line] = []
    for item, link in enumerate(links):
        if len(shown) > _MAX_LINES:
            more = f"{len(links) - item} more links are not shown"
            return [*shown, Line((Span(DisplayText(more), Look.QUIET),))]
        shown += (line._replace(item=item) for line in _link(link, width))
        shown.append(Line())
    return shown


def _link(link: Link, width: int) -> Iterator[Line]:
    number = Span(DisplayText(f"[{link.number}] "), Look.QUIET)
    kind = Span(DisplayText(f" {link.kind.value}" if link.kind.value else ""), Look.QUIET)
    room = width - cell_len(number.text) - cell_len(kind.text)
    called = display_line(link.text).strip() or short_url(link.target, room)
    look = Look.STRONG if link.kind is LinkKind.ACTION else Look.PLAIN
    if kind.text:
        yield Line((number, Span(DisplayText(fit(called, room)), look), kind))
    else:
        yield from flow([Span(DisplayText(called), look)], width, first=[number], limit=1)
    target = Span(shown_url(link.target, MAX_TARGET), Look.LINK)
    yield from flow([target], width, first=[_INDENT], rest=[_INDENT], hard=True)
    for warning in link.warnings:
        text = Span(display_line(warning), Look.ALERT)
        yield from flow([text], width, first=[_INDENT, _MARK], rest=[_INDENT, _BELOW_MARK])
