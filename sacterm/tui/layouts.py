"""The forms of a message, laid out in lines. Pure; slow for large mail, and loaded late."""

from __future__ import annotations

from collections.abc import Iterator

from sacterm.reading import headers_view, html_view, links_view, parts_view, source_view, text_view
from sacterm.reading.attachments import safe_name
from sacterm.reading.cells import wrap
from sacterm.reading.html_blocks import Document
from sacterm.reading.letter import Letter
from sacterm.reading.links import numbers
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import marks, wording
from sacterm.tui.forms import Form, Order

_MISSING = {
    Form.TEXT: ("No text in this message", "view-parts", "shows its parts"),
    Form.HTML: ("No HTML to read in this message", "view-text", "shows its text"),
    Form.LINKS: ("No links in this message", "view-text", "shows its text"),
    Form.SOURCE: ("Nothing came of this message", "view-headers", "shows how it came"),
}
"""What is not there, and the command that helps; headers and parts always say something."""


def lay_out(order: Order) -> list[Line]:
    """The lines of a message in one form; never none."""
    letter, width = order.letter, order.width
    match order.form:
        case Form.TEXT:
            remarks = list(_remarks(letter, width))
            text = _or_missing(_text(letter, width), order)
            return [*remarks, *([Line()] if remarks else []), *text]
        case Form.HTML:
            return _or_missing(_html(letter.document, letter, width), order)
        case Form.HEADERS:
            return headers_view.lines(
                letter.raw, wanted=order.wanted, width=width, tls=order.tls, spam=order.spam
            )
        case Form.LINKS:
            return _or_missing(links_view.lines(letter.links, width), order)
        case Form.PARTS:
            return parts_view.lines(letter.parts, letter.body.problems, width)
        case Form.SOURCE:
            return _or_missing(source_view.lines(letter.raw, width), order)


def _text(letter: Letter, width: int) -> list[Line]:
    if letter.is_html_only:
        return _html(letter.document, letter, width)
    return text_view.lines(letter.body.text, numbers(letter.links), width)


def _html(document: Document | None, letter: Letter, width: int) -> list[Line]:
    return html_view.lines(document, numbers(letter.links), width) if document else []


def _or_missing(lines: list[Line], order: Order) -> list[Line]:
    if any(line.text.strip() for line in lines):
        return lines
    so, id_, does = _MISSING[order.form]
    return [Line((Span(DisplayText(f"{so} · {order.key(id_)} {does}"), Look.QUIET),))]


def _remarks(letter: Letter, width: int) -> Iterator[Line]:
    """What was wrong with the message, and what is attached to it."""
    for problem in letter.body.problems:
        for text in wrap(f"! {display_line(problem)}", width):
            yield Line((Span(DisplayText(text), Look.ALERT),))
    for attachment in letter.body.attachments:
        name = attachment.content_type
        if attachment.name:
            name = safe_name(attachment.name, attachment.content_type)  # as it is saved
        told = f"{marks.ATTACHMENT} {display_line(name, 200)}  {wording.size(attachment.size)}"
        for text in wrap(told, width):
            yield Line((Span(DisplayText(text), Look.QUIET),))
