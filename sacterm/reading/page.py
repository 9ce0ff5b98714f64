"""Blocks of text, written from the top of a page to its end."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sacterm.reading.html_blocks import Anchor, Block, Paragraph, Piece, Rule
from sacterm.reading.styled import Look

_HOST: Final = re.compile(r"(?:https?://)?([\w-]+(?:\.[\w-]+)+)(?:[/:?#]\S*)?", re.IGNORECASE)
_LONGEST_HOST: Final = 300  # characters, with what follows it
_LONGEST_BUTTON: Final = 80  # characters
_LONGEST_INDENT: Final = 1_000  # characters


class _Link(Struct, gc=False):
    """A link that is open, or the last one.

    Attributes:
        since: words on the page before it; -1 where it is known to be a button, or to be none.
        until: words on the page when it ended.
        pieces: of the paragraph with its first words.
        at: its place in them.
        words: its own.
        button: it looks like one.
    """

    since: int
    until: int = -1
    target: str = ""
    pieces: list[Piece] = []
    at: int = 0
    words: list[str] = []
    button: bool = False


class Page:
    """Writes blocks, with white space as a browser treats it.

    Attributes:
        blocks: all that was written outside of other blocks.
        anchors: links that ended, by target.
        words: how many times something was written that is seen.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.anchors: dict[str, Anchor] = {}
        self.words = 0
        self._into = self.blocks
        self._pieces: list[Piece] = []  # of the last paragraph
        self._open = False  # it goes on
        self._item_begins = False
        self._link = _Link(0, until=0)
        # Due before the next words:
        self._breaks = 0
        self._space = ""

    def write(self, text: str, look: Look = Look.PLAIN, *, level: int = 0) -> None:
        """Add words; the text has no white space but single spaces."""
        if text.startswith(" "):
            self._space = " "
        words = text.strip(" ")
        if words.isspace() and (self._breaks or not self._open):  # such as a lone no-break space
            return
        if words:
            self._put(Piece(words, look), level)
            self._space = " " if text.endswith(" ") else ""

    def write_lines(self, text: str, look: Look = Look.PLAIN) -> None:
        """Add text with its own line breaks and spaces."""
        words = text.strip("\n")
        if text.startswith("\n"):
            self._space = ""
        if words.strip():
            self._breaks += len(text) - len(text.lstrip("\n"))
            indent, self._space = self._space, ""
            self._put(Piece(indent + words, look), kept=True)
            self._breaks = len(text) - len(text.rstrip("\n"))
        else:
            self._breaks += text.count("\n")
            indent = text if "\n" in text else self._space + text
            self._space = indent.rpartition("\n")[2][:_LONGEST_INDENT]

    def write_image(self, text: str, *, level: int = 0) -> None:
        """Add the alternative text of an image; it has no white space but single spaces."""
        self._space = " "
        if text := text.strip(" "):
            self._put(Piece(text, Look.QUIET, image=True), level)
            self._space = " "

    def write_rule(self) -> None:
        """Draw a line across the page."""
        self._into.append(Rule())
        self._open = False
        self._breaks = 0

    def enter(self, blocks: list[Block]) -> None:
        """Go on in other blocks, or back in those before."""
        if blocks is not self._into:
            self._into = blocks
            self._open = False
            self._space = ""

    def end_block(self, breaks: int) -> None:
        """Begin a new paragraph on a new line (1), or leave a line empty before it (2)."""
        self._open = False
        self._breaks = max(self._breaks, 1 if self._item_begins else breaks)
        self._space = ""

    def break_line(self) -> None:
        """Begin a new line, and another one if asked again."""
        self._breaks = max(self._breaks, 1 if self._item_begins else min(self._breaks + 1, 2))
        self._open &= self._breaks < 2
        self._space = ""

    def begin_item(self) -> None:
        """Leave no line empty until there are words."""
        self._item_begins = True

    def end_item(self) -> None:
        """End an item; it may have no words."""
        self._item_begins = False

    def begin_link(self) -> None:
        """Take the words that follow for those of a link."""
        self._link = _Link(self.words)

    def end_link(self, target: str, *, button: bool) -> None:
        """End a link; one without words stands on its own."""
        link = self._link
        if self.words == link.since:
            self._space = " "
            self._put(Piece("", Look.LINK))
            self._space = " "
        self._pieces[-1] = replace(self._pieces[-1], ends=target)
        link.until, link.target = self.words, target
        anchor = Anchor(" ".join("".join(link.words).split()), target, button=False)
        known = self.anchors.setdefault(target, anchor)
        if not known.text or _misleads(anchor):
            self.anchors[target] = anchor._replace(button=known.button)
        if button or link.button:
            self._press(link)

    def take_for_button(self, since: int) -> None:
        """Where a link is all that was written since, it looks like a button.

        Args:
            since: :attr:`words` at that time.
        """
        link = self._link
        if since != link.since or self.words == since:
            return
        if link.until < 0:
            link.button = True
        elif link.until == self.words:
            link.since = -1
            if not any(piece.image for piece in link.pieces[link.at :]):
                self._press(link)

    def _press(self, link: _Link) -> None:
        """Make a button of a link, unless it is too much for one."""
        text = " ".join("".join(link.words).split())
        if link.pieces is self._pieces and 0 < len(text) <= _LONGEST_BUTTON and "://" not in text:
            self._pieces[link.at :] = [Piece(text, Look.BUTTON, ends=link.target)]
            known = self.anchors[link.target]
            best = known.text if known.button or _misleads(known) else text
            self.anchors[link.target] = Anchor(best, link.target, button=True)

    def _put(self, piece: Piece, level: int = 0, *, kept: bool = False) -> None:
        if not self._open:
            between = " "
            self._pieces = []
            self._into.append(Paragraph(self._pieces, level, kept, min(self._breaks, 2)))
            self._open = True
        elif between := "\n" * self._breaks or self._space:
            self._pieces.append(Piece(between))
        if self.words == self._link.since:
            self._link.pieces, self._link.at = self._pieces, len(self._pieces)
        if self._link.until < 0:
            self._link.words += between, piece.text
        self._pieces.append(piece)
        self.words += 1
        self._breaks = 0
        self._space = ""
        self._item_begins = False


def _misleads(anchor: Anchor) -> bool:
    """Whether it reads as the address of a host that is not in its target."""
    host = _HOST.fullmatch(anchor.text) if len(anchor.text) <= _LONGEST_HOST else None
    return host is not None and host[1].lower() not in anchor.target.lower()
