"""HTML mail, read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.html import MAX_CHARACTERS, Anchor, read_html, to_text
from sacterm.reading.html_blocks import Cell, Group, Paragraph, Piece, Rule, Table
from sacterm.reading.html_reader import MAX_DEPTH, MAX_TAGS
from sacterm.reading.styled import Look

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
        ("<ul><li>one</li><ul><li>two</ul></ul>", "• one\n  • two"),
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


def test_white_space_is_kept_where_the_style_says_so() -> None:
    html = "<div style='white-space:pre-wrap'>a\n  b<p style='white-space:normal'>c\n  d</div>"
    assert to_text(html) == "a\n  b\n\nc d"
    assert to_text("<pre>if x:\n    <b>y</b>\n  \n<i>z</i></pre>") == "if x:\n    y\n\nz"


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


def anchor(html: str) -> Anchor:
    [found] = read_html(html).anchors
    return found


def test_anchors_are_told_in_order_one_for_each_target() -> None:
    html = (
        "<a href=http://a><img></a><a href=http://b>two <b>words</b></a><a href=http://a>one</a>"
        "<a href=http://c><table><tr><td>in<td>cells</table></a><a href=#x>not</a>"
        "<p hidden><a href=http://d>hidden</a>"
    )
    assert read_html(html).anchors == (
        Anchor("one", "http://a", button=False),
        Anchor("two words", "http://b", button=False),
        Anchor("in cells", "http://c", button=False),
    )


def test_of_texts_for_one_target_the_button_and_what_misleads_are_best() -> None:
    link, button = "<a href=http://x.example/>{}</a>", "<a class=btn href=http://x.example/>Go</a>"
    more = link.format("more")
    assert anchor(more + button) == Anchor("Go", "http://x.example/", button=True)
    assert anchor(button + more) == Anchor("Go", "http://x.example/", button=True)
    for misleading in ("https://bank.example/", "bank.example"):
        assert anchor(button + link.format(misleading)).text == misleading
        assert anchor(link.format(misleading) + button).text == misleading
    assert anchor(button + link.format("http://X.example/…")).text == "Go"


@pytest.mark.parametrize(
    "html",
    [
        "<a href=http://x style='background:#06c;color:#fff'>Go</a>",
        "<a href=http://x style='background-color: rgb(0,0,0)'>Go</a>",
        "<a href=http://x style='border: 1px solid #06c'>Go</a>",
        "<a href=http://x style='display:inline-block;padding:12px 20px'>Go</a>",
        "<a href=http://x style='padding:15px'>Go</a>",
        "<a href=http://x class='x btn-primary'>Go</a>",
        "<a href=http://x role=button>Go</a>",
        "<a href=http://x><button>Go</button></a>",
        "<a href=http://x><span style='background:red'>Go</span></a>",
        "<table><tr><td bgcolor=#06c><a href=http://x>Go</a></table>",
        "<table><tr><td style='background:#06c'> <a href=http://x><b>G</b>o</a> </td></table>",
        "<table class=btn><tr><td><p><a href=http://x>Go</a></table>",
        "before <a href=http://x class=btn>Go</a> after",
    ],
)
def test_what_looks_like_a_button_is_one(html: str) -> None:
    document = read_html(html)
    assert document.anchors == (Anchor("Go", "http://x", button=True),)
    assert "Piece(text='Go', look=<Look.BUTTON: 'button'>" in repr(document.blocks)


@pytest.mark.parametrize(
    "html",
    [
        "<a href=http://x>Go</a>",
        "<a href=http://x style='background:none;border:0;padding:0;color:red'>Go</a>",
        "<a href=http://x style='background:#FFF !important;padding:2px 4px'>Go</a>",
        "<body style='background:#eee'><a href=http://x>Go</a>",
        "<table><tr><td bgcolor=#eee><a href=http://x>Go</a> or stay</table>",
        "<table><tr><td bgcolor=#eee><p>Or</p><a href=http://x>Go</a></table>",
        "<table><tr><td bgcolor=#eee><a href=http://x><img alt=Go></a></table>",
        f"<a href=http://x class=btn>{'Go ' * 40}</a>",
        "<a href=http://x class=btn>http://x</a>",
        "<a href=http://x class=btn><h2>Title</h2><p>A card.</p></a>",
    ],
)
def test_what_does_not_look_like_a_button_is_none(html: str) -> None:
    assert not anchor(html).button


def test_the_preheader_is_told_apart() -> None:
    padding = "&#847;&zwnj;&nbsp;&#8199;&shy;" * 60
    html = (
        "<title>Title</title><style>p { color: red }</style><div hidden> </div>"
        f"<div style='display:none'>\n Your <b>code</b>\n is 1{padding}</div>"
        "<div style='display:none'>for phones</div><p>Seen</p><p hidden>later</p>"
    )
    assert read_html(html).preheader == "Your code is 1"
    assert to_text(html) == "Seen"


@pytest.mark.parametrize(
    "html",
    ["<p>a<p hidden>b", "<svg hidden><text>x</text></svg>a", "<template hidden>x</template>"],
)
def test_what_is_hidden_elsewhere_is_no_preheader(html: str) -> None:
    assert read_html(html).preheader == ""


def test_blocks_say_what_they_are() -> None:
    html = (
        "<h2>A <i>b</i></h2>c <b>d</b> <code>e</code><hr><pre>f\n g</pre><blockquote>h</blockquote>"
        "<ol start=3><li>i</ol><p><img alt=j> <a href=http://x>k</a>"
    )
    assert read_html(html).blocks == [
        Paragraph([Piece("A"), Piece(" "), Piece("b", Look.EMPHASIS)], level=2, breaks=2),
        Paragraph(
            [Piece("c"), Piece(" "), Piece("d", Look.STRONG), Piece(" "), Piece("e", Look.CODE)],
            breaks=2,
        ),
        Rule(),
        Paragraph([Piece("f\n g")], kept=True, breaks=2),
        Group([Paragraph([Piece("h")], breaks=2)], "> "),
        Group([Paragraph([Piece("i")], breaks=2)], "3. "),
        Paragraph(
            [
                Piece("j", Look.QUIET, image=True),
                Piece(" "),
                Piece("k", Look.LINK, ends="http://x"),
            ],
            breaks=2,
        ),
    ]


def test_tables_have_rows_of_cells() -> None:
    html = (
        "<table role=presentation><tr><td colspan=2 rowspan=3 align=right>a<th>b<tr>"
        "<td style='text-align:right'><table><thead><tr><td>c</table></table>"
    )
    a, b, c = (
        Paragraph([Piece("a")], breaks=2),
        Paragraph([Piece("b", Look.STRONG)]),
        Paragraph([Piece("c")], breaks=2),
    )
    inner = Table([[Cell([c], header=True)]])
    first = [Cell([a], columns=2, rows=3, right=True), Cell([b], header=True)]
    assert read_html(html).blocks == [Table([first, [Cell([inner], right=True)]], layout=True)]


def test_large_and_heavy_text_is_strong_until_it_is_light() -> None:
    html = "<p style='font-size:24px'>a<b style='font-weight:normal'>b</b><i>c</i>"
    [paragraph] = read_html(html).blocks
    assert isinstance(paragraph, Paragraph)
    assert [piece.look for piece in paragraph.pieces] == [Look.STRONG, Look.PLAIN, Look.EMPHASIS]


@pytest.mark.parametrize("attributes", ["width=1 height=1", "height=0", "width=1px"])
def test_tracking_pixels_are_not_seen(attributes: str) -> None:
    assert to_text(f"a<img {attributes} alt=pixel>b") == "a b"


def test_only_what_is_whole_is_called_complete() -> None:
    assert read_html("<p>x").complete
    assert not read_html("<p>x" * (MAX_TAGS + 1)).complete
    assert not read_html("x" * (MAX_CHARACTERS + 1)).complete


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


LONG = 300_000


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param(f'<img src="data:,{"A" * LONG}">after', "after", id="tag"),
        pytest.param(f"<!-- {'a>' * LONG} -->after", "after", id="comment"),
        pytest.param(f"<!doctype {'a' * LONG}>after", "after", id="declaration"),
        pytest.param(f'a<img src="{"A" * LONG}', "a", id="tag without an end"),
        pytest.param(f"a<!-- {'b>' * LONG}", "a", id="comment without an end"),
        pytest.param(f"<p>{'<' * LONG}<b>z</b>", "<" * LONG + "z", id="signs"),
        *(
            pytest.param(
                f"<p>{'x' * (200_000 - cut)}<b a='>'>z</b>",
                "x" * (200_000 - cut) + "z",
                id=f"{cut}",
            )
            for cut in range(3, 14)
        ),
    ],
)
def test_what_is_long_is_read_to_its_end(html: str, text: str) -> None:
    assert to_text(html) == text


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
        pytest.param("<table><tr><td>", id="tables"),
        pytest.param("<td bgcolor=red><a href=http://x>y</a></td>", id="buttons"),
        pytest.param("<div class=btn>", id="what looks like buttons"),
        pytest.param("<b>" + " " * 40, id="spaces"),
        pytest.param("<p hidden>x<b>", id="hidden text"),
        pytest.param("&CounterClockwiseContourIntegral;", id="long entities"),
        pytest.param("9", id="digits of one number"),
        pytest.param("<", id="signs"),
        pytest.param("\u200c\xa0", id="padding"),
    ],
)
@pytest.mark.thorough
def test_hostile_html_takes_no_time(piece: str) -> None:
    begin = time.process_time()
    for start in ("", "<pre>", "&#", "<p style='"):
        to_text(start + piece * (250_000 // len(piece)))
    assert time.process_time() - begin < 5
