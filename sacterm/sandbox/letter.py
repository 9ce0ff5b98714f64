"""Reads a mail as it came, whatever it is: bounded, linear in its size, and never failing.

Not by ``sacterm.reading``: what the sandbox says of a mail is what tests hold the app's own
reading against. The standard library's parser is quadratic or raises on hostile mail, so only its
small parts are used, on pieces that were cut to a length first.
"""

from __future__ import annotations

import binascii
import codecs
import hashlib
import logging
import quopri
import re
from collections.abc import Iterator
from email.message import Message as Part
from email.utils import collapse_rfc2231_value, getaddresses

from msgspec import Struct

from sacterm.model import Recipient
from sacterm.sandbox.markup import text_of

MAX_HEAD = 256 * 1024  # bytes of one header block
MAX_HEADERS = 1000
MAX_FIELD = 4000  # characters of a field with parameters
MAX_RECIPIENTS = 10_000  # characters of a list of recipients: parsing costs the square
MAX_PARTS = 500
MAX_DEPTH = 20
MAX_LINKS = 500
MAX_MARKUP = 1_000_000  # characters of HTML that text is made of where the sender gave none

logger = logging.getLogger(__name__)

_FIRST_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_NAME = re.compile(rb"[!-9;-~]{1,200}")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_LINK = re.compile(r"""https?://[^\s<>"'`\\{}|^]{1,2000}""", re.IGNORECASE)
# Text codecs of Python that are not charsets of mail; punycode and idna cost the square.
_NO_CHARSETS = {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"}

_NOT_BASE64 = re.sub(rb"[A-Za-z0-9+/]", b"", bytes(range(256)))

Headers = tuple[tuple[str, str], ...]


class Attachment(Struct, frozen=True, kw_only=True):
    """A part that is not shown as text."""

    name: str
    content_type: str
    disposition: str
    content_id: str
    encoding: str
    content: bytes
    checksum: str  # MD5, as the service identifies attachments


class Letter(Struct, frozen=True, kw_only=True):
    """What a mail says. All text is untrusted, and fit for JSON (no lone surrogates)."""

    headers: Headers = ()  # unfolded, encoded words left as they are
    subject: str = ""
    sender: tuple[Recipient, ...] = ()
    to: tuple[Recipient, ...] = ()
    cc: tuple[Recipient, ...] = ()
    bcc: tuple[Recipient, ...] = ()
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    links: tuple[str, ...] = ()


def read_letter(raw: bytes) -> Letter:
    """What the mail says, as far as it can be understood. Takes under a second for 2.5 MB."""
    try:
        return _read(raw)
    except Exception:
        # A mail is kept whatever we make of it; the library's parser has raised many things.
        logger.exception("a mail could not be read")
        return Letter(text=_as_text(raw, ""))


def _read(raw: bytes) -> Letter:
    head, _ = split(raw)
    headers = _headers(head)
    texts: list[str] = []
    htmls: list[str] = []
    attachments: list[Attachment] = []
    for part, body in _leaves(raw):
        kind, content = part.get_content_type(), _decoded(part, body)
        name = _name(part)
        if part.get_content_disposition() != "attachment" and not name:
            if kind == "text/plain" or kind.startswith("multipart/"):
                texts.append(_as_text(content, _parameter(part, "charset")))
                continue
            if kind == "text/html":
                htmls.append(_as_text(content, _parameter(part, "charset")))
                continue
        attachments.append(_attachment(part, kind, name, content))
    html = "".join(htmls)
    text = "\n".join(texts) if texts else text_of(html[:MAX_MARKUP])
    return Letter(
        headers=headers,
        subject=_words(_first(headers, "subject")),
        sender=_recipients(headers, "from"),
        to=_recipients(headers, "to"),
        cc=_recipients(headers, "cc"),
        bcc=_recipients(headers, "bcc"),
        text=text,
        html=html,
        attachments=tuple(attachments),
        links=_links(text, html),
    )


def split(raw: bytes) -> tuple[bytes, bytes]:
    """The header block and the body of a mail or a part."""
    if not _FIRST_FIELD.match(raw):
        return b"", raw.removeprefix(b"\r").removeprefix(b"\n")
    blank = _BLANK_LINE.search(raw)
    return (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")


def _headers(head: bytes) -> Headers:
    found: list[tuple[str, str]] = []
    for line in _FOLD.sub(b" ", head[:MAX_HEAD]).splitlines()[:MAX_HEADERS]:
        name, colon, value = line.partition(b":")
        if colon and _NAME.fullmatch(name.rstrip()):
            found.append((name.rstrip().decode("ascii"), _as_text(value.strip(), "")))
    return tuple(found)


def _first(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _leaves(raw: bytes) -> Iterator[tuple[Part, bytes]]:
    """The parts that are no multiparts, in order, with their still encoded bodies."""
    waiting = [(raw, 0)]
    seen = 0
    while waiting and seen < MAX_PARTS:
        seen += 1
        whole, depth = waiting.pop()
        head, body = split(whole)
        headers = _headers(head)
        part = Part()
        for name in ("Content-Type", "Content-Disposition"):
            if value := _first(headers, name.lower()):
                part[name] = value[:MAX_FIELD]
        for name in ("Content-Transfer-Encoding", "Content-ID"):
            part[name] = _first(headers, name.lower())[:MAX_FIELD]
        pieces = []
        if part.get_content_maintype() == "multipart" and depth < MAX_DEPTH:
            pieces = _between(body, _parameter(part, "boundary"))
            waiting += [(piece, depth + 1) for piece in reversed(pieces)]
        if not pieces:
            yield part, body


def _between(body: bytes, boundary: str) -> list[bytes]:
    """The pieces between the boundary's lines; none where it is not found."""
    if not boundary:
        return []
    delimiter = re.escape(boundary.encode("utf-8", "replace"))
    line = re.compile(rb"(?:\A|\r?\n)--" + delimiter + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    start = None
    for match in line.finditer(body):
        if start is not None:
            pieces.append(body[start : match.start()].removeprefix(b"\r").removeprefix(b"\n"))
        start = match.end()
        if match[1] or len(pieces) == MAX_PARTS:
            return pieces
    if start is not None:  # never closed
        pieces.append(body[start:].removeprefix(b"\r").removeprefix(b"\n"))
    return pieces


def _parameter(part: Part, name: str) -> str:
    try:
        return _clean(collapse_rfc2231_value(part.get_param(name, "")))
    except (LookupError, ValueError, TypeError):
        return ""


def _name(part: Part) -> str:
    try:
        return _words(_clean(part.get_filename("")))
    except (LookupError, ValueError, TypeError):
        return ""


def _decoded(part: Part, body: bytes) -> bytes:
    encoding = part["Content-Transfer-Encoding"].strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    return _base64(body) if encoding == "base64" else body


def _base64(data: bytes) -> bytes:
    letters = data.translate(None, _NOT_BASE64)
    try:
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return data


def _attachment(part: Part, kind: str, name: str, content: bytes) -> Attachment:
    return Attachment(
        name=name,
        content_type=kind,
        disposition=part.get_content_disposition() or "",
        content_id=part["Content-ID"].strip().strip("<>"),
        encoding=part["Content-Transfer-Encoding"].strip().lower(),
        content=content,
        checksum=hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )


def _as_text(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            if name and codecs.lookup(name).name not in _NO_CHARSETS:
                return _clean(data.decode(name))
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _clean(text: str) -> str:
    # Some codecs (utf-7) yield lone surrogates, which JSON cannot carry.
    return text.encode("utf-8", "replace").decode("utf-8")


def _words(value: str) -> str:
    """The field with its encoded words (RFC 2047) decoded."""
    return _WORD.sub(_word, _BETWEEN_WORDS.sub(r"\1", value))


def _word(match: re.Match[str]) -> str:
    charset, encoding, text = match.groups()
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return _as_text(binascii.a2b_qp(data, header=True), charset)
    return _as_text(_base64(data), charset)


def _recipients(headers: Headers, name: str) -> tuple[Recipient, ...]:
    field = ", ".join(value for key, value in headers if key.lower() == name)
    if len(field) > MAX_RECIPIENTS:
        field = field[:MAX_RECIPIENTS].rpartition(",")[0]
    try:
        pairs = getaddresses([field])
    except (RecursionError, IndexError, ValueError):
        return ()
    return tuple(Recipient(_words(name), address) for name, address in pairs if address)


def _links(text: str, html: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for source in (text, html.replace("&amp;", "&")):
        for match in _LINK.finditer(source):
            found[match[0].rstrip(".,;:!?)]")] = None
            if len(found) == MAX_LINKS:
                return tuple(found)
    return tuple(found)
