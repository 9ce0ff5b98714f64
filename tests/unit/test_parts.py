"""The tree of parts of a message."""

from __future__ import annotations

import time
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.parts import MAX_DEPTH, MAX_PARTS, read_parts, walk
from tests.unit.mailcorpus import (
    READABLE,
    UNREADABLE,
    forwarded,
    many_parts,
    message,
    multipart,
    nested,
    part,
)

PLAIN = b"text/plain; charset=utf-8"
IMAGE = part(b"image/png; name=dot.png", b"x", b"Content-ID: <dot@x>")


def within(raw: bytes, boundary: bytes) -> bytes:
    """A multipart as a part of another one."""
    return (
        raw.partition(b"\r\n")[2]
        .replace(b"--b", b"--" + boundary)
        .replace(b"boundary=b", b"boundary=" + boundary)
    )


def tree(raw: bytes) -> list[tuple[str, int, str, bool]]:
    return [(p.number, p.depth, p.content_type, p.is_leaf) for p in read_parts(raw)]


def test_a_message_without_parts_is_its_own_part() -> None:
    [only] = read_parts(message(b"text/html; charset=iso-8859-1", b"<p>caf\xe9"))
    assert (only.number, only.depth, only.is_leaf) == ("1", 0, True)
    assert (only.content_type, only.charset, only.size) == ("text/html", "iso-8859-1", 7)
    assert (only.text(), only.content()) == ("<p>café", b"<p>caf\xe9")
    assert only.problems == ()


def test_parts_are_numbered_as_imap_does() -> None:
    """The example of RFC 9051, 6.4.5.1."""
    inner = message(b"multipart/mixed; boundary=c", b"--c\r\n\r\ntext\r\n--c\r\n\r\nfile\r\n--c--")
    alternative = within(
        multipart(part(PLAIN, b"t"), part(b"text/richtext", b"r"), kind=b"alternative"), b"e"
    )
    deep = within(multipart(IMAGE, part(b"message/rfc822", b"Subject: s\r\n" + alternative)), b"d")
    raw = multipart(
        part(PLAIN, b"text"), part(b"application/x", b""), part(b"message/rfc822", inner), deep
    )
    assert tree(raw) == [
        ("TEXT", 0, "multipart/mixed", False),
        ("1", 1, "text/plain", True),
        ("2", 1, "application/x", True),
        ("3", 1, "message/rfc822", False),
        ("3.TEXT", 2, "multipart/mixed", False),
        ("3.1", 3, "text/plain", True),
        ("3.2", 3, "text/plain", True),
        ("4", 1, "multipart/mixed", False),
        ("4.1", 2, "image/png", True),
        ("4.2", 2, "message/rfc822", False),
        ("4.2.TEXT", 3, "multipart/alternative", False),
        ("4.2.1", 4, "text/plain", True),
        ("4.2.2", 4, "text/richtext", True),
    ]


def test_a_message_that_is_a_message_holds_its_parts_under_its_number() -> None:
    assert tree(message(b"message/rfc822", message(PLAIN, b"text"))) == [
        ("1", 0, "message/rfc822", False),
        ("1.1", 1, "text/plain", True),
    ]


def test_a_part_tells_what_its_header_says() -> None:
    disposition = b'Content-Disposition: Attachment; filename="=?utf-8?q?caf=C3=A9?=.pdf"'
    sent = b64encode(b"content")
    fields = (disposition, b"Content-Transfer-Encoding: BASE64", b"Content-ID: <a@b>")
    [_, file, image] = read_parts(multipart(part(b"application/PDF", sent, *fields), IMAGE))
    assert (file.content_type, file.name) == ("application/pdf", "café.pdf")
    assert (file.disposition, file.encoding) == ("attachment", "base64")
    assert (file.content_id, image.content_id) == ("a@b", "dot@x")
    assert (file.content(), file.size) == (b"content", 7)
    assert (image.name, image.disposition, image.charset) == ("dot.png", "", "")


def test_an_encoded_message_in_a_message_is_opened_and_shown_as_its_source() -> None:
    inner = b"Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\ninner"
    sent = part(b"message/rfc822", b64encode(inner), b"Content-Transfer-Encoding: base64")
    [_, whole, text] = read_parts(multipart(sent))
    assert whole.name == "café.eml"
    assert whole.text() == inner.decode().replace("\r\n", "\n")
    assert text.text() == "inner"


