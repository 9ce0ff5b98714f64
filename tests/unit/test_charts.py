from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.tui.charts import SIGNS, Signs, bar, gauge, percent, sparkline

U, A = SIGNS["unicode"], SIGNS["ascii"]


@pytest.mark.parametrize(
    ("part", "shown"),
    [(-3, ".........."), (0, ".........."), (1, "#........."), (500, "#####....."),
     (999, "#########."), (1000, "##########"), (2**63, "##########")],
)  # fmt: skip
def test_a_gauge_is_empty_and_full_only_where_that_is_so(part: int, shown: str) -> None:
    assert "".join(gauge(part, 1000, 10, A)) == shown


@pytest.mark.parametrize(
    ("part", "shown"),
    [(-3, "0 %"), (0, "0 %"), (1, "1 %"), (395, "40 %"), (999, "99 %"), (1000, "100 %"),
     (2000, "200 %"), (2**63, "999 %")],
)  # fmt: skip
def test_percents_say_what_the_gauge_shows(part: int, shown: str) -> None:
    assert percent(part, 1000) == shown


def test_bars_are_as_long_as_their_share_of_the_most() -> None:
    assert [len(bar(value, 40, 20, U)) for value in (40, 20, 1, 0)] == [20, 10, 1, 0]
    assert bar(40, 40, 3, U) == "━━━"
    assert bar(5, 5, 0, U) == ""


def test_a_sparkline_begins_at_zero_and_shows_the_least_there_is() -> None:
    assert sparkline([0, 1, 4, 8], 8, U) == "  ▁▁▄▄██"
    assert sparkline([0, 1, 800], 3, U) == " ▁█"
    assert sparkline([0, 0], 4, U) == "    "
    assert sparkline([5, 5], 2, U) == "██", "all alike is not nothing"
    assert sparkline([0, 1, 8], 3, A) == " _@"


def test_the_ascii_signs_are_ascii_and_differ_by_shape() -> None:
    for signs in SIGNS.values():
        assert len(set(signs.steps)) == len(signs.steps) == 9
        assert signs.full != signs.rest
    assert "".join(A).isascii()


@given(
    st.lists(st.integers(0, 2**63), min_size=1, max_size=24),
    st.integers(24, 200),
    st.sampled_from([U, A]),
)
def test_a_sparkline_fills_its_room(values: list[int], width: int, signs: Signs) -> None:
    assert len(sparkline(values, width, signs)) == width
