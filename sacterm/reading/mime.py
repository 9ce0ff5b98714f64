"""A raw message to its headers, text, HTML and attachments.

Own reading instead of the ``email`` package, which takes seconds for a hostile message and raises
for real ones. Nothing here raises, the work is linear in the size of the message, and whatever is
wrong with a message, what can be read of it is there, with a line that says what was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import md5
from html import escape
from itertools import chain
from typing import Final, NamedTuple

from sacterm.model import Attachment, Body
from sacterm.reading.headers import Header, decode_words, parse_parameters, read_header, unfold
from sacterm.reading.html import to_text
from sacterm.reading.octets import TRANSFER_ENCODINGS, decode_text, decode_transfer
from sacterm.reading.text import display_text

MAX_PARTS: Final = 1_000
MAX_DEPTH: Final = 10
MAX_TEXT: Final = 4_000_000
"""Characters of text, and as many of HTML."""

_MAX_PROBLEMS: Final = 20
_MAX_FLOWED_LINES: Final = 50_000
_MAX_BOUNDARY: Final = 200  # bytes; RFC 2046 allows 70
_DELIMITER: Final = rb"\n--%s(--)?[ \t]*(?=\r?\n|\Z)"
_LIKE_DELIMITER: Final = re.compile(rb"\n--([^\s-][^\r\n]{0,199}?)[ \t]*\r?\n(?i:content-)")
_LINE_END: Final = re.compile(rb"\r?\n")
_LIKE_HTML: Final = re.compile(rb"\s*<(?:!doctype|html)\b", re.IGNORECASE)
_MEDIA_TYPE: Final = re.compile(r"[!#-'*+.0-9^_`a-z{|}~-]+/[!#-'*+.0-9^_`a-z{|}~-]+")


class Part(NamedTuple):
    """A message, or a part of one, with its body still encoded. All text is untrusted.

    Attributes:
        header: its fields.
        body: bytes as sent.
        content_type: ``type/subtype`` in lower case; where none can be read, ``text/plain``.
        parameters: of the content type.
        disposition: "attachment", "inline", something else in lower case, or "".
        name: the file name, or "".
        group: number of the ``multipart/alternative`` that it is in, or 0.
    """

    header: Header
    body: bytes
    content_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    group: int

    @property
    def encoding(self) -> str:
        """The ``Content-Transfer-Encoding`` in lower case, or ""."""
        return self.header.first("content-transfer-encoding").partition(";")[0].strip().lower()

    def content(self) -> bytes:
        """The body, decoded."""
        return decode_transfer(self.body, self.encoding)


class _Block(NamedTuple):
    """What is to be read in one place of a message: its text, its HTML, or both."""

    text: list[str]
    html: list[str]


def parse(raw: bytes) -> Body:
    """Read a whole message, as it came by SMTP. Never raises."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    problems: list[str] = []
    root = _read_part(raw, problems, max_fields=500, max_bytes=512 * 1024)
    if not root.header.fields:
        problems.append("the message has no header")
    blocks: dict[int, _Block] = {}
    attachments = []
    for part in _leaves(root, problems):
        if _is_attachment(part, root):
            attachments.append(_describe(part))
        else:
            block = blocks.setdefault(part.group or -len(blocks), _Block([], []))
            texts = block.html if part.content_type == "text/html" else block.text
            texts.append(_read_text(part, problems))
    text, html = _join(list(blocks.values()))
    if max(len(text), len(html)) > MAX_TEXT:
        problems.append(f"the text is cut after {MAX_TEXT} characters")
    return Body(
        headers=tuple((name, decode_words(unfold(value))) for name, value in root.header.fields),
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


def _read_part(
    data: bytes,
    problems: list[str],
    *,
    default_type: str = "text/plain",
    group: int = 0,
    max_fields: int = 50,
    max_bytes: int = 64 * 1024,
) -> Part:
    header = read_header(data, max_fields=max_fields, max_bytes=max_bytes)
    problems += header.problems
    content_type, parameters = parse_parameters(header.first("content-type"))
    disposition, about = parse_parameters(header.first("content-disposition"))
    return Part(
        header=header,
        body=data[header.body_at :],
        content_type=content_type if _MEDIA_TYPE.fullmatch(content_type) else default_type,
        parameters=parameters,
        disposition=disposition,
        name=about.get("filename") or parameters.get("name", ""),
        group=group,
    )


def _leaves(root: Part, problems: list[str]) -> Iterator[Part]:
    """The parts that have no parts themselves, in order; one that is too deep counts as such."""
    waiting = [(root, 0)]
    seen = 1
    while waiting:
        part, depth = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            yield part
        elif depth == MAX_DEPTH or seen >= MAX_PARTS:
            problems.append(f"parts below level {MAX_DEPTH} or after {MAX_PARTS} are not opened")
            yield part
        elif bodies := _split(part, MAX_PARTS - seen, problems):
            kind = part.content_type
            seen += len(bodies)
            group = part.group or (seen if kind == "multipart/alternative" else 0)
            default_type = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            children = [
                _read_part(body, problems, default_type=default_type, group=group)
                for body in bodies
            ]
            waiting += [(child, depth + 1) for child in reversed(children)]
        else:
            problems.append(f"{part.content_type} without parts is shown as text")
            html = _LIKE_HTML.match(part.content())
            yield part._replace(content_type="text/html" if html else "text/plain")


def _split(part: Part, limit: int, problems: list[str]) -> list[bytes]:
    """The parts of a multipart, at most ``limit``; none where nothing in it looks like one."""
    declared = part.parameters.get("boundary", "").encode("utf-8", "replace")[:_MAX_BOUNDARY]
    bodies = [part.body]
    if part.encoding in ("base64", "quoted-printable"):  # which RFC 2045 forbids
        bodies.append(part.content())
    for body in (b"\n" + body for body in bodies):
        if declared and (parts := _between(body, declared, limit, problems)):
            return parts
        if guess := _LIKE_DELIMITER.search(body):
            problems.append("the boundary does not occur: another one is taken")
            return _between(body, guess[1], limit, problems)
    return []


def _between(body: bytes, boundary: bytes, limit: int, problems: list[str]) -> list[bytes]:
    """What lies between delimiter lines; ``body`` begins with a line end."""
    parts = []
    start = None
    for delimiter in re.finditer(_DELIMITER % re.escape(boundary), body):
        if start is not None:
            parts.append(body[start : delimiter.start()].removesuffix(b"\r"))
        if delimiter[1]:
            return parts
        if len(parts) == limit:
            problems.append(f"more than {MAX_PARTS} parts: the rest is not shown")
            return parts
        line_end = _LINE_END.match(body, delimiter.end())
        start = line_end.end() if line_end else len(body)
    if start is not None:
        problems.append("the last boundary is missing: the message may be cut")
        parts.append(body[start:])
    return parts


def _is_attachment(part: Part, root: Part) -> bool:
    """RFC 2183: any disposition but "inline" means that it is not to be shown with the text."""
    if part.disposition not in ("", "inline"):
        return True
    if part is root:
        return not part.content_type.startswith("text/")
    return part.content_type not in ("text/plain", "text/html")


def _describe(part: Part) -> Attachment:
    content = part.content()
    name = part.name
    if part.content_type == "message/rfc822" and not name:
        inner = _read_part(content, [])
        name = f"{decode_words(inner.header.first('subject')) or 'message'}.eml"
    return Attachment(
        name=name,
        content_type=part.content_type,
        size=len(content),
        checksum=md5(content, usedforsecurity=False).hexdigest(),
        content_id=part.header.first("content-id").strip("<> ") or None,
        disposition=part.disposition or None,
    )


def _read_text(part: Part, problems: list[str]) -> str:
    if part.encoding not in TRANSFER_ENCODINGS:
        problems.append(f"unknown transfer encoding {part.encoding[:40]}")
    charset = part.parameters.get("charset") or "utf-8"
    text, faithful = decode_text(part.content(), charset)
    if not faithful:
        problems.append(f"unknown or wrong charset: {charset[:40]}")
    if part.content_type == "text/html":
        return text
    text = text.replace("\r\n", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unwrap(text, part.parameters.get("delsp", "").lower() == "yes")
    return text


def _unwrap(text: str, delete_space: bool) -> str:
    """``format=flowed`` (RFC 3676): a line that ends with a space goes on in the next."""
    lines = text.split("\n")
    if len(lines) > _MAX_FLOWED_LINES:
        return text
    unwrapped: list[str] = []
    open_depth = -1  # of the quotation that the last line leaves open
    for line in lines:
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        signature = content == "-- "
        if depth == open_depth and not signature:
            unwrapped.append(content)
        else:
            unwrapped.append("\n" + ">" * depth + (" " if depth else "") + content)
        flows = content.endswith(" ") and not signature
        open_depth = depth if flows else -1
        if flows and delete_space:
            unwrapped[-1] = unwrapped[-1][:-1]
    return "".join(unwrapped).removeprefix("\n")


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
