from __future__ import annotations

from sacterm.reading.matches import MAX_MATCHES, find_words
from sacterm.reading.styled import Line, Look, Span
from sacterm.reading.text import display_line


def lines(*texts: str) -> list[Line]:
    return [Line((Span(display_line(text)),)) for text in texts]


def places(texts: list[str], words: str) -> list[tuple[int, int, int]]:
    """Line, begin and end of each piece of a match, in order."""
    laid = lines(*texts)
    matches = find_words(laid, words)
    return [
        (index, begin, end)
        for index, line in enumerate(laid)
        for begin, end, _ in matches.on(index, len(line.text))
    ]


def test_words_are_found_whatever_their_case() -> None:
    assert places(["Alpha beta", "ALPHA"], "alpha") == [(0, 0, 5), (1, 0, 5)]


def test_what_was_wrapped_at_a_space_is_found() -> None:
    assert places(["to finish signing", "up, or"], "signing up") == [(0, 10, 17), (1, 0, 2)]


def test_one_line_may_hold_many_matches_and_one_match_many_lines() -> None:
    assert places(["aXaXa"], "a") == [(0, 0, 1), (0, 2, 3), (0, 4, 5)]
    assert places(["x a", "b", "c x"], "a b c") == [(0, 2, 3), (1, 0, 1), (2, 0, 1)]


def test_what_means_something_to_a_regular_expression_means_itself() -> None:
    assert places(["a.c abc"], "a.c") == [(0, 0, 3)]
    assert places(["(x"], "(") == [(0, 0, 1)]


def test_nothing_is_found_where_nothing_is_wanted() -> None:
    assert find_words(lines("a b"), "  ").places == ()
    assert find_words([], "a").places == ()


def test_what_stands_above_the_first_line_is_left_out() -> None:
    matches = find_words(lines("a", "a", "x a"), "a", 1)
    assert [matches.line(number) for number in range(len(matches.places))] == [1, 2]
    assert find_words(lines("a"), "a", 1).places == ()


def test_letters_that_change_their_number_with_their_case_shift_nothing() -> None:
    assert places(["İİ x", "ß x"], "x") == [(0, 3, 4), (1, 2, 3)]


def test_spans_are_searched_as_one_text() -> None:
    line = Line((Span(display_line("ab")), Span(display_line("cd"), Look.STRONG)))
    assert find_words([line], "bc").places == [(1, 3)]


def test_matches_know_their_line_and_the_next_one_below() -> None:
    matches = find_words(lines("x", "a", "", "a", "b"), "a")
    assert [matches.line(number) for number in range(2)] == [1, 3]
    assert [matches.first_from(line) for line in range(6)] == [0, 0, 1, 1, 0, 0]


def test_matches_are_bounded() -> None:
    assert len(find_words(lines(*["aa"] * MAX_MATCHES), "a").places) == MAX_MATCHES
