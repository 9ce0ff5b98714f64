"""The last net under all that is painted."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from sacterm.reading.text import display_line
from sacterm.tui.painting import ControlFilter
from tests.e2e.strict import graphemes
from tests.unit.hostilestrings import HOSTILE, is_unfit, marked

BLACK = Color(0, 0, 0)


def painted(*texts: str) -> Strip:
    return Strip(Segment(text, Style()) for text in texts).apply_filter(ControlFilter(), BLACK)


def width(text: str) -> int:
    return sum(cells for _, cells in graphemes(text))


def test_the_last_net_takes_control_characters_out_and_counts_no_cell_for_them() -> None:
    strip = painted("a\x1b]52;c;x\x07b", "fine", "\x9b2J\u202e!", "\ud800")
    assert strip.text == "a]52;c;xbfine2J!?"
    assert strip.cell_length == len(strip.text)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_string_passes_uncleaned(name: str) -> None:
    kept = [char for char in painted(HOSTILE[name]).text if is_unfit(char)]
    assert [char for char in kept if char < "\ue000" and char != "\xad"] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_cut_at_the_edge_of_something_above_it_leaves_all_in_its_place(name: str) -> None:
    strip = painted(f"│{display_line(marked(name), 80)}", "│ 5 kB")
    whole = strip.cell_length
    assert whole == width(strip.text)
    for cut in range(1, whole):
        left, right = strip.divide([cut, whole])
        assert (width(left.text), width(right.text)) == (cut, whole - cut)
        assert width(strip.crop(0, cut).text) == cut
        assert width(strip.crop(cut).text) == whole - cut


@pytest.mark.parametrize(
    "texts",
    [
        ("https://x.example/\U0001f468", " [1]", "\u200d\U0001f468\u200d\U0001f469!"),
        ("\U0001f468\u200d", "\U0001f468"),
        ("\u2764", "\ufe0f", "\ufe0f\u200d\U0001f525"),
        ("a", "\u200d\u200d\U0001f468", "\u200d"),
    ],
)
def test_what_two_styles_tear_apart_takes_the_room_that_was_counted(texts: tuple[str, ...]) -> None:
    strip = painted(*texts, "│")
    assert width(strip.text) == strip.cell_length
