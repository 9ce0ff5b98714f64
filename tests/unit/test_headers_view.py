"""The header of a message on the screen."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.reading.headers import MAX_FIELDS
from sacterm.reading.headers_view import MAX_VALUE, lines
from sacterm.reading.styled import Line, Look
from sacterm.reading.text import display_line
from tests.unit.mailcorpus import READABLE, UNREADABLE, encoded_words, long_address_list

CORPUS = {**READABLE, **UNREADABLE}
WAY = (
    b"Received: from mail.x.example (mail.x.example [192.0.2.1]) by mx.y.example with ESMTPS\r\n"
    b" id 1; Fri, 20 Nov 2026 08:13:43 +0000\r\n"
    b"Received: from app by mail.x.example with SMTP id 2; Fri, 20 Nov 2026 08:13:41 +0000\r\n"
    b"Authentication-Results: mx.y.example; spf=pass smtp.mailfrom=x.example;\r\n"
    b" dmarc=fail header.from=x.example\r\n"
    b"Authentication-Results: other.example; dkim=pass header.d=x.example\r\n"
    b"X-Spam-Status: No, score=-1.9\r\n"
)


def view(raw: bytes, width: int = 78, wanted: str = "") -> list[str]:
    return [line.text.rstrip() for line in lines(raw, wanted=wanted, width=width)]


def looks(shown: list[Line], text: str) -> set[Look]:
    """The looks in which a text stands somewhere."""
    return {span.look for line in shown for span in line.spans if span.text.strip() == text}


def test_fields_are_in_order_unfolded_and_aligned() -> None:
    raw = b"Subject: a\r\n b\r\nTo: x@y.example\r\nx-empty:\r\nto: again\r\n\r\ntext"
    assert view(raw) == [
        "Subject  a b",
        "To       x@y.example",
        "x-empty",
        "to       again",
    ]
    assert looks(lines(raw, wanted="", width=78), "Subject") == {Look.QUIET}
    assert looks(lines(raw, wanted="", width=78), "a b") == {Look.PLAIN}


def test_what_was_decoded_stands_beside_what_was_sent() -> None:
    raw = b"Subject: =?utf-8?q?caf=C3=A9?=\r\nTo: \xc3\xa9\r\n\r\n"
    assert view(raw) == [
        "Subject  café",
        "         as sent  =?utf-8?q?caf=C3=A9?=",
        "To       é",
    ]
    assert looks(lines(raw, wanted="", width=78), "=?utf-8?q?caf=C3=A9?=") == {Look.QUIET}


def test_long_values_hang_and_long_names_stand_alone() -> None:
    raw = b"A: " + b"word " * 20 + b"\r\n" + b"X" * 40 + b": v\r\n\r\n"
    assert view(raw) == [
        "A" + " " * 27 + " ".join(["word"] * 10),
        " " * 28 + " ".join(["word"] * 10),
        "X" * 40,
        " " * 28 + "v",
    ]


def test_on_a_narrow_screen_values_stand_under_their_names() -> None:
    assert view(b"Subject: hello\r\n\r\n", 30) == ["Subject", "  hello"]


def test_the_journey_stands_above() -> None:
    shown = lines(WAY + b"\r\n", wanted="", width=78, tls=True, spam=0.125)
    assert [line.text.rstrip() for line in shown][:13] == [
        "2 hops in 2 s",
        "  app            → mail.x.example  SMTP    no TLS",
        "  mail.x.example → mx.y.example    ESMTPS  TLS     +2 s",
        "checked by mx.y.example",
        "  spf    pass  x.example",
        "  dmarc  fail  x.example",
        "claimed by other.example: anyone can have written that",
        "  dkim  pass  x.example",
        "service says  came over TLS · spam 0.12 of 1",
        "headers say   X-Spam-Status: No, score=-1.9",
        "",
        "Received                from mail.x.example (mail.x.example [192.0.2.1]) by",
        "                        mx.y.example with ESMTPS id 1; Fri, 20 Nov 2026",
    ]
    assert looks(shown, "pass") == looks(shown, "TLS") == {Look.GOOD}
    assert looks(shown, "fail") == {Look.ALERT}


def test_a_narrow_journey_takes_two_lines_a_hop() -> None:
    assert view(WAY + b"\r\n", 40)[:5] == [
        "2 hops in 2 s",
        "  app → mail.x.example",
        "    SMTP · no TLS",
        "  mail.x.example → mx.y.example",
        "    ESMTPS · TLS · +2 s",
    ]


def test_long_names_of_servers_give_way_to_what_is_beside() -> None:
    raw = b"Received: from %b by b with ESMTPS\r\n\r\n" % (b"a" * 200)
    assert view(raw)[1].endswith("a… → b  ESMTPS  TLS")


def test_signatures_that_nobody_checked_are_told() -> None:
    raw = b"DKIM-Signature: v=1; d=x.example; s=s1\r\n\r\n"
    assert view(raw)[:2] == ["signed, checked by nobody", "  dkim  unchecked  x.example · s1"]


@pytest.mark.parametrize(
    ("seconds", "delay", "look"),
    [
        ("43.5", "+2.5 s", Look.QUIET),
        ("41", "+0 s", Look.QUIET),
        ("38", "−3 s", Look.ALERT),
    ],
)
def test_delays_are_short(seconds: str, delay: str, look: Look) -> None:
    later = f"Received: from b by c; Fri, 20 Nov 2026 08:13:{seconds} +0000\r\n".encode()
    raw = later + b"Received: from a by b; Fri, 20 Nov 2026 08:13:41 +0000\r\n\r\n"
    shown = lines(raw, wanted="", width=78)
    assert shown[2].text.endswith(f"  {delay}")
    assert looks(shown, delay) == {look}


@pytest.mark.parametrize(
    ("later", "delay"),
    [
        ("20 Nov 2026 08:15:11", "+90 s"),
        ("20 Nov 2026 08:23:41", "+10 min"),
        ("20 Nov 2026 20:13:41", "+12 h"),
        ("30 Nov 2026 08:13:41", "+10 d"),
    ],
)
def test_long_delays_stand_out(later: str, delay: str) -> None:
    raw = f"Received: from b by c; {later} +0000\r\n".encode()
    raw += b"Received: from a by b; 20 Nov 2026 08:13:41 +0000\r\n\r\n"
    assert looks(lines(raw, wanted="", width=78), delay) == {Look.STRONG}


# Filter.


@pytest.mark.parametrize("wanted", ["SPAM", "no, SCORE", "x-spam-status"])
def test_fields_are_found_by_name_or_value_in_any_case(wanted: str) -> None:
    assert view(WAY + b"\r\n", wanted=wanted) == ["X-Spam-Status  No, score=-1.9"]


@pytest.mark.parametrize("wanted", ["CAFÉ", "=c3=a9"])
def test_fields_are_found_as_decoded_and_as_sent(wanted: str) -> None:
    raw = b"Subject: =?utf-8?q?caf=C3=A9?=\r\nTo: x\r\n\r\n"
    assert view(raw, wanted=wanted)[0] == "Subject  café"
    assert len(view(raw, wanted=wanted)) == 2


def test_where_nothing_is_found_one_quiet_line_says_so() -> None:
    shown = lines(WAY + b"\r\n", wanted="\x1bnowhere", width=78)
    assert [line.text for line in shown] == ["no header field has “␛nowhere” in it"]
    assert shown[0].spans[0].look is Look.QUIET
    assert view(b"") == ["there are no header fields"]


# Limits.


def test_a_long_value_is_cut_and_told() -> None:
    shown = lines(long_address_list(100_000), wanted="", width=78)
    assert sum(len(line.text) for line in shown) < 2 * MAX_VALUE
    assert shown[-1].text.strip() == "cut: 91,989 characters more"
    assert shown[-1].spans[-1].look is Look.ALERT


def test_many_fields_are_cut_and_told() -> None:
    shown = view(b"X: y\r\n" * 100_000)
    assert shown == [
        *["X  y"] * MAX_FIELDS,
        f"more than {MAX_FIELDS} header fields: the rest is not shown",
    ]


@settings(deadline=None, max_examples=75)
@given(st.sampled_from(sorted(CORPUS)), st.integers(20, 200))
def test_broken_mail_stays_on_the_screen(name: str, width: int) -> None:
    fits(lines(CORPUS[name](), wanted="", width=width, tls=False, spam=1), width)


pieces = st.sampled_from(
    [
        *("Received: ", "Authentication-Results: ", "DKIM-Signature: ", "Subject: ", "x" * 50),
        *("\r\n", " ", "from ", "by ", "with ESMTPS", "; ", "20 Nov 2026 08:13:41", "spf=fail"),
        *(
            "日本語" * 20,
            "👩‍👩‍👧‍👦",
            "e\u0301\u0302",
            "\u202e",
            "\x1b",
            "=?utf-8?q?=F0=9F=91=A9?=",
            "\t",
        ),
        *("(reason " * 9, ")", "a" * 90 + "=", "\n", "=?x?q?=0A=1B?="),
    ]
)


@settings(deadline=None, max_examples=75)
@given(st.lists(pieces, max_size=30).map("".join), st.integers(20, 200), st.booleans())
def test_any_header_stays_on_the_screen(header: str, width: int, wanted: bool) -> None:
    fits(lines(header.encode(), wanted="e" if wanted else "", width=width), width)


def fits(shown: list[Line], width: int) -> None:
    for line in shown:
        assert cell_len(line.text) <= width
        assert display_line(line.text) == line.text


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(encoded_words(150_000), id="encoded words"),
        pytest.param(long_address_list(2_500_000), id="addresses"),
        pytest.param(b"".join(b"X: %b\n" % (b"=?b?q?a?= " * 100) for _ in range(500)), id="words"),
        pytest.param(b"".join(b"X: %b\n" % (b"x" * 1_000) for _ in range(500)), id="values"),
        pytest.param(b"Received: from a by b; \n" * 100_000, id="hops"),
    ],
)
@pytest.mark.thorough
def test_a_hostile_header_takes_no_time(raw: bytes) -> None:
    begin = time.process_time()
    lines(raw, wanted="", width=20)
    assert time.process_time() - begin < 10
