"""The text of a mail laid out for the screen."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, datetime
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.reading.mime import parse
from sacterm.reading.styled import Look
from sacterm.reading.text import display_text
from sacterm.reading.text_view import MAX_CHARACTERS, MAX_LINES, lines
from sacterm.sandbox.samples import samples

CUT = "[the rest of this text is too long to be shown]"

# fmt: off
pieces = st.sampled_from((
    "word", " ", "  ", "\n", "\n\n", "\r\n", "\t", "\x1b[31m", "\u202e", "e\u0301", "> ", ">",
    ">> ", "- ", "1. ", "-- \n", "On Monday x wrote:\n", "wrote:", "Am 1.1. schrieb x:", "www.",
    "https://x.example/path?query=value", "<http://y.example>", "long-words-are-broken-if-need-be",
    "ご登録ありがとう", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "مرحبا",
))
# fmt: on
texts = st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=60).map("".join)


def shown(text: str, width: int = 40) -> str:
    return "\n".join(line.text for line in lines(text, {}, width))


def look_of(text: str, part: str, width: int = 60) -> Look:
    """The look of the piece with that part in it."""
    spans = [span for line in lines(text, {}, width) for span in line.spans]
    return next(span.look for span in spans if part in span.text)


def letters(text: str) -> Counter[str]:
    return Counter(re.sub(r"[\s>]", "", text))


def check(text: str, width: int) -> None:
    laid_out = shown(text, width)
    assert all(cell_len(line) <= width for line in laid_out.split("\n"))
    assert not re.search(r" $|\n\n\n", laid_out, re.MULTILINE)
    assert display_text(laid_out) == laid_out
    assert letters(laid_out) == letters(display_text(text))


@settings(deadline=None)
@given(texts, st.integers(20, 200))
def test_any_text_fits_and_nothing_is_lost(text: str, width: int) -> None:
    check(text, width)


@pytest.mark.parametrize("width", [40, 78, 118])
def test_the_samples_fit_and_nothing_is_lost(width: int) -> None:
    for sample in samples(now=datetime(2026, 11, 20, tzinfo=UTC)):
        check(parse(sample.raw).text, width)


def test_lines_are_wrapped_and_what_hangs_out_keeps_hanging() -> None:
    text = """
        Hello Jeff, this line is too long.

        * one point that is too long
        10. another point, too long
            an indented line, too long
        > a quoted line that is too long
        > > - a point in a quotation of one
        >also a quoted line, too long
    """
    assert shown(dedent(text), 24) == dedent("""\
        Hello Jeff, this line is
        too long.

        * one point that is too
          long
        10. another point, too
            long
            an indented line,
            too long
        > a quoted line that is
        > too long
        > > - a point in a
        > >   quotation of one
        >also a quoted line, too
        >long""")


def test_one_of_several_empty_lines_is_left_and_none_at_the_ends() -> None:
    assert shown("\n\n\na\n\n\n \n\nb\n\n") == "a\n\nb"


def test_a_deep_quotation_leaves_room_for_its_words() -> None:
    assert shown("> " * 15 + "some words", 20) == "> > > > > > > > > >\n> > > > > some words"


REPLY = """Yes.

On Fri, Nov 20, 2026 at 8:14 AM Jeff <jeff@x.example> wrote:
> Is it?
> --\x20
> Jeff

Best
--\x20
Ada
Acme
> a last quote
end
"""


def test_quotations_signatures_and_who_is_quoted_are_told_apart() -> None:
    assert look_of(REPLY, "Yes") is Look.PLAIN
    assert look_of(REPLY, "wrote:") is Look.QUIET
    assert look_of(REPLY, "Is it") is Look.QUOTE
    assert look_of(REPLY, "> Jeff") is Look.QUOTE
    assert look_of(REPLY, "Best") is Look.PLAIN
    assert look_of(REPLY, "Ada") is Look.QUIET
    assert look_of(REPLY, "Acme") is Look.QUIET
    assert look_of(REPLY, "last quote") is Look.QUOTE
    assert look_of(REPLY, "end") is Look.PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "On Monday Jeff wrote:\n\nhello",
        "On Fri, Nov 20, 2026 at 8:14 AM Jeff Moreno\n<jeff@x.example> wrote:\n> hello",
        "Am 20.11.2026 um 08:14 schrieb Jeff <jeff@x.example>:\n> hallo",
        "Le ven. 20 nov. 2026 à 08:14, Jeff <jeff@x.example> a écrit :\n> bonjour",
        "金曜日、ジェフ <jeff@x.example>:\n> こんにちは",
        "Jeff says:\n\n> hello",
    ],
)
def test_who_is_quoted_is_told_in_many_ways(text: str) -> None:
    for line in text.partition("hello")[0].split("\n"):
        if line and not line.startswith(">"):
            assert look_of(text, line, 100) is Look.QUIET


@pytest.mark.parametrize(
    "text", ["On the list:\nmilk", "She wrote:\nhello", "On Monday\nwe met", "--\nx"]
)
def test_prose_is_not_taken_for_more(text: str) -> None:
    assert {span.look for line in lines(text, {}, 40) for span in line.spans} == {Look.PLAIN}


def test_urls_are_marked_and_numbered_where_they_have_a_number() -> None:
    numbers = {"http://www.x.example": 2, "https://y.example/": 1}
    text = "> www.x.example, <https://y.example/> and mailto:a@z.example."
    [line] = lines(text, numbers, 80)
    assert line.text == ("> www.x.example [2], <https://y.example/> [1] and mailto:a@z.example.")
    assert [span.text for span in line.spans if span.look is Look.LINK] == [
        *("www.x.example", " [2]", "<https://y.example/>", " [1]", "mailto:a@z.example")
    ]


def test_a_url_that_is_too_long_is_broken_and_marked_on_each_line() -> None:
    url = "https://x.example/" + "abcdefghij" * 5
    found = lines(f"at {url} now", {url: 1}, 30)
    marked = "".join(s.text for line in found for s in line.spans if s.look is Look.LINK)
    assert marked == f"{url} [1]"


@pytest.mark.thorough
def test_what_was_cut_is_told_at_the_end() -> None:
    for text in ("x" * (MAX_CHARACTERS + 1), "x\n" * (MAX_LINES + 1)):
        last = lines(text, {}, 80)[-1]
        assert (last.text, last.spans[0].look) == (CUT, Look.ALERT)
    assert CUT not in shown("x" * MAX_CHARACTERS, 80)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "word ",
            "x",
            " ",
            "\n",
            "x\n",
            "> ",
            ">",
            ">\n",
            "- ",
            "On ",
            "On x wrote:\n",
            "schrieb ",
        ),
        *("wrote:", ":\n>", "-- \n", "http://x ", "<http://", "\t", "日本語", "\u202e"),
    ],
)
@pytest.mark.thorough
def test_hostile_text_takes_no_time(piece: str) -> None:
    text = piece * (250_000 // len(piece))
    begin = time.process_time()
    lines(text, {}, 78)
    assert time.process_time() - begin < 10
