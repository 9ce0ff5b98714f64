"""One message read: what it says, and the codes and links in it."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from sacterm.model import Body
from sacterm.reading.codes import Code, find_codes
from sacterm.reading.html import read_html, text_of
from sacterm.reading.html_blocks import Document
from sacterm.reading.journey import Journey, read_journey
from sacterm.reading.links import Link, best_link, find_links
from sacterm.reading.mime import parse
from sacterm.reading.parts import PartInfo, read_parts
from sacterm.reading.text import display_text

_BEGINNING = 60_000  # bytes: some screens full
_LOOKED_AT = 10_000  # characters of a text in which something has to be seen


class Letter(Struct, frozen=True, eq=False, dict=True):
    """A message as sent, and what was read of it. All text is untrusted.

    Attributes:
        raw: as sent.
        body: what it says.
        document: its HTML, or None where there is none.
        text: what a person reads of it: its text, or else its HTML as text, or "".
        links: all of them.
        codes: what may be a one-time code, the likeliest first.
    """

    raw: bytes
    body: Body
    document: Document | None
    text: str
    links: tuple[Link, ...]
    codes: tuple[Code, ...]

    @property
    def code(self) -> Code | None:
        """The likeliest one-time code."""
        return self.codes[0] if self.codes else None

    @cached_property
    def link(self) -> Link | None:
        """The link that asks to be followed."""
        return best_link(self.links)

    @property
    def is_html_only(self) -> bool:
        """Whether it has no text but that of its HTML."""
        return self.document is not None and self.text is not self.body.text

    @cached_property
    def parts(self) -> tuple[PartInfo, ...]:
        """The tree of what it is made of."""
        return read_parts(self.raw)

    @cached_property
    def journey(self) -> Journey:
        """The way it came."""
        return read_journey(self.raw)


def read_beginning(raw: bytes) -> Letter | None:
    """What a large message begins with, read in no time; None where that says nothing.

    What only the whole message can tell is left out: codes, attachments, what is wrong with it.
    """
    letter = read_letter(raw[: raw.rfind(b"\n", 0, _BEGINNING) + 1 or _BEGINNING])
    body = replace(letter.body, attachments=(), problems=())
    return replace(letter, body=body, codes=()) if letter.text else None


def read_letter(raw: bytes) -> Letter:
    """Read a whole message, as it came by SMTP; slow for large ones. Never raises."""
    body = parse(raw)
    document = read_html(body.html) if body.html else None
    text = body.text
    if document and not display_text(text[:_LOOKED_AT]).strip():
        text = text_of(document)
    subject = next((value for name, value in body.headers if name.lower() == "subject"), "")
    return Letter(
        raw=raw,
        body=body,
        document=document,
        text=text,
        links=find_links(body.text, document.anchors if document else ()),
        codes=find_codes(subject, text),
    )
