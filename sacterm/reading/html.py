"""HTML mail, read as far as a terminal can show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sacterm.reading.html_blocks import INDENT, QUOTE, Block, Group, Paragraph, Table
from sacterm.reading.html_blocks import Anchor as Anchor
from sacterm.reading.html_blocks import Document as Document
from sacterm.reading.html_reader import Reader

MAX_CHARACTERS: Final = 1_200_000
CUT: Final = "[the rest of this HTML is too long or too deep to be shown]"

_RULE: Final = "─" * 40
_LINE_START: Final = re.compile(r"\n(?!\n|\Z)")


def read_html(html: str) -> Document:
    """Read a mail's HTML. What the page hides is left out. Never raises.

    What is too long or too deep is cut.
    """
    reader = Reader()
    complete = reader.read(html[:MAX_CHARACTERS].replace("\r\n", "\n"))
    return Document(
        reader.page.blocks,
        tuple(reader.page.anchors.values()),
        reader.preheader,
        complete and len(html) <= MAX_CHARACTERS,
    )


def to_text(html: str) -> str:
    """What a person reads of the rendered HTML, as plain text. Still untrusted. Never raises."""
    return text_of(read_html(html))


def text_of(document: Document) -> str:
    """A document as plain text. Still untrusted.

    Links are numbered where they stand, ``text [1]``, and listed at the end. Where the document
    was cut, the last line says so.
    """
    text = _Text({anchor.target: n for n, anchor in enumerate(document.anchors, 1)})
    text.add(document.blocks)
    links = (f"[{n}] {anchor.target}" for n, anchor in enumerate(document.anchors, 1))
    cut = "" if document.complete else CUT
    return "\n\n".join(filter(None, ("".join(text.written), "\n".join(links), cut)))


class _Text:
    """Blocks as plain text."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.written: list[str] = []
        self._numbers = numbers
        self._marker: str | None = None  # in place of the next indent

    def add(self, blocks: Sequence[Block], indent: str = "") -> None:
        for block in blocks:
            match block:
                case Paragraph():
                    self._add_paragraph(block, indent)
                case Group():
                    marker = indent + block.marker
                    self._marker = marker
                    self.add(block.blocks, indent + (QUOTE if block.marker == QUOTE else INDENT))
                    self._marker = None
                case Table():
                    for row in block.rows:
                        for cell in row:
                            self.add(cell.blocks, indent)
                case _:
                    self._begin(2, indent)
                    self.written.append(_RULE)

    def _add_paragraph(self, paragraph: Paragraph, indent: str) -> None:
        self._begin(paragraph.breaks, indent)
        text = ""
        words = []
        for piece in paragraph.pieces:
            words.append(piece.text)
            if piece.ends:
                words.append(f"{' ' if piece.text else ''}[{self._numbers[piece.ends]}]")
        text = "".join(words)
        self.written.append(_LINE_START.sub(f"\n{indent}", text) if indent else text)

    def _begin(self, breaks: int, indent: str) -> None:
        if self.written:
            self.written.append("\n" * breaks or "  ")
        if breaks or not self.written:
            self.written.append(indent if self._marker is None else self._marker)
            self._marker = None
