"""Broken and malicious mail, as few lines as each needs. Nothing of it is well behaved."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from typing import Final
from urllib.parse import quote

TEXT: Final = "readable rest"
"""Words that a reader must find in every message of :data:`READABLE`."""

PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0"
    "000003010100c9fe92ef0000000049454e44ae426082"
)
"""An image of one pixel."""

_WORDS: Final = TEXT.encode()
_PARTS: Final = b"--b\r\nContent-Type: text/plain\r\n\r\n" + _WORDS + b"\r\n--b--\r\n"


def message(content_type: bytes, body: bytes, *fields: bytes) -> bytes:
    """A message with that content type, that body and these further header fields."""
    return b"\r\n".join((b"Subject: s", b"Content-Type: " + content_type, *fields, b"", body))


def multipart(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    """A multipart of parts that bring their own header, or begin with an empty line."""
    return message(b"multipart/" + kind + b"; boundary=b", _between(list(parts)))


def part(content_type: bytes, body: bytes, *fields: bytes) -> bytes:
    """A part of a multipart."""
    return b"\r\n".join((b"Content-Type: " + content_type, *fields, b"", body))


def nested(depth: int) -> bytes:
    """Multiparts in each other, with a text in the innermost."""
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return b"Subject: s\r\n" + opening + b"\r\n" + _WORDS


def many_parts(number: int) -> bytes:
    """A multipart with that many texts."""
    return multipart(*(b"\r\ntext %d" % index for index in range(number)))


def encoded_words(number: int) -> bytes:
    """A subject of that many encoded words on one line."""
    return b"Subject: " + b" ".join([b"=?utf-8?q?word?="] * number) + b"\r\n\r\n" + _WORDS


def long_address_list(size: int) -> bytes:
    """A ``To`` of about that many bytes."""
    return b"To: " + b"a@example.com, " * (size // 15) + b"\r\n\r\n" + _WORDS


def forwarded(depth: int) -> bytes:
    """A message in a message in a message."""
    return b"Subject: s\r\nContent-Type: message/rfc822\r\n\r\n" * depth + _WORDS


def hostile_letter(*texts: str) -> bytes:
    """A message that says those texts wherever a message can say something."""
    fields = (
        b"Subject",
        b"From",
        b"To",
        b"Cc",
        b"Date",
        b"Message-ID",
        b"List-Unsubscribe",
        b"X-A",
    )
    header = [b"%s: %s" % (name, b" ".join(map(encoded, texts))) for name in fields]
    plain = " ".join(texts).encode("utf-8", "surrogatepass").translate(None, b"\r\n")
    header += [
        b"Received: from %s (%s) by %s with %s; now" % (plain[:100], *[plain[:500]] * 3),
        b"Authentication-Results: %s; spf=%s; dkim=pass header.d=%s" % (*[plain[:500]] * 3,),
        b"X-Raw: " + plain,
        b"X-[/b]-$(x)`x`-{}%s: value",
        b"Content-Type: multipart/mixed; boundary=b",
    ]
    body = "\r\n".join([*texts, *(f"https://evil.example/{text}" for text in texts)])
    html = "".join(
        f'<h1>{escape(text)}</h1><p title="{escape(text)}">{_entities(text)}</p>'
        f'<a href="https://evil.example/{escape(text)}">{escape(text)}</a>'
        f'<img alt="{escape(text)}" src="https://evil.example/{escape(text)}">'
        for text in texts
    )
    parts = [
        part(b"text/plain; charset=utf-8", body.encode("utf-8", "surrogatepass")),
        part(b"text/html; charset=utf-8", html.encode("utf-8", "surrogatepass")),
        part(b"image/png", b64encode(PNG), b"Content-Transfer-Encoding: base64"),
        *(_attached(text) for text in texts),
    ]
    return b"\r\n".join(header) + b"\r\n\r\n" + _between(parts)


def encoded(text: str) -> bytes:
    """An encoded word (RFC 2047), also of what no header may hold."""
    return b"=?utf-8?b?%s?=" % b64encode(text.encode("utf-8", "surrogatepass"))


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text[:1_000])


def _attached(text: str) -> bytes:
    name = quote(text.encode("utf-8", "surrogatepass")).encode()
    return part(
        b"application/%s; name*=utf-8''%s; charset=%s" % (name[:40], name, name[:40]),
        b"content",
        b"Content-Disposition: attachment; filename*=utf-8''" + name,
        b"Content-ID: <%s>" % encoded(text),
    )


def _between(parts: list[bytes]) -> bytes:
    return b"".join(b"--b\r\n" + each + b"\r\n" for each in parts) + b"--b--\r\n"


READABLE: Final[Mapping[str, Callable[[], bytes]]] = {
    "boundary that does not occur": lambda: message(b"multipart/mixed; boundary=a", _PARTS),
    "multipart without a boundary": lambda: message(b"multipart/mixed", _PARTS),
    "empty boundary": lambda: message(b'multipart/mixed; boundary=""', _PARTS),
    "boundary with regular expression": lambda: message(b'multipart/mixed; boundary="(b+"', _PARTS),
    "text labelled multipart": lambda: message(b"multipart/mixed; boundary=b", _WORDS),
    "HTML labelled multipart": lambda: message(
        b"multipart/alternative; boundary=b", b"<html><p>" + _WORDS + b"</html>"
    ),
    "base64 multipart": lambda: message(
        b"multipart/mixed; boundary=b", b64encode(_PARTS), b"Content-Transfer-Encoding: base64"
    ),
    "last boundary missing": lambda: message(
        b"multipart/mixed; boundary=b", _PARTS.removesuffix(b"--b--\r\n")
    ),
    "only the last boundary": lambda: message(
        b"multipart/mixed; boundary=b", _WORDS + b"\r\n--b--\r\n"
    ),
    "unknown charset": lambda: message(b"text/plain; charset=x-klingon", _WORDS),
    "charset that is a codec of bytes": lambda: message(b"text/plain; charset=zlib", _WORDS),
    "charset with a NUL": lambda: message(b"text/plain; charset=utf\x008", _WORDS),
    "wrong charset": lambda: message(b"text/plain; charset=utf-8", _WORDS + b" \xe9"),
    "unknown encoding": lambda: message(b"text/plain", _WORDS, b"Content-Transfer-Encoding: rot13"),
    "base64 that is none": lambda: message(
        b"text/plain", b64encode(_WORDS) + b"A", b"Content-Transfer-Encoding: base64"
    ),
    "content type without subtype": lambda: message(b"text", _WORDS),
    "content type of punctuation": lambda: message(b';;;=;"', _WORDS),
    "encoded words": lambda: encoded_words(20_000),
    "long address list": lambda: long_address_list(100_000),
    "parentheses in an address": lambda: b"To: " + b"(" * 5_000 + b"\r\n\r\n" + _WORDS,
    "carriage return in a header": lambda: b"Subject: a\rBcc: x@example.com\r\n\r\n" + _WORDS,
    "line ends of carriage returns": lambda: b"Subject: s\r\r" + _WORDS,
    "two subjects": lambda: b"Subject: one\r\nSubject: two\r\n\r\n" + _WORDS,
    "header without an empty line": lambda: b"Subject: s\r\n" + _WORDS + b" after all\r\n",
    "no header": lambda: b"\r\n" + _WORDS,
    "no header, no empty line": lambda: _WORDS,
    "mbox envelope": lambda: b"From a@example.com Fri Nov 20\nSubject: s\n\n" + _WORDS,
    "folded for ever": lambda: b"Subject: s" + b"\r\n x" * 100_000 + b"\r\n\r\n" + _WORDS,
    "many fields": lambda: b"X: y\r\n" * 100_000 + b"\r\n" + _WORDS,
    "NUL bytes": lambda: b"Subject: \x00\r\n\r\n\x00" + _WORDS,
    "parameter without an end": lambda: message(b'text/plain; charset="utf-8', _WORDS),
    "uuencode in a text": lambda: message(
        b"text/plain", _WORDS + b"\r\n\r\nbegin 644 x.txt\r\n%:&5L;&\\ \r\n`\r\nend\r\n"
    ),
    "all of it in uuencode": lambda: message(
        b"text/plain",
        b"begin 644 x\r\n-<F5A9&%B;&4@<F5S=```\r\n`\r\nend\r\n",
        b"Content-Transfer-Encoding: x-uuencode",
    ),
    "TNEF beside a text": lambda: multipart(
        b"\r\n" + _WORDS,
        part(b"application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22\x01\x00"),
    ),
    "body that lies elsewhere": lambda: multipart(
        b"\r\n" + _WORDS,
        part(b'message/external-body; access-type=URL; URL="http://127.0.0.1:9/x"', b"\r\n"),
    ),
    "two content types": lambda: message(b"text/plain", _WORDS, b"Content-Type: image/png"),
    "two encodings": lambda: message(
        b"text/plain",
        b64encode(_WORDS),
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: 7bit",
    ),
    "HTML in another charset than it says": lambda: message(
        b"text/html; charset=utf-8", b"<meta charset=utf-16>" + _WORDS
    ),
    "UTF-16 without a mark": lambda: message(
        b"text/plain; charset=utf-16", TEXT.encode("utf-16-le")
    ),
    "UTF-7": lambda: message(b"text/plain; charset=utf-7", _WORDS),
    "parameter sections without a charset": lambda: message(
        b"text/plain; charset*0*=utf; charset*7=-8; charset*x=1", _WORDS
    ),
}
"""By what is wrong with them: mail of which the words :data:`TEXT` can be read."""

UNREADABLE: Final[Mapping[str, Callable[[], bytes]]] = {
    "empty": lambda: b"",
    "one line end": lambda: b"\r\n",
    "no body": lambda: b"Subject: s\r\n\r\n",
    "header cut": lambda: b"Subject: s",
    "nested": lambda: nested(3_000),
    "encodings in each other": lambda: message(
        b"text/plain", b64encode(_WORDS), b"Content-Transfer-Encoding: base64, quoted-printable"
    ),
    "part of a message in parts": lambda: message(
        b"message/partial; id=a; number=1; total=9", _WORDS
    ),
    "many parts": lambda: many_parts(5_000),
    "forwarded": lambda: forwarded(3_000),
    "binary": lambda: bytes(range(256)) * 100,
    "multipart of nothing": lambda: message(b"multipart/mixed; boundary=b", b""),
    "binary labelled text": lambda: message(b"text/plain; charset=utf-16", b"\xd8\x00\xdf"),
    "uuencode that is none": lambda: message(
        b"text/plain", b"begin 644 x\r\n~~~~\r\n\xff\r\nend", b"Content-Transfer-Encoding: uue"
    ),
    "entity bomb": lambda: message(
        b"text/html", b"<!DOCTYPE x [<!ENTITY a '&b;&b;'>]>" + b"&#" + b"9" * 10_000 + b";&a;"
    ),
    "boundary inside itself": lambda: multipart(
        part(b"multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n--b--")
    ),
}
"""By what is wrong with them: mail that must be survived."""
