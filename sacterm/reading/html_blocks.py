"""What an HTML mail says, as blocks of text. All text in them is untrusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from sacterm.reading.styled import Look

QUOTE: Final = "> "
"""The marker of a group that is a quotation."""
INDENT: Final = "  "
"""The marker of a group that is only indented."""


class Anchor(NamedTuple):
    """A link that is shown.

    Attributes:
        text: what stands on it, on one line; of an image its alternative text. Where several links
            have one target, that of a button, or of the first that has any; but if one reads as
            the address of another host, then that. Untrusted.
        target: where it leads: http, https or mailto. Untrusted.
        button: it looks like one.
    """

    text: str
    target: str
    button: bool


class Piece(Struct, frozen=True, gc=False):
    r"""Some words of a paragraph.

    Attributes:
        text: with single spaces and ``\n``; of preformatted text as written.
        look: what they are.
        image: they stand for an image.
        ends: the target of a link that ends with them, or "".
    """

    text: str
    look: Look = Look.PLAIN
    image: bool = False
    ends: str = ""


class Paragraph(Struct, frozen=True, gc=False):
    """Text in lines of its own.

    Attributes:
        pieces: what it is made of, at least one.
        level: of a heading 1 to 6, else 0.
        kept: preformatted: its lines are not to be filled.
        breaks: line ends before it: 2 leave a line empty; 0 where it begins a cell in a row.
    """

    pieces: Sequence[Piece]
    level: int = 0
    kept: bool = False
    breaks: int = 0


class Rule(Struct, frozen=True, gc=False):
    """A line across the page."""


class Group(Struct, frozen=True, gc=False):
    """Blocks that stand together.

    Attributes:
        blocks: may be empty.
        marker: begins it: ``• `` or ``9. `` for an item of a list, :data:`QUOTE` for a quotation,
            or :data:`INDENT`.
    """

    blocks: Sequence[Block]
    marker: str


class Cell(Struct, frozen=True, gc=False):
    """A cell of a table.

    Attributes:
        blocks: may be empty.
        columns: how many it spans.
        rows: how many it spans.
        header: it names a column or a row.
        right: its text stands on the right.
    """

    blocks: Sequence[Block]
    columns: int = 1
    rows: int = 1
    header: bool = False
    right: bool = False


class Table(Struct, frozen=True, gc=False):
    """A table, for data or for looks.

    Attributes:
        rows: of cells; their numbers may differ.
        layout: it says itself that it is for looks.
    """

    rows: Sequence[Sequence[Cell]]
    layout: bool = False


Block = Paragraph | Rule | Group | Table


class Document(Struct, frozen=True, gc=False):
    """An HTML mail as a person reads it.

    Attributes:
        blocks: from top to bottom.
        anchors: its links, one for each target, in the order of first mention.
        preheader: hidden text at its start, which mail programs show in their lists, or "".
        complete: False where it was too long or too deep and is cut.
    """

    blocks: Sequence[Block]
    anchors: tuple[Anchor, ...] = ()
    preheader: str = ""
    complete: bool = True
