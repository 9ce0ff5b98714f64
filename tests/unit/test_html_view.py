"""HTML mail laid out for the screen."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from textwrap import dedent
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.reading.html import Document, read_html, text_of
from sacterm.reading.html_view import MAX_LINES, lines
from sacterm.reading.mime import parse
from sacterm.reading.styled import Line, Look
from sacterm.reading.text import display_text
from sacterm.sandbox.samples import samples

CUT = "[the rest of this HTML is too long or too deep to be shown]"

# fmt: off
pieces = st.sampled_from((
    "<p>", "</p>", "<div style='background:red'>", "</div>", "<p hidden>", "<br>", "<hr>", "<h1>",
    "<h3>", "</h1>", "<b>", "</b>", "<code>", "<a href=http://x>", "<a href=http://y>", "</a>",
    "<a class=btn href=http://x>", "<img alt='a b'>", "<table>", "<table role=presentation>",
    "</table>", "<tr>", "<td>", "<th>", "<td colspan=2>", "<td rowspan=2 align=right>", "<ul>",
    "<ol start=9999>", "<li>", "</ul>", "</ol>", "<dd>", "<blockquote>", "</blockquote>", "<pre>",
    "</pre>", "\n", "&nbsp;", "\t", "\x00", "\u202e", "e\u0301", "word", "two words", " ",
    "12,50 €", "ご登録ありがとう", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f",
    "مرحبا", "a-word-that-is-longer-than-some-lines-are-wide", "https://x.example/y",
))
# fmt: on
documents = st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=60).map("".join)


def numbers(document: Document) -> dict[str, int]:
    return {anchor.target: number for number, anchor in enumerate(document.anchors, 1)}


def view(html: str, width: int = 40) -> list[Line]:
    document = read_html(html)
    return lines(document, numbers(document), width)


def shown(html: str, width: int = 40) -> str:
    return "\n".join(line.text for line in view(html, width))


def looks(html: str, width: int = 40) -> list[tuple[str, Look]]:
    return [(span.text, span.look) for line in view(html, width) for span in line.spans]


def drawn(picture: str) -> str:
    return dedent(picture).strip("\n")


def letters(text: str) -> Counter[str]:
    """What there is to read, whatever line it is on; marks need a letter in the same element."""
    seen = re.sub(r"[\s─┼│▎▣>]", "", text)
    return Counter(char for char in seen if category(char)[0] not in "MC")


def check(document: Document, width: int) -> None:
    laid_out = lines(document, numbers(document), width)
    assert all(cell_len(line.text) <= width for line in laid_out)
    assert not any(line.text.endswith(" ") for line in laid_out)
    assert display_text(text := "\n".join(line.text for line in laid_out)) == text
    said = text_of(document).rpartition("\n\n[1] http")[0] or text_of(document)
    assert not letters(display_text(said)) - letters(text)


@settings(deadline=None)
@given(documents, st.integers(20, 200))
def test_any_html_fits_and_nothing_is_lost(html: str, width: int) -> None:
    check(read_html(html), width)


@settings(deadline=None, max_examples=50)
@given(documents, st.integers(4, 20))
def test_even_the_narrowest_screen_is_written_on(html: str, width: int) -> None:
    document = read_html(html)
    assert all(cell_len(line.text) <= width for line in lines(document, {}, width))


@pytest.mark.parametrize("width", [40, 78, 118])
def test_the_samples_fit_and_nothing_is_lost(width: int) -> None:
    for sample in samples(now=datetime(2026, 11, 20, tzinfo=UTC)):
        if html := parse(sample.raw).html:
            document = read_html(html)
            check(document, width)
            text = [line.text for line in lines(document, numbers(document), width)]
            assert ("", "") not in pairwise(text)
            assert text[0]
            assert text[-1]


def test_a_mail_is_laid_out() -> None:
    html = """
        <h1>Welcome, Jeff</h1><p>This is a first paragraph that is <b>wrapped</b>.</p>
        <ul><li>a short item</li><li>another one, which is <i>longer</i> than the line
        <ol start=9><li>nine</li><li>ten is long enough to be wrapped</li></ol></ul>
        <blockquote><p>One line.</p><p>A line that is long enough to be wrapped.</p>
        <blockquote>Deeper.</blockquote></blockquote><hr>after<dl><dt>term<dd>meaning</dl>
    """
    assert shown(html, 30) == drawn("""
        Welcome, Jeff

        This is a first paragraph that
        is wrapped.

        • a short item
        • another one, which is longer
          than the line
          9. nine
          10. ten is long enough to be
              wrapped

        ▎ One line.
        ▎
        ▎ A line that is long enough
        ▎ to be wrapped.
        ▎
        ▎ ▎ Deeper.

        ──────────────────────────────

        after

        term
          meaning
    """)


def test_words_have_their_looks() -> None:
    html = "<h2>a <b>b</b></h2>c <b>d</b> <i>e</i> <code>f</code><blockquote>g</blockquote><hr>"
    found = {text.strip(): look for text, look in looks(html, 20)}
    assert [found[text] for text in "abcdefg"] == [
        *(Look.HEADING, Look.HEADING, Look.PLAIN, Look.STRONG, Look.EMPHASIS, Look.CODE, Look.PLAIN)
    ]
    assert found["▎"] is Look.QUOTE
    assert found["─" * 20] is Look.RULE


def test_links_are_numbered_where_they_have_a_number() -> None:
    document = read_html("<a href=http://x>one</a>, <a href=http://y>two</a> http://z")
    [line] = lines(document, {"http://x": 4, "http://z": 12}, 40)
    assert line.text == "one [4], two http://z [12]"
    assert [span.text for span in line.spans if span.look is Look.LINK] == [
        *("one", " [4]", "two", "http://z", " [12]")
    ]


def test_buttons_stand_on_lines_of_their_own() -> None:
    html = "<p>Now <a class=btn href=http://x>Confirm <b>it</b></a> or not</p>"
    assert shown(html) == "Now\n[ Confirm it ] [1]\nor not"
    assert ("[ Confirm it ]", Look.BUTTON) in looks(html)


def test_buttons_beside_each_other_stay_so_where_they_fit() -> None:
    html = "<table><tr><td><a class=btn href=http://x>Yes</a><td><a class=btn href=http://y>No</a>"
    assert shown(html) == "[ Yes ] [1]  [ No ] [2]"
    assert shown(html, 20) == "[ Yes ] [1]\n[ No ] [2]"


def test_images_are_their_alternative_texts() -> None:
    html = "<p><img alt='The logo'> <a href=http://x><img alt=Home></a> <a href=http://y><img></a>"
    assert shown(html) == "▣ The logo ▣ Home [1] [2]"
    assert looks(html)[0] == ("▣ The logo", Look.QUIET)


def test_the_preheader_stands_apart_on_top() -> None:
    html = "<div style='display:none'>Your code is inside this mail</div><p>Hello"
    assert shown(html, 30) == drawn("""
        preheader  Your code is inside
                   this mail
        ──────────────────────────────

        Hello
    """)
    assert {look for _, look in looks(html)[:2]} == {Look.QUIET}


def test_paragraphs_without_words_leave_one_line_empty() -> None:
    html = (
        "<p>a</p><p>&nbsp;</p><p> &nbsp;<br>&nbsp; </p><p>&zwnj; &nbsp;</p>b<br>&nbsp;<br>c&nbsp;d"
    )
    assert shown(html) == "a\n\nb\n\nc d"
    table = "<table><tr><td>a<td>&nbsp;<td>b<tr><td>c<td>&nbsp;<td>d</table>"
    assert shown(table) == "a  b\nc  d"


def test_code_keeps_its_lines_and_is_broken_where_they_are_full() -> None:
    html = "<pre>def f(x):\n    return x + 1\n\n\nf(2)</pre>"
    assert shown(html, 14) == "def f(x):\n    return x +\n 1\n\n\nf(2)"


@pytest.mark.thorough
def test_what_was_cut_is_told_at_the_end() -> None:
    last = view("<div>" * 6_000 + "x", 80)[-1]
    assert (last.text, last.spans[0].look) == (CUT, Look.ALERT)
    assert CUT not in shown("<div>x", 80)


ORDER = (
    "<table><tr><th>Item<th>Qty<th>Price</tr><tr><td>Enamel mug 350 ml<td>1<td>$12.00</tr>"
    "<tr><td>Wool blanket<td>2<td>$190.50</tr><tr><td colspan=2>Total<td>$202.50</tr></table>"
)


def test_tables_of_data_are_grids() -> None:
    assert shown(f"Your order:{ORDER}Thank you") == drawn("""
        Your order:

        Item              │ Qty │   Price
        ──────────────────┼─────┼────────
        Enamel mug 350 ml │   1 │  $12.00
        Wool blanket      │   2 │ $190.50
        Total                   │ $202.50

        Thank you
    """)
    assert looks(ORDER)[0] == ("Item", Look.STRONG)


def test_cells_are_wrapped_where_columns_share_the_room() -> None:
    assert shown(ORDER, 26) == drawn("""
        Item       │ Qty │   Price
        ───────────┼─────┼────────
        Enamel mug │   1 │  $12.00
        350 ml     │     │
        ───────────┼─────┼────────
        Wool       │   2 │ $190.50
        blanket    │     │
        ───────────┼─────┼────────
        Total            │ $202.50
    """)


def test_rows_become_blocks_where_columns_do_not_fit() -> None:
    assert shown(ORDER, 20) == drawn("""
        Item: Enamel mug 350
          ml
        Qty: 1
        Price: $12.00

        Item: Wool blanket
        Qty: 2
        Price: $190.50

        Item: Total
        Qty:
        Price: $202.50
    """)


def test_names_and_values_are_columns_without_lines() -> None:
    html = "<table><tr><td>Device<td>Firefox on Ubuntu<tr><td>Place<td>Lisbon, as far as we know"
    assert shown(f"{html}</table>", 28) == drawn("""
        Device  Firefox on Ubuntu
        Place   Lisbon, as far as we
                know
    """)


def test_cells_over_rows_and_empty_columns_keep_the_others_in_place() -> None:
    html = (
        "<table><tr><th>Day<th><th>Time<th>Room<tr><td rowspan=2>Mon<td><td>9:00<td>Oak"
        "<tr><td><td>10:00<td>Elm"
    )
    assert shown(html) == drawn("""
        Day │  Time │ Room
        ────┼───────┼─────
        Mon │  9:00 │ Oak
            │ 10:00 │ Elm
    """)


def test_wide_characters_are_aligned() -> None:
    html = (
        "<table><tr><th>品名<th>金額<tr><td>琺瑯のマグ<td>1,200円<tr><td>毛布<td>12,000円</table>"
    )
    assert shown(html) == drawn("""
        品名       │     金額
        ───────────┼─────────
        琺瑯のマグ │  1,200円
        毛布       │ 12,000円
    """)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<tr><td><h2>a</h2><td>b<tr><td>c<td>d", id="headings"),
        pytest.param("<tr><td><ul><li>a</ul><td>b<tr><td>c<td>d", id="lists"),
        pytest.param("<tr><td><table><tr><td>a</table><td>b<tr><td>c<td>d", id="tables"),
        pytest.param("<tr><td><a class=btn href=http://x>a</a><td>b<tr><td>c<td>d", id="buttons"),
        pytest.param("<tr><td>a<td>b", id="one row"),
        pytest.param("<tr><td>a<tr><td>b<tr><td>c<tr><td>d", id="one column"),
        pytest.param("<tr><td>a<tr><td>b<tr><td>c<td>d<tr><td>e<td>f<tr><td>g", id="few full rows"),
    ],
)
def test_tables_for_looks_are_blocks(html: str) -> None:
    header = "<tr><th>x<th>y"
    assert "│" in shown(f"<table>{header}<tr><td>a<td>b</table>")
    assert "│" not in shown(f"<table>{html.replace('<td>a', '<th>a', 1)}</table>")


def test_a_table_that_says_it_is_for_looks_is_believed_unless_it_has_numbers_or_headers() -> None:
    table = "<table role=presentation>{}<tr><td>long name<td>{}<tr><td>x<td>{}</table>"
    assert shown(table.format("", "Home", "Shop")) == "long name  Home\nx  Shop"
    assert shown(table.format("", "$9.00", "$12.00")) == "long name   $9.00\nx          $12.00"
    assert "│" in shown(table.format("<tr><th>a<th>b", "Home", "Shop"))


def test_blocks_in_lists_keep_their_bullets() -> None:
    assert shown(f"<ul><li>{ORDER}</ul>").startswith("•\n  Item")
    assert shown("<ol><li><blockquote>a</blockquote><li><ul><li>b</ul></ol>") == "1. ▎ a\n\n2. • b"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("x<br>" * 15_000, id="lines"),
        pytest.param("<pre>" + "x\n" * 250_000, id="lines of code"),
        pytest.param("<hr>" * 15_000, id="rules"),
        pytest.param("<table>" + "<tr><td>x<td>y" * 5_000, id="rows"),
        pytest.param(
            "<table><tr>" + "<th>a long header" * 50 + "<tr><td>x<td>y" * 5_000, id="wide"
        ),
        pytest.param("<table>" + "<tr><td rowspan=900>x<td>y" * 5_000, id="cells over rows"),
        pytest.param("<table><tr><td>x" * 5_000, id="tables in tables"),
        pytest.param("<ul><li>" * 4_000 + "x " * 125_000, id="deep lists"),
        pytest.param("\u202e" * 250_000, id="direction marks"),
        pytest.param("<a href=http://x>y</a>" * 8_000, id="links"),
    ],
)
@pytest.mark.thorough
def test_hostile_html_takes_no_time_and_no_room(html: str) -> None:
    document = read_html(html)
    begin = time.process_time()
    for width in (20, 80):
        assert len(lines(document, numbers(document), width)) <= MAX_LINES + 10
    assert time.process_time() - begin < 8
