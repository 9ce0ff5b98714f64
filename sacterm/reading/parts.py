"""The tree of parts that a message is, flat and in order: the one walk through MIME.

Nothing here raises, the work is linear in the size of the message, and where a message is not what
it says, what can be found of it is there, with a line that says what was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from sacterm.reading.headers import (
    MAX_FIELDS,
    MAX_HEADER,
    Header,
    decode_words,
    parse_parameters,
    read_header,
    with_line_feeds,
)
from sacterm.reading.octets import TRANSFER_ENCODINGS, damage, decode_text, decode_transfer

MAX_PARTS: Final = 1_000
MAX_DEPTH: Final = 10

_MAX_FLOWED_LINES: Final = 50_000
_MAX_BOUNDARY: Final = 200  # bytes; RFC 2046 allows 70
_DELIMITED: Final = re.compile(rb"(--)?[ \t]*(?=\r?\n|\Z)")
_LIKE_DELIMITER: Final = re.compile(rb"\n--([^\s-][^\r\n]{0,199}?)[ \t]*\r?\n(?i:content-)")
_LINE_END: Final = re.compile(rb"\r?\n")
_LIKE_HTML: Final = re.compile(rb"\s*<(?:!doctype|html)\b", re.IGNORECASE)
_MEDIA_TYPE: Final = re.compile(r"[!#-'*+.0-9^_`a-z{|}~-]+/[!#-'*+.0-9^_`a-z{|}~-]+")
_MESSAGES: Final = ("message/rfc822", "message/global")


class PartInfo(NamedTuple):
    """A message, or a part of one, with its body still encoded. All text is untrusted.

    Attributes:
        number: as IMAP counts (RFC 9051, 6.4.5.1): "1", "1.2"; a multipart that is a whole
            message is its "TEXT", or the "3.TEXT" of the message that is part 3.
        depth: how many parts it lies in.
        content_type: ``type/subtype`` in lower case; where none can be read, ``text/plain``.
        parameters: of the content type.
        disposition: "attachment", "inline", something else in lower case, or "".
        name: the file name, or "". A message without one is named by its subject.
        header: its fields.
        body: bytes as sent.
        is_leaf: no parts of it follow.
        alternative: number of the outermost ``multipart/alternative`` that it is in, or "".
        problems: one line for each thing that was wrong or cut.
    """

    number: str
    depth: int
    content_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    header: Header
    body: bytes
    is_leaf: bool = True
    alternative: str = ""
    problems: tuple[str, ...] = ()

    @property
    def charset(self) -> str:
        """As declared, or ""."""
        return self.parameters.get("charset", "")

    @property
    def encoding(self) -> str:
        """The ``Content-Transfer-Encoding`` in lower case, or ""."""
        return self.header.first("content-transfer-encoding").partition(";")[0].strip().lower()

    @property
    def content_id(self) -> str:
        """The ``Content-ID`` without its angle brackets, or ""."""
        return self.header.first("content-id").strip("<> ")

    @property
    def size(self) -> int:
        """Bytes, decoded; found by decoding."""
        return len(self.content())

    @property
    def damage(self) -> str:
        """What is wrong with its transfer encoding, or ""; found by going through all of it."""
        return damage(self.body, self.encoding) if self.is_leaf else ""

    @property
    def is_multipart(self) -> bool:
        """Whether it says that it is made of parts."""
        return self.content_type.startswith("multipart/")

    @property
    def is_message(self) -> bool:
        """Whether it says that it is a whole message."""
        return self.content_type in _MESSAGES

    def content(self) -> bytes:
        """The body, decoded."""
        return decode_transfer(self.body, self.encoding)

    def text(self) -> str:
        """The content as text; HTML and messages as their source."""
        return self.read_text()[0]

    def read_text(self) -> tuple[str, bool]:
        """The content as text, and whether all of it is in the charset that is declared."""
        text, faithful = decode_text(self.content(), self.charset or "utf-8")
        if self.content_type == "text/html":
            return text, faithful
        text = text.replace("\r\n", "\n")
        if self.parameters.get("format", "").lower() == "flowed":
            text = _unwrap(text, self.parameters.get("delsp", "").lower() == "yes")
        return text, faithful


def read_parts(raw: bytes) -> tuple[PartInfo, ...]:
    """All parts of a message, those that hold others before these; the first is the message.

    A message in a message is opened too. There are at most :data:`MAX_PARTS`, none deeper than
    :data:`MAX_DEPTH`. Never raises.
    """
    return tuple(walk(raw, into_messages=True))


def walk(raw: bytes, *, into_messages: bool) -> Iterator[PartInfo]:
    """The parts of a message one by one, in order.

    Args:
        raw: a whole message.
        into_messages: whether the parts of messages in it are wanted, too.
    """
    waiting = [_read_part(with_line_feeds(raw), "TEXT", 0, whole=True)]
    seen = 1
    while waiting:
        part = waiting.pop()
        problems = list(part.problems)
        number = part.number.replace("TEXT", "1")
        parts: list[PartInfo] = []
        opens = part.is_multipart or (part.is_message and into_messages)
        if opens and (part.depth == MAX_DEPTH or seen >= MAX_PARTS):
            problems.append(f"parts below level {MAX_DEPTH} or after {MAX_PARTS} are not opened")
        elif part.is_multipart:
            if parts := _read_multipart(part, MAX_PARTS - seen, problems):
                number = part.number
            else:
                problems.append(f"{part.content_type} without parts is shown as text")
                html = _LIKE_HTML.match(part.content())
                part = part._replace(content_type="text/html" if html else "text/plain")
        elif part.is_message and (opens or not part.name):
            inner = _read_part(part.content(), f"{number}.TEXT", part.depth + 1, whole=True)
            subject = decode_words(inner.header.first("subject"))
            part = part._replace(name=part.name or f"{subject or 'message'}.eml")
            parts = [inner] if opens else []
        if not parts and part.encoding not in TRANSFER_ENCODINGS:
            problems.append(f"unknown transfer encoding {part.encoding[:40]}")
        seen += len(parts)
        waiting += reversed(parts)
        yield part._replace(number=number, is_leaf=not parts, problems=tuple(problems))


def _read_part(
    data: bytes,
    number: str,
    depth: int,
    *,
    default_type: str = "text/plain",
    alternative: str = "",
    whole: bool = False,
) -> PartInfo:
    """Read a part, or a whole message."""
    if whole:
        header = read_header(data, max_fields=MAX_FIELDS, max_bytes=MAX_HEADER)
    else:
        header = read_header(data, max_fields=50, max_bytes=64 * 1024)
    content_type, parameters = parse_parameters(header.first("content-type"))
    disposition, about = parse_parameters(header.first("content-disposition"))
    missing = ("the message has no header",) if whole and not header.fields else ()
    return PartInfo(
        number=number,
        depth=depth,
        content_type=content_type if _MEDIA_TYPE.fullmatch(content_type) else default_type,
        parameters=parameters,
        disposition=disposition,
        name=about.get("filename") or parameters.get("name", ""),
        header=header,
        body=data[header.body_at :],
        alternative=alternative,
        problems=header.problems + missing,
    )


def _read_multipart(part: PartInfo, limit: int, problems: list[str]) -> list[PartInfo]:
    kind = part.content_type
    prefix = part.number.removesuffix("TEXT") if "TEXT" in part.number else f"{part.number}."
    alternative = part.number if kind == "multipart/alternative" else ""
    return [
        _read_part(
            body,
            f"{prefix}{place}",
            part.depth + 1,
            default_type="message/rfc822" if kind == "multipart/digest" else "text/plain",
            alternative=part.alternative or alternative,
        )
        for place, body in enumerate(_split(part, limit, problems), 1)
    ]


def _split(part: PartInfo, limit: int, problems: list[str]) -> list[bytes]:
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
    for begins, delimiter in _delimiters(body, b"\n--" + boundary):
        if start is not None:
            parts.append(body[start:begins].removesuffix(b"\r"))
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


def _delimiters(body: bytes, begin: bytes) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Where each delimiter line begins, and what of it follows the boundary."""
    # no pattern of its own for each boundary: it would take longer to compile than to search
    at = body.find(begin)
    while at >= 0:
        ends = _DELIMITED.match(body, at + len(begin))
        if ends:
            yield at, ends
        at = body.find(begin, ends.end() if ends else at + 1)


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
