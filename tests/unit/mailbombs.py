"""Mail that holds too much of what is slow to read, in any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import pack
from typing import Final
from zlib import compress, compressobj, crc32

from tests.unit.mailcorpus import (
    PNG,
    encoded_words,
    forwarded,
    long_address_list,
    many_parts,
    message,
    multipart,
    nested,
    part,
)

LARGEST: Final = 2_400_000
"""Bytes; the service takes 2.5 MB."""

Bomb = Callable[[int], bytes]
"""Makes a mail of about so many bytes."""


def _filled(piece: bytes, before: bytes = b"") -> Bomb:
    return lambda size: before + piece * (size // len(piece))


def _body(content_type: bytes, piece: bytes, *fields: bytes, before: bytes = b"") -> Bomb:
    return lambda size: message(content_type, _filled(piece, before)(size), *fields)


def _page(piece: str, before: str = "") -> Bomb:
    return _body(b"text/html; charset=utf-8", piece.encode(), before=before.encode())


def _text(piece: str, before: str = "") -> Bomb:
    return _body(b"text/plain; charset=utf-8", piece.encode(), before=before.encode())


def _encoded(encoding: bytes, piece: bytes, before: bytes = b"") -> Bomb:
    field = b"Content-Transfer-Encoding: " + encoding
    return _body(b"text/plain", piece, field, before=before)


def _numbered(piece: bytes, before: bytes = b"") -> Bomb:
    return lambda size: before + b"".join(piece % n for n in range(size // len(piece)))


BOMBS: Final[Mapping[str, Bomb]] = {
    "HTML nested": _page("<div>"),
    "HTML with formatting left open": _page("<p><font a=1><b></p>"),
    "HTML tables in tables": _page("<table><tr><td>x"),
    "HTML table of many rows": _page("<tr><td>x<td>y", "<table>"),
    "HTML table of many columns": _page("<td colspan=999>x", "<table><tr>" * 9),
    "HTML lists": _page("<ul><li>x"),
    "HTML quotations": _page("<blockquote>x<br>"),
    "HTML links": _page("<a href=https://a.example/x>y</a>"),
    "HTML links, all different": _numbered(
        b"<a href=https://a%d.example/verify>v</a>", b"Content-Type: text/html\r\n\r\n"
    ),
    "HTML entities": _page("&CounterClockwiseContourIntegral;"),
    "HTML numbers of characters": _page("&#x1b;&#155;&#8238;"),
    "HTML entity of entities": _page("&a;", "<!DOCTYPE x [<!ENTITY a '&b;&b;&b;'>]>"),
    "HTML comments left open": _page("<!-- "),
    "HTML quotes left open": _page("<a b='"),
    "HTML attributes": _page("a=1 ", "<p "),
    "HTML styles": _page("<p style='color:red;font-size:0;display:none'>x</p>"),
    "HTML style that is long": _page("color:red;/*", "<p style='"),
    "HTML images": _page("<img src=https://a.example/x.gif alt=y>"),
    "HTML preformatted": _page("x\n", "<pre>"),
    "HTML of one word": _page("x"),
    "HTML of wide letters": _page("日本"),
    "text of one word": _text("x"),
    "text of line ends": _text("\n"),
    "text of URLs": _text("https://a.example/verify?token=a1b2c3d4e5 "),
    "text of one URL": _text("a/", "https://a.example/"),
    "text of schemes": _text("https://"),
    "text of hosts": _text("www.a."),
    "text of addresses": _text("a@"),
    "text of digits": _text("1234 "),
    "text of codes": _text("code 123456\n\n"),
    "text of quotation marks": _text(">"),
    "text of quoted lines": _text(">>> x\n"),
    "text of tabs": _text("\t"),
    "text of escapes": _text("\x1b[2J"),
    "text of overrides": _text("\u202e"),
    "text of joined emoji": _text("👨\u200d"),
    "text of marks": _text("a\u0301\u0302\u0303"),
    "text of wide letters": _text("日本"),
    "text of many letters": _text("".join(map(chr, range(0x100, 0xD800)))),
    "text that flows": _body(b"text/plain; format=flowed", b"> a \n"),
    "text in quoted-printable": _encoded(b"quoted-printable", b"=41"),
    "text in base64": _encoded(b"base64", b"QUFB"),
    "text in uuencode": _encoded(b"x-uuencode", b"M" + b"A" * 60 + b"\r\n", b"begin 644 x\r\n"),
    "text in UTF-7": _body(b"text/plain; charset=utf-7", b"+AOk-"),
    "text in no UTF-8": _body(b"text/plain; charset=utf-8", b"\xff"),
    "field of encoded words": lambda size: encoded_words(size // 16),
    "field of charsets": _numbered(b"X: =?x%d?q?a?=\n"),
    "field of parameters": _filled(b"; a*1=b", b"Content-Type: text/plain"),
    "field of comments": _filled(b"(", b"Received: from "),
    "field of hops": _filled(b"Received: from a by b with c; x\r\n"),
    "field of verdicts": _filled(b";a=b c.d=e", b"Authentication-Results: x"),
    "field of addresses": long_address_list,
    "fields": _filled(b"a:\n"),
    "fields that are folded": _filled(b"\n c", b"a: b"),
    "parts": lambda size: many_parts(size // 18),
    "parts of different boundaries": lambda size: nested(size // 60),
    "messages in messages": lambda size: forwarded(size // 42),
    "boundaries that are none": _body(b"multipart/mixed; boundary=b", b"--bc\n"),
    "attachments": lambda size: multipart(*[part(b"image/png; name=a.png", b"x")] * (size // 50)),
    "carriage returns": _filled(b"\r"),
    "binary": _filled(bytes(range(256))),
    "compressed part": lambda size: message(b"application/gzip", zipped(size * 400)),
    "compressed image": lambda size: message(b"image/png; name=a.png", picture(size // 40)),
}
"""By what there is too much of."""


def zipped(size: int) -> bytes:
    """So many bytes of nothing, compressed."""
    packer = compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000))
    return packed + packer.flush()


def picture(side: int) -> bytes:
    """A PNG of so many pixels on each side, of which the first lines are there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))

    head = pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    lines = compress(bytes(10_000_000))
    return PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
