"""The links of a message on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.cells import cell_len
from sacterm.reading.html import Anchor, read_html, to_text
from sacterm.reading.links import find_links
from sacterm.reading.links_view import lines
from sacterm.reading.styled import Look
from sacterm.reading.text import display_line
from tests.unit.codecorpus import ALL

ANCHORS = [
    Anchor("Confirm the change", "https://app.globex.example/confirm/YfzjHT9UiBHNR86m", True),
    Anchor("https://shop.example/pay", "https://shop.example@аpple.com/pay", False),
    Anchor("", "https://www.globex.example/about", False),
    Anchor("Unsubscribe", "mailto:leave@globex.example", False),
]


def test_each_link_shows_its_words_its_kind_its_target_and_what_is_wrong() -> None:
    shown = lines(find_links("", ANCHORS), 60)
    assert [line.text for line in shown] == [
        "[1] Confirm the change                                action",
        "    https://app.globex.example/confirm/YfzjHT9UiBHNR86m",
        "",
        "[2] https://shop.example/pay",
        "    https://shop.example@аpple.com (xn--pple-43d.com)/pay",
        "    ! the text names shop.example, the link leads to",
        "      аpple.com (xn--pple-43d.com)",
        "    ! the host mixes scripts: аpple.com (xn--pple-43d.com)",
        "    ! a user name stands before the host",
        "",
        "[3] globex.example/about",
        "    https://www.globex.example/about",
        "",
        "[4] Unsubscribe                                  unsubscribe",
        "    mailto:leave@globex.example",
        "",
    ]
    assert [line.item for line in shown] == [0, 0, -1, *[1] * 6, -1, 2, 2, -1, 3, 3, -1]


def test_looks_say_what_matters() -> None:
    shown = lines(find_links("", ANCHORS), 60)
    assert [span.look for span in shown[0].spans] == [Look.QUIET, Look.STRONG, Look.QUIET]
    assert shown[1].spans[-1].look is Look.LINK
    assert {span.look for span in shown[5].spans if span.text.strip()} == {Look.ALERT}


def test_a_long_target_is_shown_whole_with_its_lines_below_each_other() -> None:
    target = "https://a.example/" + "0123456789" * 20
    shown = [line.text for line in lines(find_links("", [Anchor("x", target, False)]), 40)][1:-1]
    assert all(line.startswith("    h") or line.startswith("    ") for line in shown)
    assert "".join(line[4:] for line in shown) == target


def test_long_words_are_cut_before_the_kind() -> None:
    anchor = Anchor("山田太郎" * 20, "mailto:a@b.example", False)
    first = lines(find_links("", [anchor]), 40)[0]
    assert first.text.endswith("… mail")
    assert cell_len(first.text) == 40


def test_no_links_are_no_lines() -> None:
    assert lines((), 78) == []


def test_a_flood_of_lines_is_cut_and_says_so() -> None:
    anchors = [Anchor("x", f"https://a.example/{n}/{'y' * 8_000}", False) for n in range(900)]
    shown = lines(find_links("", anchors), 24)
    assert len(shown) < 9_000
    assert shown[-1].text.endswith("more links are not shown")


@pytest.mark.parametrize("width", [24, 40, 78])
def test_no_line_of_the_set_is_too_wide(width: int) -> None:
    for mail in ALL:
        anchors = read_html(mail.body).anchors if mail.is_html else ()
        text = to_text(mail.body) if mail.is_html else mail.body
        for line in lines(find_links(text, anchors), width):
            assert cell_len(line.text) <= width


@settings(deadline=None, max_examples=75)
@given(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.text(st.characters(exclude_categories=()), max_size=120),
    st.integers(24, 90),
)
def test_whatever_is_sent_fits_and_is_clean(text: str, rest: str, width: int) -> None:
    for line in lines(find_links("", [Anchor(text, f"https://{rest}", False)]), width):
        assert cell_len(line.text) <= width
        for span in line.spans:
            assert display_line(span.text) == span.text
