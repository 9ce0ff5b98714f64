"""Untrusted text on its way to the screen."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.text import display_line, display_text

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
KISS = "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f469\U0001f3ff"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
NUMBER_SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd"
DISTURBING = (
    "\x00\x1b\x07\x08\t\n\v\f\r\x7f\x80\x85\x9b\xa0\xad\u0301\u0489\u05b0\u0903\u034f\u1160\u11a8"
    "\u180b\u180e\u200b\u200c\u200d\u2028\u2029\u202e\u2060\u2800\u3000\u3164\ud800\ue000\ufdd0"
    "\ufe0e\ufe0f\ufeff\ufff9\ufffe\U0001f3fb\U0001f3ff\U0001f468\U0001f1f5\u2764\u0628\u0645 a1"
    "\U0001ffff\U0002ffff\U000e0001\U000e0041\U000e007f\U000e0100\U000e0fff\U00100000\U0010ffff"
)
any_text = st.text(
    st.one_of(st.sampled_from(DISTURBING), st.characters(exclude_categories=())), max_size=60
)


def is_forbidden(char: str) -> bool:
    """Whether a character must never reach the screen, by Unicode's own tables."""
    match unicodedata.category(char):
        case "Cc":
            return char != "\n"
        case "Cf":
            return char not in NUMBER_SIGNS + "\u200c\u200d\U000110cd"
        case "Cs" | "Co" | "Zl" | "Zp":
            return True
        case "Zs":
            return char != " "
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0000 <= code < 0xE0100


@settings(deadline=None)
@given(any_text)
def test_nothing_forbidden_is_left(text: str) -> None:
    shown = display_text(text)
    assert [char for char in shown if is_forbidden(char)] == []
    line = display_line(text)
    assert "\n" not in line
    assert [char for char in line if is_forbidden(char)] == []


@settings(deadline=None)
@given(any_text, st.integers(1, 40))
def test_what_was_cleaned_stays_as_it_is(text: str, limit: int) -> None:
    for display in (display_line, display_text):
        for shown in (display(text), display(text, limit)):
            assert display(shown) == shown
        assert display(display(text, limit), limit) == display(text, limit)


@settings(deadline=None)
@given(any_text, st.integers(1, 40))
def test_the_limit_holds(text: str, limit: int) -> None:
    assert len(display_line(text, limit)) <= limit
    assert len(display_text(text, limit)) <= limit


@settings(deadline=None)
@given(any_text)
def test_no_line_begins_with_a_mark_that_would_land_before_it(text: str) -> None:
    for line in display_text(text).split("\n"):
        assert not line or unicodedata.category(line[0]) not in ("Mn", "Me", "Mc")


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_untouched(text: str) -> None:
    assert display_line(text) == text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]8;;https://x.example\x07link\x1b]8;;\x07", "␛]8;;https://x.example␇link␛]8;;␇"),
        ("\x1b]52;c;cm0gLXJm\x1b\\", "␛]52;c;cm0gLXJm␛\\"),
        ("a\x00b\x08c\x7f", "a␀b␈c␡"),
        ("\x9b31m \x80\x9f", "�31m ��"),
        ("\ud800 \udfff \ue000 \U000f0000 \ufdd0 \uffff \U0002ffff", "� � � � � � �"),
        ("[/b] [@click=app.quit]x[/]", "[/b] [@click=app.quit]x[/]"),
    ],
)
def test_control_characters_are_seen_and_not_obeyed(sent: str, shown: str) -> None:
    assert display_line(sent) == shown


def test_bidi_controls_are_seen_by_name() -> None:
    assert display_line("invoice\u202efdp.exe") == "invoice‹RLO›fdp.exe"
    names = "ALM LRM RLM LRE RLE PDF LRO RLO LRI RLI FSI PDI"
    assert display_line(BIDI) == "".join(f"‹{name}›" for name in names.split())


@pytest.mark.parametrize(
    "invisible",
    "\xad\u034f\u17b4\u180b\u180e\u200b\u2060\u2061\u2065\u206f\ufeff\ufff0\ufff9\ufffb"
    "\U0001d173\U000e0000\U000e0001\U000e0041\U000e0080",
)
def test_what_cannot_be_seen_is_dropped(invisible: str) -> None:
    assert display_line(f"pay{invisible}pal") == "paypal"


@pytest.mark.parametrize(
    "blank", "\xa0\u1680\u2003\u202f\u205f\u3000\u115f\u1160\u3164\uffa0\u2800"
)
def test_what_looks_like_a_space_is_one(blank: str) -> None:
    assert display_line(f"a{blank}b") == "a b"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_there_is_one_kind_of_line_break(line_break: str) -> None:
    assert display_text(f"a{line_break}b") == "a\nb"
    assert display_line(f"a{line_break}b") == "a b"