def test_text_is_unwrapped_and_decoded_as_it_is_read() -> None:
    [only] = read_parts(message(b"text/plain; format=flowed; charset=utf-8", b"a \r\nb\xc3\xa9"))
    assert only.text() == "a bé"
    assert only.read_text() == ("a bé", True)
    [only] = read_parts(message(b"text/plain; charset=utf-8", b"b\xe9"))
    assert only.read_text() == ("bé", False)


def test_what_is_wrong_is_told_of_the_part_that_it_is_wrong_with() -> None:
    odd = part(b"image/png", b"x", b"Content-Transfer-Encoding: rot13")
    raw = multipart(part(PLAIN, b"text"), odd).removesuffix(b"--b--\r\n")
    assert [p.problems for p in read_parts(raw)] == [
        ("the last boundary is missing: the message may be cut",),
        (),
        ("unknown transfer encoding rot13",),
    ]


@pytest.mark.parametrize("name", [*READABLE, *UNREADABLE])
def test_only_messages_in_a_message_are_walked_differently(name: str) -> None:
    raw = {**READABLE, **UNREADABLE}[name]()
    seen = read_parts(raw)
    if not any(p.content_type == "message/rfc822" for p in seen):
        assert seen == tuple(walk(raw, into_messages=False))


pieces = st.sampled_from(
    b"Content-Type: |multipart/mixed|multipart/digest|message/rfc822|text/html|; boundary=b|\r\n|"
    b"\n|\r|\r\n\r\n|\r\n--b\r\n|\r\n--b--\r\n| |Content-Transfer-Encoding: |base64|"
    b"quoted-printable|uue|QUJD|=|\xff|Subject: |\x00|name=x|--b".split(b"|")
)


@settings(deadline=None, max_examples=75)
@given(st.lists(pieces, max_size=40).map(b"".join))
def test_any_mail_makes_a_tree(raw: bytes) -> None:
    parts = read_parts(raw)
    assert parts[0].depth == 0
    assert len({p.number for p in parts}) == len(parts)
    for before, after in zip(parts, [*parts[1:], None], strict=True):
        assert isinstance(before.text(), str)
        assert before.size == len(before.content())
        deeper = after is not None and after.depth > before.depth
        assert before.is_leaf != deeper
        assert after is None or after.depth <= before.depth + 1


def test_what_is_too_deep_or_too_much_is_told_and_not_opened() -> None:
    parts = read_parts(nested(3_000))
    assert [p.depth for p in parts] == [*range(MAX_DEPTH + 1)]
    assert "not opened" in parts[-1].problems[-1]
    assert [p.depth for p in read_parts(forwarded(3_000))] == [*range(MAX_DEPTH + 1)]
    parts = read_parts(many_parts(5_000))
    assert len(parts) == MAX_PARTS
    assert parts[0].problems == (f"more than {MAX_PARTS} parts: the rest is not shown",)


def test_messages_in_a_message_count_as_parts() -> None:
    wrapped = part(b"message/rfc822", b"Subject: s\r\n\r\ntext")
    assert len(read_parts(multipart(*[wrapped] * MAX_PARTS))) == MAX_PARTS


def boundaries(number: int) -> bytes:
    """Parts that are multiparts without parts, each with a boundary of its own."""
    kind = b"multipart/mixed; boundary=%060d"
    return multipart(*(part(kind % place, b"x" * 4_000) for place in range(number)))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(nested(40_000), id="nesting"),
        pytest.param(many_parts(100_000), id="parts"),
        pytest.param(forwarded(60_000), id="forwarded"),
        pytest.param(boundaries(600), id="boundaries"),
        pytest.param(multipart(part(b"image/png", b"x" * 2_500_000))[:-7], id="no end"),
        pytest.param(b"\r" * 2_500_000, id="carriage returns"),
    ],
)
@pytest.mark.thorough
def test_hostile_mail_takes_no_time(raw: bytes) -> None:
    begin = time.process_time()
    assert sum(p.size for p in read_parts(raw)) >= 0
    assert time.process_time() - begin < 10
