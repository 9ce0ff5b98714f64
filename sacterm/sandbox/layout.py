"""Lays a body of ``samples.toml`` out as plain text and as HTML. Its marks are told there."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

_LINK, _IMAGE, _LIST, _TABLE = "→ ", "! ", "• ", "| "
_MARKS = ("# ", "= ", "~ ", _LINK, _IMAGE, _LIST, _TABLE)


def as_text(body: str) -> str:
    """The body as plain text: tables aligned, links below their labels."""
    blocks = (_TEXT.get(mark, "\n".join)(lines) for mark, lines in _blocks(body))
    return "\n\n".join(filter(None, blocks))


def as_html(body: str, snippets: Mapping[str, str], *, colour: str) -> str:
    """The body as HTML.

    Args:
        body: the text, filled in.
        snippets: HTML for each mark, "" for a paragraph, with places for text, url and colour.
        colour: of buttons, as in CSS.
    """
    blocks = []
    for mark, lines in _blocks(body):
        label, url = _halves(lines)
        text = _HTML[mark](lines) if mark in _HTML else escape(label)
        blocks.append(snippets[mark].format(text=text, url=escape(url), colour=colour))
    return "\n".join(blocks)


def _blocks(body: str) -> Iterator[tuple[str, list[str]]]:
    """Mark ("" for a paragraph) and lines of each block."""
    for block in body.strip().split("\n\n"):
        mark = block[:2] if block[:2] in _MARKS else ""
        yield mark, [line.removeprefix(mark) for line in block.split("\n")]


def _halves(lines: Sequence[str]) -> tuple[str, str]:
    label, _, url = "\n".join(lines).partition("|")
    return label.strip(), url.strip()


def _cells(lines: Sequence[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _text_link(lines: Sequence[str]) -> str:
    return "\n".join(_halves(lines))


def _text_image(lines: Sequence[str]) -> str:
    label, _ = _halves(lines)
    return f"[{label}]" if label else ""


def _text_code(lines: Sequence[str]) -> str:
    return f"    {lines[0]}"


def _text_list(lines: Sequence[str]) -> str:
    return "\n".join(f"* {line}" for line in lines)


def _text_table(lines: Sequence[str]) -> str:
    rows = _cells(lines)
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _html_list(lines: Sequence[str]) -> str:
    return "\n".join(f"<li>{escape(line)}</li>" for line in lines)


def _html_table(lines: Sequence[str]) -> str:
    head, *rows = _cells(lines)
    return "\n".join([_html_row(head, "th"), *(_html_row(row, "td") for row in rows)])


def _html_row(cells: Sequence[str], tag: str) -> str:
    # Two columns are a name and its value; further ones are numbers.
    align = "end" if len(cells) > 2 else "start"
    first, *others = map(escape, cells)
    rest = "".join(f'<{tag} style="text-align:{align}">{cell}</{tag}>' for cell in others)
    return f'<tr><{tag} style="text-align:start">{first}</{tag}>{rest}</tr>'


_TEXT: dict[str, Callable[[Sequence[str]], str]] = {
    "= ": _text_code,
    _LINK: _text_link,
    _IMAGE: _text_image,
    _LIST: _text_list,
    _TABLE: _text_table,
}
_HTML: dict[str, Callable[[Sequence[str]], str]] = {
    _LIST: _html_list,
    _TABLE: _html_table,
}
