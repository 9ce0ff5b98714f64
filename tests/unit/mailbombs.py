"""Mail that holds as much as the service takes of what is slow to read."""

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

SIZE: Final = 2_400_000
"""Bytes; the service takes 2.5 MB."""


def _filled(piece: bytes, before: bytes = b"", size: int = SIZE) -> bytes:
    return before + piece * (size // len(piece))


def _page(piece: str, before: str = "") -> bytes:
    return message(b"text/html; charset=utf-8", _filled(piece.encode(), before.encode()))


def _text(piece: str, before: str = "") -> bytes:
    return message(b"text/plain; charset=utf-8", _filled(piece.encode(), before.encode()))


BOMBS: Final[Mapping[str, Callable[[], bytes]]] = {
    "HTML nested": lambda: _page("<div>"),
    "HTML with formatting left open": lambda: _page("<p><font a=1><b></p>"),
    "HTML tables in tables": lambda: _page("<table><tr><td>x"),
    "HTML table of many rows": lambda: _page("<tr><td>x<td>y", "<table>"),
    "HTML table of many columns": lambda: _page("<td colspan=999>x", "<table><tr>" * 9),
    "HTML lists": lambda: _page("<ul><li>x"),
    "HTML quotations": lambda: _page("<blockquote>x<br>"),
    "HTML links": lambda: _page("<a href=https://a.example/x>y</a>"),
    "HTML links, all different": lambda: message(
        b"text/html",
        b"".join(b"<a href=https://a%d.example/verify>v</a>" % n for n in range(50_000)),
    ),
    "HTML entities": lambda: _page("&CounterClockwiseContourIntegral;"),
    "HTML numbers of characters": lambda: _page("&#x1b;&#155;&#8238;"),
    "HTML entity of entities": lambda: _page("&a;", "<!DOCTYPE x [<!ENTITY a '&b;&b;&b;'>]>"),
    "HTML comments left open": lambda: _page("<!-- "),
    "HTML quotes left open": lambda: _page("<a b='"),
    "HTML attributes": lambda: _page("a=1 ", "<p "),
    "HTML styles": lambda: _page("<p style='color:red;font-size:0;display:none'>x</p>"),
    "HTML style that is long": lambda: _page("color:red;/*", "<p style='"),
    "HTML images": lambda: _page("<img src=https://a.example/x.gif alt=y>"),
    "HTML preformatted": lambda: _page("x\n", "<pre>"),
    "HTML of one word": lambda: _page("x"),
    "HTML of wide letters": lambda: _page("日本"),
    "text of one word": lambda: _text("x"),
    "text of line ends": lambda: _text("\n"),
    "text of URLs": lambda: _text("https://a.example/verify?token=a1b2c3d4e5 "),
    "text of one URL": lambda: _text("a/", "https://a.example/"),
    "text of schemes": lambda: _text("https://"),
    "text of hosts": lambda: _text("www.a."),
    "text of addresses": lambda: _text("a@"),
    "text of digits": lambda: _text("1234 "),
    "text of codes": lambda: _text("code 123456\n\n"),
    "text of quotation marks": lambda: _text(">"),
    "text of quoted lines": lambda: _text(">>> x\n"),
    "text of tabs": lambda: _text("\t"),
    "text of escapes": lambda: _text("\x1b[2J"),
    "text of overrides": lambda: _text("\u202e"),
    "text of joined emoji": lambda: _text("👨\u200d"),
    "text of marks": lambda: _text("a\u0301\u0302\u0303"),
    "text of wide letters": lambda: _text("日本"),
    "text of many letters": lambda: _text("".join(map(chr, range(0x100, 0xD800)))),
    "text that flows": lambda: message(b"text/plain; format=flowed", _filled(b"> a \n")),
    "text in quoted-printable": lambda: message(
        b"text/plain", _filled(b"=41"), b"Content-Transfer-Encoding: quoted-printable"
    ),
    "text in base64": lambda: message(
        b"text/plain", _filled(b"QUFB"), b"Content-Transfer-Encoding: base64"
    ),
    "text in uuencode": lambda: message(
        b"text/plain",
        _filled(b"M" + b"A" * 60 + b"\r\n", b"begin 644 x\r\n"),
        b"Content-Transfer-Encoding: x-uuencode",
    ),
    "text in UTF-7": lambda: message(b"text/plain; charset=utf-7", _filled(b"+AOk-")),
    "text in no UTF-8": lambda: message(b"text/plain; charset=utf-8", _filled(b"\xff")),
    "field of encoded words": lambda: encoded_words(150_000),
    "field of charsets": lambda: b"".join(b"X: =?x%d?q?a?=\n" % n for n in range(100_000)),
    "field of parameters": lambda: message(b"text/plain" + b"; a*1=b" * 300_000, b""),
    "field of comments": lambda: _filled(b"(", b"Received: from "),
    "field of hops": lambda: _filled(b"Received: from a by b with c; x\r\n"),
    "field of verdicts": lambda: _filled(b";a=b c.d=e", b"Authentication-Results: x"),
    "field of addresses": lambda: long_address_list(SIZE),
    "fields": lambda: _filled(b"a:\n"),
    "fields that are folded": lambda: _filled(b"\n c", b"a: b"),
    "parts": lambda: many_parts(100_000),
    "parts of different boundaries": lambda: nested(40_000),
    "messages in messages": lambda: forwarded(60_000),
    "boundaries that are none": lambda: message(b"multipart/mixed; boundary=b", _filled(b"--bc\n")),
    "attachments": lambda: multipart(*[part(b"image/png; name=a.png", b"x")] * 20_000),
    "carriage returns": lambda: _filled(b"\r"),
    "binary": lambda: _filled(bytes(range(256))),
    "compressed part": lambda: message(b"application/gzip", zipped(SIZE * 400)),
    "compressed image": lambda: message(b"image/png; name=a.png", picture(60_000)),
}
"""By what there is too much of: mail as large as the service takes it."""


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
