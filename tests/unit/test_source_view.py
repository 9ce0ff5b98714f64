"""The source of a message on the screen."""

from __future__ import annotations

import time
from base64 import encodebytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.reading.source_view import MAX_LINES, lines
from sacterm.reading.styled import Line, Look
from sacterm.reading.text import display_line
from tests.unit.mailcorpus import READABLE, UNREADABLE, message

CORPUS = {**READABLE, **UNREADABLE}


def view(raw: bytes, width: int = 78) -> list[str]:
    return [line.text for line in lines(raw, width)]


def test_the_source_is_shown_as_sent() -> None:
    shown = lines(b"Subject: =?utf-8?q?a?=\r\n folded: x\r\n\r\nNot: a field\r\n", 78)
    assert [line.text for line in shown] == [
        "Subject: =?utf-8?q?a?=",
        " folded: x",
        "",
        "Not: a field",
        "",
    ]
    strong = [span.text for line in shown for span in line.spans if span.look is Look.STRONG]
    assert strong == ["Subject:"]


def test_long_lines_are_broken_at_the_width() -> None:
    assert view(b"\r\n" + b"a b" * 10, 20) == ["", "a ba ba ba ba ba ba", "ba ba ba b"]
    assert view(("\n" + "日本" * 8).encode(), 21) == ["", "日本日本日本日本日本", "日本日本日本"]
    assert view(b"Subject-that-is-long: x", 20) == ["Subject-that-is-long", ": x"]


def test_marks_stay_with_what_they_mark() -> None:
    accented = "e\u0301" * 21
    assert view(("\n" + accented).encode(), 20) == ["", accented[:40], "e\u0301"]
    heart = "\u2764\ufe0f" * 11
    assert view(("\n" + heart).encode(), 20) == ["", heart[:20], "\u2764\ufe0f"]
    family = "👩\u200d👩\u200d👧"
    assert view(("\n" + "a" * 19 + family).encode(), 20) == ["", "a" * 19, family]


def test_line_ends_that_are_odd_are_seen() -> None:
    assert view(b"a: b\r\n\r\nx\ry\nz\r\n") == ["a: b", "", "x␍y␊", "z", ""]
    assert view(b"a: b\n\nx\n") == ["a: b", "", "x", ""]
    assert view(b"a: b\r\rx\r") == ["a: b", "", "x", ""]
    assert view("\r\na\vb\fc\x85d\u2028e\x1b\u202ef".encode()) == ["", "a␋b␌c␤d␤e␛‹RLO›f"]


def test_what_is_no_utf_8_is_windows_1252() -> None:
    assert view(b"caf\xc3\xa9\n\xe9t\xe9 \x93x\x94\n\x81") == ["café", "été “x”", "�"]


def test_tabs_reach_their_columns() -> None:
    assert view(b"\r\na\tb") == ["", "a       b"]


def test_too_many_lines_are_cut_and_told() -> None:
    shown = lines(b"\r\n" + b"a\r\n" * (MAX_LINES + 5), 78)
    assert len(shown) == MAX_LINES + 1
    assert shown[-1].spans[0].look is Look.ALERT
    assert shown[-2].text == "a"
    assert view(b"\r\n" * (MAX_LINES - 1)) == [""] * MAX_LINES


def test_binary_mail_is_cut_and_told() -> None:
    shown = lines(b"\x00" * 600_000, 78)
    assert sum(len(line.text) for line in shown[:-1]) == 500_000
    assert shown[-1].text == "the rest of the source is not shown"


@settings(deadline=None, max_examples=75)
@given(st.sampled_from(sorted(CORPUS)), st.integers(20, 200))
def test_broken_mail_stays_on_the_screen(name: str, width: int) -> None:
    fits(lines(CORPUS[name]()[:20_000], width), width)


@settings(deadline=None, max_examples=75)
@given(
    st.lists(
        st.sampled_from(
            ["\u2764\ufe0f", "e\u0301", "👩\u200d", "日", "a: ", "\r", "\n", "\t", "\u202e"]
        )
        | st.text(),
        max_size=60,
    ).map("".join),
    st.integers(20, 200),
)
def test_any_text_stays_on_the_screen(text: str, width: int) -> None:
    fits(lines(text.encode("utf-8", "replace"), width), width)


@settings(deadline=None, max_examples=75)
@given(st.binary())
def test_any_bytes_stay_on_the_screen(raw: bytes) -> None:
    fits(lines(raw, 20), 20)


def fits(shown: list[Line], width: int) -> None:
    for line in shown:
        assert cell_len(line.text) <= width
        assert display_line(line.text) == line.text


@pytest.mark.thorough
def test_a_large_message_takes_no_time() -> None:
    raw = message(b"image/png", encodebytes(bytes(1_850_000)).replace(b"\n", b"\r\n"))
    begin = time.process_time()
    assert len(lines(raw, 78)) > 30_000
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\r\n\r\n" + b"\n" * 600_000, id="line feeds"),
        pytest.param(b"a:\n" * 200_000, id="fields"),
        pytest.param(b"a" * 600_000, id="one line"),
        pytest.param(b"\t" * 600_000, id="tabs"),
        pytest.param(b"caf\xe9\r\n" * 100_000, id="Latin"),
        pytest.param("日本語".encode() * 70_000, id="wide"),
        pytest.param("\u202e".encode() * 200_000, id="bidi"),
        pytest.param("a\u0301\u0302".encode() * 125_000, id="marks"),
        pytest.param(bytes(range(256)) * 2_500, id="binary"),
    ],
)
@pytest.mark.thorough
def test_hostile_mail_takes_no_time(raw: bytes) -> None:
    begin = time.process_time()
    lines(raw, 78)
    assert time.process_time() - begin < 10
