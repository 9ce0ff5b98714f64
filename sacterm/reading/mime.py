"""A raw message to its headers, text, HTML and attachments.

Own reading instead of the ``email`` package, which takes seconds for a hostile message and raises
for real ones. Nothing here raises, the work is linear in the size of the message, and whatever is
wrong with a message, what can be read of it is there, with a line that says what was wrong.
"""

from __future__ import annotations

from hashlib import md5
from html import escape
from itertools import chain
from typing import Final, NamedTuple

from sacterm.model import Attachment, Body
from sacterm.reading.headers import decode_words, unfold
from sacterm.reading.html import to_text
from sacterm.reading.parts import PartInfo, walk
from sacterm.reading.text import display_text

MAX_TEXT: Final = 4_000_000
"""Characters of text, and as many of HTML."""

_MAX_PROBLEMS: Final = 20


class _Block(NamedTuple):
    """What is to be read in one place of a message: its text, its HTML, or both."""

    text: list[str]
    html: list[str]


def parse(raw: bytes) -> Body:
    """Read a whole message, as it came by SMTP. Never raises."""
    problems: list[str] = []
    headers: tuple[tuple[str, str], ...] = ()
    blocks: dict[str, _Block] = {}
    attachments = []
    for part in walk(raw, into_messages=False):
        problems += part.problems
        if not part.depth:
            headers = tuple((name, decode_words(unfold(sent))) for name, sent in part.header.fields)
        if not part.is_leaf:
            continue
        if _is_attachment(part):
            attachments.append(_describe(part))
            continue
        text, faithful = part.read_text()
        if not faithful:
            problems.append(f"unknown or wrong charset: {part.charset[:40] or 'utf-8'}")
        block = blocks.setdefault(part.alternative or part.number, _Block([], []))
        (block.html if part.content_type == "text/html" else block.text).append(text)
    text, html = _join(list(blocks.values()))
    if max(len(text), len(html)) > MAX_TEXT:
        problems.append(f"the text is cut after {MAX_TEXT} characters")
    return Body(
        headers=headers,
        text=text[:MAX_TEXT],
        html=html[:MAX_TEXT],
        attachments=tuple(attachments),
        problems=tuple(dict.fromkeys(problems))[:_MAX_PROBLEMS],
    )


def readable(body: Body) -> str:
    """What a person reads of a message: its text, or else its HTML as text, or "". Untrusted."""
    if display_text(body.text[:10_000]).strip() or not body.html:
        return body.text
    return to_text(body.html)


def _is_attachment(part: PartInfo) -> bool:
    """RFC 2183: any disposition but "inline" means that it is not to be shown with the text."""
    if part.disposition not in ("", "inline"):
        return True
    if not part.depth:
        return not part.content_type.startswith("text/")
    return part.content_type not in ("text/plain", "text/html")


def _describe(part: PartInfo) -> Attachment:
    content = part.content()
    return Attachment(
        name=part.name,
        content_type=part.content_type,
        size=len(content),
        checksum=md5(content, usedforsecurity=False).hexdigest(),
        content_id=part.content_id or None,
        disposition=part.disposition or None,
    )


def _join(blocks: list[_Block]) -> tuple[str, str]:
    """Text and HTML of the whole message."""
    if blocks and not blocks[0].text and any(block.text for block in blocks):
        # HTML with plain text after it, such as the footer of a list: only together are they whole.
        pages = (
            block.html or [f"<pre>{escape(part)}</pre>" for part in block.text] for block in blocks
        )
        return "", "\n".join(chain.from_iterable(pages))
    return (
        "\n\n".join(text.strip("\n") for block in blocks for text in block.text),
        "\n".join(html for block in blocks for html in block.html),
    )
