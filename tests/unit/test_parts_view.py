"""The parts of a message on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.reading.mime import parse
from sacterm.reading.parts import read_parts
from sacterm.reading.parts_view import lines
from sacterm.reading.sizes import size_text
from sacterm.reading.styled import Line, Look
from sacterm.reading.text import display_line
from tests.unit.mailcorpus import READABLE, UNREADABLE, message, multipart, part

CORPUS = {**READABLE, **UNREADABLE}
PDF = part(b"application/pdf", b"x" * 84_000, b"Content-Disposition: attachment; filename=a.pdf")
PLAIN = part(b"text/plain; charset=utf-8", b"text")
INNER = part(b"message/rfc822", message(b"text/html", b"<p>"))


def view(raw: bytes, width: int = 78) -> list[str]:
    return [line.text.rstrip() for line in lines(read_parts(raw), (), width)]


def test_each_part_has_a_line_in_the_tree() -> None:
    shown = lines(read_parts(multipart(PLAIN, PDF, INNER)), (), 78)
    assert [line.text.rstrip() for line in shown] == [
        "multipart/mixed",
        "  text/plain     utf-8               4 B",
        "  a.pdf          application/pdf   84 kB  attachment",
        "  s.eml          message/rfc822     42 B",
        "    text/html                        3 B",
    ]
    assert [line.item for line in shown] == [0, 1, 2, 3, 4]
    assert [line.spans[0].look for line in shown][:2] == [Look.QUIET, Look.PLAIN]


def test_on_a_narrow_screen_the_kind_stands_below() -> None:
    shown = lines(read_parts(multipart(PLAIN, PDF)), (), 30)
    assert [line.text.rstrip() for line in shown] == [
        "multipart/mixed",
        "  text/plain        4 B",
        "    utf-8",
        "  a.pdf           84 kB",
        "    application/pdf ·",
        "    attachment",
    ]
    assert [line.item for line in shown] == [0, 1, 1, 2, 2, 2]


def test_names_have_room_beside_long_types() -> None:
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    field = b"Content-Disposition: attachment; filename=report.docx"
    raw = multipart(part(kind, b"x", field))
    assert view(raw, 70)[1] == "  report.docx    application/vnd.openxmlfo…     1 B  attachment"
    assert view(raw, 60)[1:] == [
        "  report.docx       1 B",
        "    application/vnd.openxmlfo… · attachment",
    ]


def test_a_name_is_shown_whole_and_as_it_is_saved() -> None:
    name = b"../" + b"long " * 12 + b"\xe2\x80\xaefdp.exe"
    field = b'Content-Disposition: attachment; filename="' + name + b'"'
    shown = lines(read_parts(multipart(part(b"application/pdf", b"x", field))), (), 60)
    assert [line.text.rstrip() for line in shown][1:] == [
        "  long long long long    application/pdf     1 B  attachment",
        "  long long long long",
        "  long long long long",
        "  ‹RLO›fdp.exe",
    ]


def test_what_is_wrong_with_a_part_stands_below_it() -> None:
    odd = part(b"image/png", b"x", b"Content-Transfer-Encoding: rot13\x1b")
    raw = multipart(odd, part(b"text/plain; charset=x-odd", b"text"))
    shown = lines(read_parts(raw), parse(raw).problems, 78)
    assert [(line.text.rstrip(), line.item) for line in shown] == [
        ("multipart/mixed", 0),
        ("  image/png                1 B", 1),
        ("    unknown transfer encoding rot13␛", 1),
        ("  text/plain     x-odd     4 B", 2),
        ("unknown or wrong charset: x-odd", -1),
    ]
    assert [line.spans[-1].look for line in shown if "unknown" in line.text] == [Look.ALERT] * 2


def test_of_no_parts_only_the_problems_are_shown() -> None:
    assert lines((), (), 78) == []
    assert [line.text for line in lines((), ["odd", "odd"], 78)] == ["odd"]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (2_500_000, "2.5 MB"),
    ],
)
def test_sizes_are_short(count: int, text: str) -> None:
    assert size_text(count) == text


@settings(deadline=None, max_examples=75)
@given(st.sampled_from(sorted(CORPUS)), st.integers(20, 200))
def test_broken_mail_stays_on_the_screen(name: str, width: int) -> None:
    raw = CORPUS[name]()
    fits(lines(read_parts(raw), parse(raw).problems, width), width)


names = st.text(
    st.sampled_from("a. -/\u0301\u202e\u200d日👩\x1b") | st.characters(codec="utf-8"), max_size=60
)
kinds = st.sampled_from([b"image/png", b"message/rfc822", b"a/" + b"b" * 80])


@settings(deadline=None, max_examples=75)
@given(
    st.lists(st.tuples(names, names, kinds), max_size=4), st.integers(20, 200), st.integers(0, 9)
)
def test_any_part_stays_on_the_screen(
    sent: list[tuple[str, str, bytes]], width: int, depth: int
) -> None:
    field = 'Content-Disposition: {}; filename="{}"'
    parts = [part(kind, b"x", field.format(*said).encode()) for *said, kind in sent]
    raw = b"Content-Type: message/rfc822\r\n\r\n" * depth + multipart(*parts)
    fits(lines(read_parts(raw), [name for name, *_ in sent], width), width)


def fits(shown: list[Line], width: int) -> None:
    for line in shown:
        assert cell_len(line.text) <= width
        assert display_line(line.text) == line.text


@pytest.mark.parametrize(
    ("encoding", "body", "says"),
    [
        (b"base64", b"SGVs!bG8!=", "base64 with 2 characters that are none"),
        (b"base64", b"SGVsbG8gd", "base64 that is cut"),
        (b"base64", b"SGVs\r\nbG8=\r\n", ""),
        (b"quoted-printable", b"50=ZZ off", "= that quotes nothing"),
        (b"quoted-printable", b"caf=C3=A9 =\r\nau lait =", ""),
        (b"7bit", b"a=b", ""),
    ],
)
def test_damage_to_what_a_part_is_packed_in_is_told_below_it(
    encoding: bytes, body: bytes, says: str
) -> None:
    header = b"Content-Transfer-Encoding: " + encoding
    shown = view(multipart(part(b"text/plain", body, header), PLAIN))
    assert len(shown) == (4 if says else 3)
    assert says in shown[2]