def test_a_line_keeps_its_runs_of_spaces() -> None:
    assert display_line("a   b\t\tc\n\nd") == "a   b  c  d"


def test_tabs_go_to_the_next_column_of_eight() -> None:
    assert display_text("a\tb\n1234567\tc") == "a       b\n1234567 c"
    assert len(display_text("\t" * 1_000, 500)) == 500


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FAMILY, id="family"),
        pytest.param(KISS, id="kiss, with skin tones"),
        pytest.param(RAINBOW, id="flag of a rainbow"),
        pytest.param("1\ufe0f\u20e3", id="keycap"),
        pytest.param("\U0001f1f5\U0001f1f9", id="flag of a country"),
        pytest.param("\U0001fae9", id="emoji newer than Python 3.11"),
        pytest.param("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", id="Persian with ZWNJ"),
        pytest.param("\u0915\u094d\u200c\u0937", id="Devanagari with ZWNJ"),
        pytest.param("\u1019\u103b\u103e\u1031\u102c\u1037", id="Burmese"),
        pytest.param(
            "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u05d9\u05ea", id="Hebrew"
        ),
        pytest.param("e\u0302\u0301", id="Vietnamese in pieces"),
        pytest.param("\u1112\u1161\u11ab", id="Korean in pieces"),
        pytest.param("\u0600\u0661\u0662", id="Arabic number sign"),
        pytest.param("\u845b\U000e0100", id="ideographic variant"),
        pytest.param("山田 太郎 Ünïcödé ☂ € 日本", id="other text"),
    ],
)
def test_writing_of_the_world_is_untouched(text: str) -> None:
    assert display_line(text) == text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("pay\u200cpal \u200d\u200c", "paypal "),
        ("pay\u200dpal", "paypal"),
        ("\u0645\u200c \u200c\u0645", "\u0645 \u0645"),
        ("\U0001f468\u200d\u200d\U0001f469\u200d", "\U0001f468\U0001f469"),
        ("a\ufe0f\ufe0e\ufe0f \ufe0fb\n\ufe0f", "a\ufe0f b "),
        ("a\U0001f3ff", "a"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),
    ],
)
def test_joiners_and_selectors_stay_only_where_they_do_something(sent: str, shown: str) -> None:
    assert display_line(sent) == shown


def test_a_base_has_few_marks() -> None:
    assert display_line("Z" + "\u0351\u0489" * 50 + "x") == "Z" + "\u0351\u0489" * 2 + "x"
    assert display_line("\u0915" + "\u0903" * 50) == "\u0915" + "\u0903" * 8
    assert display_line("\u1112" + "\u1161" * 50) == "\u1112" + "\u1161" * 8


def test_few_emoji_are_joined() -> None:
    shown = display_line("\u200d".join(["\U0001f468"] * 50))
    assert "\u200d".join(["\U0001f468"] * 4) in shown
    assert "\u200d".join(["\U0001f468"] * 5) not in shown


def test_marks_without_a_base_are_dropped() -> None:
    assert display_text("\u0301a\n\u0301\u200d\u0903b") == "a\nb"


def test_what_is_too_long_ends_with_an_ellipsis() -> None:
    assert display_line("12345", 5) == "12345"
    assert display_line("123456", 5) == "1234…"
    assert display_line("\u202e" * 3, 8) == "‹RLO›‹R…"
    assert display_line(FAMILY, 3) == "\U0001f468…"
    assert display_line("\u202e" + FAMILY, 8) == "‹RLO›\U0001f468…"


@pytest.mark.parametrize("unit", ["Z\u0351\u0489\u0351\u0489", f"a{KISS}", "x\u202e", "a\u200cb"])
def test_a_long_text_is_cleaned_as_a_short_one(unit: str) -> None:
    times = 400_000 // len(unit)
    assert display_text(unit * times) == display_text(unit) * times


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param("\x1b[2J", id="escape sequences"),
        pytest.param("\u202e", id="overrides"),
        pytest.param("a" + "\u0301" * 9, id="marks"),
        pytest.param("\n\u0301", id="marks without a base"),
        pytest.param("a\ufe0f", id="selectors"),
        pytest.param("\U0001f468\u200d", id="joined emoji"),
        pytest.param("\u200d", id="joiners"),
        pytest.param("\t", id="tabs"),
        pytest.param("".join(map(chr, range(0x100, 0xD800))), id="all kinds of letters"),
    ],
)
@pytest.mark.thorough
def test_a_flood_takes_no_time(flood: str) -> None:
    text = flood * (500_000 // len(flood))
    begin = time.process_time()
    display_text(text)
    assert time.process_time() - begin < 10
