from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from sacterm.reading.cells import fit, wrap
from sacterm.reading.text import display_line, display_text
from sacterm.tui.painting import ControlFilter


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


@given(st.text(), st.integers(2, 40))
def test_wrapped_lines_are_never_too_wide_and_lose_nothing(text: str, width: int) -> None:
    clean = display_text(text)
    lines = wrap(clean, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean.split())


def test_words_are_kept_whole_where_they_can_be() -> None:
    assert wrap("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert wrap("a\n\nb", 10) == ["a", "", "b"]
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_the_last_net_takes_control_characters_out() -> None:
    painted = ControlFilter().apply(
        [Segment("a\x1b]52;c;x\x07b"), Segment("fine"), Segment("\x9b2J")], Color(0, 0, 0)
    )
    assert [segment.text for segment in painted] == ["a�]52;c;x�b", "fine", "�2J"]
