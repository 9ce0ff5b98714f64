from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from sacterm.reading.letter import read_beginning, read_letter
from sacterm.sandbox.samples import samples
from tests.unit.mailcorpus import READABLE, TEXT, UNREADABLE, message, multipart, part

SIGN_UP = multipart(
    part(b"text/plain", b"Your code is 493021.\r\nhttps://acme.example/confirm?t=1\r\n"),
    part(b"text/html", b'<p>Your code is 493021.</p><a href="https://acme.example/x">Confirm</a>'),
    kind=b"alternative",
)


def test_a_letter_knows_its_code_its_links_and_its_parts() -> None:
    letter = read_letter(SIGN_UP)
    assert letter.code is not None
    assert letter.code.value == "493021"
    assert {link.target for link in letter.links} >= {"https://acme.example/confirm?t=1"}
    assert letter.link in letter.links
    assert [part.content_type for part in letter.parts if part.is_leaf] == [
        "text/plain",
        "text/html",
    ]
    assert letter.text.startswith("Your code is")
    assert letter.document is not None
    assert not letter.is_html_only


def test_mail_of_html_alone_is_read_through_it() -> None:
    html = b'<p>Your code is <b>493021</b></p><a href="https://acme.example/x">Confirm it</a>'
    letter = read_letter(message(b"text/html", html))
    assert letter.is_html_only
    assert "Your code is 493021" in letter.text
    assert letter.code is not None
    assert letter.code.value == "493021"
    assert letter.link is not None
    assert letter.link.target == "https://acme.example/x"


def test_the_subject_counts_too() -> None:
    letter = read_letter(b"Subject: 493021 is your verification code\r\n\r\nHello\r\n")
    assert letter.code is not None
    assert letter.code.value == "493021"


def test_mail_that_holds_nothing_has_nothing() -> None:
    letter = read_letter(b"Subject: s\r\n\r\n")
    assert (letter.code, letter.link, letter.document, letter.text.strip()) == (
        None,
        None,
        None,
        "",
    )
    assert not letter.is_html_only


@pytest.mark.parametrize("name", [*READABLE, *UNREADABLE])
def test_broken_mail_is_read_as_far_as_it_can_be(name: str) -> None:
    raw = {**READABLE, **UNREADABLE}[name]()
    letter = read_letter(raw)
    assert letter.raw == raw
    assert letter.parts
    if name in READABLE:
        assert TEXT in letter.text


def test_reading_usual_mail_takes_little() -> None:
    raws = [sample.raw for sample in samples(now=datetime(2026, 11, 20, tzinfo=UTC))]
    usual = sorted(raws, key=len)[:160]
    read_letter(usual[0])  # what is compiled once
    begin = time.process_time()
    for raw in usual:
        read_letter(raw)
    assert (time.process_time() - begin) / len(usual) < 0.2


def test_the_beginning_of_a_large_message_is_as_it_will_be_and_says_nothing_of_the_rest() -> None:
    lines = b"".join(b"line %d says http://x.example/%d\r\n" % (n, n) for n in range(60_000))
    raw = b"Subject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + lines
    raw += b"\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n--b--\r\n"
    whole, beginning = read_letter(raw), read_beginning(raw)
    assert beginning is not None
    assert whole.body.attachments
    assert whole.text.startswith(beginning.text.rstrip())
    assert 1_000 < len(beginning.text.splitlines()) < 3_000
    assert whole.links[:20] == beginning.links[:20]
    assert not beginning.body.attachments
    assert not beginning.body.problems


def test_a_beginning_without_text_is_none() -> None:
    raw = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert read_beginning(raw + b"AAAA\r\n" * 50_000) is None
