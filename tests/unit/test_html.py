"""HTML-only mail, read as text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.html import MAX_CHARACTERS, to_text
from sacterm.reading.html_reader import MAX_DEPTH, MAX_TAGS

BLANK = "\u115f\u1160\u3164\uffa0"  # letters that are not seen
CUT = "[the rest of this HTML is too long or too deep to be shown]"

# fmt: off
pieces = st.sampled_from((
    "<p>", "</p>", "<div hidden>", "</div>", "<a href=http://x>", "</a>", "<table>", "<tr>", "<td>",
    "</table>", "<ul>", "<ol start=>", "<li value=9>", "</ul>", "<dd>", "<blockquote>", "<pre>",
    "</blockquote>", "</pre>", "\n", "<br>", "<hr>", "<img alt='", "<!--", "-->", "<!", "<script>",
    "</script", "<textarea>", "<svg/>", "<", "</", ">", "=", '"', "'", "style=", "font-size:0", ";",
    "display:none", "&#", "&#x", "9999999999", "&amp", "&nbsp;", "text", " ", "\u200c", "\x00",
))
# fmt: on


@settings(deadline=None)
@given(st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=40).map("".join))
def test_anything_can_be_read(html: str) -> None:
    to_text(html)


@settings(deadline=None)
@given(st.text(st.characters(categories=("L", "N"), exclude_characters=BLANK), min_size=1))
def test_words_in_any_place_are_read(word: str) -> None:
    for html in (
        word,
        f"<p>{word}",
        f"<b><p><i>{word}</b>",
        f"<table><tr><td><div>{word}</div></table>",
        f"<ul><li><ul><li>{word}</ul></ul>",
        f"<pre>{word}</pre>",
        f"<!-- x -->{word}<!-- y",
        f"</div></p>{word}",
    ):
        assert word in to_text(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one\n  two<b> three </b>four", "one two three four"),
        ("<b>one</b> <i>two</i>", "one two"),
        ("w<b>or</b>d", "word"),
        ("<p>one</p> <p>two</p>", "one\n\ntwo"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("<div>one</div><div>two</div>three", "one\ntwo\nthree"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("one<br>two<br/><br>three<br><br><br>four", "one\ntwo\n\nthree\n\nfour"),
        ("one<hr>two", f"one\n\n{'─' * 40}\n\ntwo"),
        ("a <pre>\n  b\n\n\n  c </pre> d", "a\n\n  b\n\n\n  c \n\nd"),
        ("<pre>a\r\n<b>  b</b></pre>", "a\n  b"),
        ("caf&eacute; &#233; &#xe9; &lt;b&gt; &unknown; AT&T", "café é é <b> &unknown; AT&T"),
        ("a < b, b > a, 1<2, <3", "a < b, b > a, 1<2, <3"),
        ("a<!-- <p>b</p> -->c<!doctype x>d<?xml e?>f<![if x]>g</>h", "acdfgh"),
        ("a<!-->b<!--->c<!-- d --!>e<!-- f -->g", "abceg"),
        ("<title>x</title>a<style>b</style><script>'<p>c'</script>d", "ad"),
        ("a<svg><text>b</text></svg><template>c</template><svg/>d", "ad"),
        ('<p title="a > b">c', "c"),
        ("<P CLASS=x>a</P >b", "a\n\nb"),
        ("", ""),
    ],
)
def test_text_is_laid_out_in_lines(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>one<li>two</ul>three", "• one\n• two\n\nthree"),
        ("<ul><li>one<ul><li>deep</ul><li>two</ul>", "• one\n  • deep\n• two"),
        ("<ol><li>a<li>b<br>c</ol>", "1. a\n2. b\n  c"),
        ("<ol start=9><li>a<li value=20>b<li>c</ol>", "9. a\n20. b\n21. c"),
        ("<ol start=99999999999><li>a</ol>", "1. a"),
        ("<ul><li><p>a</p></li><li></li></ul>b", "• a\n\nb"),
        ("<ul><li>a<li><p>b</p></ul>", "• a\n• b"),
        ("<li>a", "a"),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n\n> > c\n\nd"),
        ("<dl><dt>term<dd>meaning<dt>other</dl>", "term\n  meaning\nother"),
    ],
)
def test_lists_and_quotations_are_marked(html: str, text: str) -> None:
    assert to_text(html) == text


def test_rows_are_lines_of_cells() -> None:
    rows = "<tr><th>Item</th> <th>Price</th></tr> <tr><td>Tea</td><td> 3 €</td></tr>"
    assert to_text(f"a<table><tbody>{rows}</table>b") == "a\n\nItem  Price\nTea  3 €\n\nb"


def test_layout_tables_are_blocks() -> None:
    left = "<td><h2>News</h2><p>Left.</p></td>"
    right = "<td><table><tr><td>Right.</td></tr></table></td>"
    assert to_text(f"<table><tr>{left}{right}</tr></table>") == "News\n\nLeft.\n\nRight."


def test_links_are_numbered_and_listed_once() -> None:
    html = (
        "<a href='https://a.example/?x=1&amp;y=2'>one</a>, <a href=https://b.example/>two</a>,"
        ' <a href="https://a.example/?x=1&y=2">again</a>. <a href="mailto:x@y.example">mail</a>'
    )
    assert to_text(html) == (
        "one [1], two [2], again [1]. mail [3]\n\n"
        "[1] https://a.example/?x=1&y=2\n[2] https://b.example/\n[3] mailto:x@y.example"
    )


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "#top", "data:text/html,x", "file:///etc/passwd", "", "/x"]
)
def test_only_links_that_lead_out_are_listed(target: str) -> None:
    assert to_text(f'<a href="{target}">text</a>') == "text"


def test_a_link_is_numbered_where_its_words_end() -> None:
    button = "<a href=http://x><table><tr><td>Confirm</td></tr></table></a>later"
    assert to_text(button) == "Confirm [1]\n\nlater\n\n[1] http://x"
    picture = "before<p><a href=http://x><img src=y></a></p>"
    assert to_text(picture) == "before\n\n[1]\n\n[1] http://x"


def test_a_link_ends_where_the_next_begins() -> None:
    html = "<A HREF=http://x HREF=http://y>one<a href=http://z>two</a>"
    assert to_text(html) == "one [1]two [2]\n\n[1] http://x\n[2] http://z"


def test_line_breaks_in_a_target_are_ignored() -> None:
    assert to_text('<a href=" http://x/\n\ty z ">a</a>') == "a [1]\n\n[1] http://x/y z"


def test_images_are_their_alternative_text() -> None:
    assert to_text('a<img src=x alt="the  logo">b<img src=y>c<img alt="">d') == "a the logo b c d"


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        'style="display:none"',
        "style='color: red; DISPLAY : none !important'",
        "style=visibility:hidden",
        'style="font-size:0;line-height:0"',
        'style="font-size: 0.0px"',
        'style="max-height:0px;overflow:hidden"',
        'style="opacity:0"',
        'style="mso-hide:all"',
        'class="x" style="&#100;isplay:none"',
    ],
)
def test_what_the_page_hides_is_left_out(attributes: str) -> None:
    html = f"<div {attributes}>secret <b>very</b> <a href=http://x>link</a></div><p>seen"
    assert to_text(html) == "seen"


@pytest.mark.parametrize(
    "attributes",
    [
        'style="opacity:0.5"',
        'style="max-height:05px"',
        'style="font-size:0.9em"',
        'style="background-display:none"',
        'title="display:none"',
        'data-style="display:none"',
        "class=hidden",
    ],
)
def test_what_is_not_hidden_is_read(attributes: str) -> None:
    assert to_text(f"<div {attributes}>seen</div>") == "seen"


def test_a_font_without_size_hides_only_what_has_no_size_of_its_own() -> None:
    html = (
        '<td style="font-size:0">gap<img alt="logo"><div style="font-size:13px">seen</div>gap</td>'
    )
    assert to_text(html) == "logo\nseen"


def test_an_unclosed_hidden_paragraph_ends_where_the_next_begins() -> None:
    assert to_text('<p style="display:none">secret<p>seen') == "seen"


def test_padding_of_invisible_characters_is_left_out() -> None:
    padding = "&zwnj;&nbsp;" * 40 + "&#847; &shy; &#8203;" * 10
    assert to_text(f"<p>Your code {padding}is here</p>") == "Your code is here"
    assert to_text("می\u200cخواهم") == "می\u200cخواهم"


def test_conditional_comments_are_read_as_other_readers_do() -> None:
    html = "<!--[if mso]>outlook<![endif]--><!--[if !mso]><!-->others<!--<![endif]-->"
    assert to_text(html) == "others"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 20_000 + "x", id="deep"),
        pytest.param("<p>x</p>" * MAX_TAGS, id="many tags"),
        pytest.param("x" * (MAX_CHARACTERS + 1), id="long"),
    ],
)
def test_what_is_too_much_is_cut_and_told(html: str) -> None:
    assert to_text(html).endswith(CUT)


def test_what_is_just_enough_is_not_cut() -> None:
    assert to_text("<div>" * (MAX_DEPTH - 1) + "x") == "x"
    assert to_text("x" * MAX_CHARACTERS) == "x" * MAX_CHARACTERS


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param("<div>", id="nesting"),
        pytest.param("<ul><li>", id="lists"),
        pytest.param("<blockquote>x<br>", id="quotations"),
        pytest.param("<a href=http://x>", id="links"),
        pytest.param("<p><font a=1></p>", id="formatting left open"),
        pytest.param("<p style=a>x", id="styles"),
        pytest.param("<i></b>", id="ends of nothing"),
        pytest.param("<a b='", id="quotes"),
        pytest.param("<a ", id="tags without an end"),
        pytest.param("<!-- ", id="comments without an end"),
        pytest.param("<script>", id="scripts without an end"),
        pytest.param("a=1 ", id="attributes"),
        pytest.param("&aaaaaaaaaaaaaaaa", id="unknown entities"),
        pytest.param("&CounterClockwiseContourIntegral;", id="long entities"),
        pytest.param("9", id="digits of one number"),
        pytest.param("<", id="signs"),
        pytest.param("\u200c\xa0", id="padding"),
    ],
)
def test_hostile_html_takes_no_time(piece: str) -> None:
    begin = time.process_time()
    for start in ("", "<pre>", "&#", "<p style='"):
        to_text(start + piece * (1_000_000 // len(piece)))
    assert time.process_time() - begin < 5
