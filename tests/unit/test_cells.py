"""Text measured and broken in cells."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from sacterm.reading.cells import fit, flow, wrap
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import DisplayText, display_line, display_text

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
# fmt: off
words = st.sampled_from((
    "word", "a", "", " ", "   ", "\n", "much-longer-than-most", "日本語", "、", "「", "」", "é",
    "中", "e\u0301", "\u2764\ufe0f", FAMILY, "\U0001f44d\U0001f3fd", "مرحبا", "\u1112\u1161\u11ab",
    "ｶﾞ",
))
# fmt: on
texts = st.one_of(st.text(), st.lists(words, max_size=30).map("".join))
looks = st.sampled_from(Look)


def span(text: str, look: Look = Look.PLAIN) -> Span:
    return Span(display_text(text), look)


def shown(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [
        ("abc", 5, "abc  "),
        ("abcdef", 5, "abcd…"),
        ("山田太郎", 5, "山田…"),
        ("山田太郎", 4, "山… "),
        ("abc", 0, ""),
    ],
)
def test_text_is_fitted_to_cells(text: str, width: int, fitted: str) -> None:
    assert fit(text, width) == fitted


def test_numbers_stand_on_the_right() -> None:
    assert fit("6 kB", 7, right=True) == "   6 kB"


@given(st.text(), st.integers(1, 40))
def test_whatever_it_is_it_fits(text: str, width: int) -> None:
    assert cell_len(fit(display_line(text), width)) == width


@given(texts, st.integers(2, 40))
def test_wrapped_lines_are_never_too_wide_and_lose_nothing(text: str, width: int) -> None:
    clean = display_text(text)
    lines = wrap(clean, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean.split())


def test_each_character_is_measured_as_it_is_painted() -> None:
    for char in map(chr, [*range(0x20, 0x3100), *range(0xFE00, 0x10000), *range(0x1F300, 0x1F400)]):
        assert all(cell_len(line) <= 7 for line in wrap(char * 9, 7))


def test_words_are_kept_whole_where_they_can_be() -> None:
    assert wrap("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert wrap("a\n\nb", 10) == ["a", "", "b"]
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert wrap("ab " + "x" * 12, 10) == ["ab " + "x" * 7, "x" * 5]


def test_indents_stay_and_spaces_at_a_break_go() -> None:
    assert wrap("    the quick", 10) == ["    the", "quick"]
    assert wrap("the      quick", 8) == ["the", "quick"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("次のコードを入力してください", ["次のコードを", "入力してくだ", "さい"]),
        ("このコード「四桁」を入力", ["このコード", "「四桁」を入", "力"]),
        ("ご登録ありがと。ございます", ["ご登録ありが", "と。ございま", "す"]),
        ("Das Wort 日本語テキスト", ["Das Wort 日", "本語テキスト"]),
    ],
)
def test_scripts_without_spaces_break_between_letters(text: str, lines: list[str]) -> None:
    assert wrap(text, 12) == lines


def test_what_is_one_sign_is_not_broken() -> None:
    assert wrap(FAMILY * 3, 4) == [FAMILY * 2, FAMILY]
    assert wrap("\u2764\ufe0f" * 3, 4) == ["\u2764\ufe0f" * 2, "\u2764\ufe0f"]
    assert wrap("e\u0301" * 3, 2) == ["e\u0301" * 2, "e\u0301"]


@given(st.lists(st.tuples(texts, looks), max_size=6), st.integers(4, 30), st.booleans())
def test_styled_text_flows_as_plain_text_does(
    pieces: list[tuple[str, Look]], width: int, hard: bool
) -> None:
    spans = [span(*piece) for piece in pieces]
    lines = flow(spans, width, hard=hard)
    assert all(cell_len(line.text) <= width for line in lines)
    if not hard:
        text = "".join(span.text for span in spans)
        assert shown(lines) == [line.rstrip(" ") for line in wrap(text, width)]
    looks = [[(char, look) for char in text if char > " "] for text, look in spans]
    kept = [(char, look) for line in lines for text, look in line.spans for char in text]
    assert [one for one in kept if one[0] > " "] == [one for some in looks for one in some]


def test_lines_have_their_beginnings() -> None:
    bullet, room = [span("• ", Look.QUIET)], [span("  ")]
    lines = flow([span("one two three")], 8, first=bullet, rest=room)
    assert shown(lines) == ["• one", "  two", "  three"]
    assert lines[0].spans[0].look is Look.QUIET


def test_nothing_is_one_line() -> None:
    assert flow([], 10, first=[span("• "), span("  ")]) == [Line((span("•"),))]
    assert shown(flow([span("a\n\nb")], 10, rest=[span("  ")])) == ["a", "", "  b"]


def test_code_is_broken_where_the_line_is_full() -> None:
    assert shown(flow([span("  one two\n\n x")], 5, hard=True)) == ["  one", " two", "", " x"]


def test_lines_are_limited() -> None:
    assert shown(flow([span("a b c")], 1, limit=2)) == ["a", "b"]
    assert flow([span("a")], 5, limit=0) == []


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(("x", " ", "word ", "日本", "é ", "\n", FAMILY, "\u2764\ufe0f")))
@pytest.mark.thorough
def test_large_texts_take_no_time(piece: str) -> None:
    text = DisplayText(piece * (125_000 // len(piece)))
    begin = time.process_time()
    flow([Span(text)], 78)
    assert time.process_time() - begin < 10
