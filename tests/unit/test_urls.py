"""URLs in plain text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sacterm.reading.styled import Look, Span
from sacterm.reading.text import DisplayText, display_text
from sacterm.reading.urls import find_urls, mark_urls


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], target) for start, end, target in find_urls(text)]


def targets(text: str) -> list[str]:
    return [target for _, _, target in find_urls(text)]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://a.example/x?y=1&z=#2 now", "https://a.example/x?y=1&z=#2"),
        ("See http://a.example/x.", "http://a.example/x"),
        ("Is it https://a.example/x?!", "https://a.example/x"),
        ("(as in https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("[1]: https://a.example/x]y", "https://a.example/x"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("“https://a.example/x”", "https://a.example/x"),
        ("*https://a.example/x*", "https://a.example/x"),
        ("HTTPS://A.example/X", "HTTPS://A.example/X"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://münchen.example/straße", "https://münchen.example/straße"),
        ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
        ("コードはhttps://a.example/xをクリック", "https://a.example/x"),
        ("https://a.example/x、次に", "https://a.example/x"),
    ],
)
def test_a_url_ends_where_the_sentence_goes_on(text: str, url: str) -> None:
    assert found(text) == [(url, url)]


def test_a_bare_host_leads_to_the_web() -> None:
    assert found("at www.a.example.") == [("www.a.example", "http://www.a.example")]


def test_angle_brackets_hold_a_url_whole() -> None:
    assert found("<https://a.example/x.)> y") == [
        ("<https://a.example/x.)>", "https://a.example/x.)")
    ]
    assert targets("<https://a.example/x y>") == ["https://a.example/x"]


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "https://...",
        "www.",
        "www.x",
        "a@www.b.example",
        "mailto:x",
        "xhttp://a",
        "ftp://a",
    ],
)
def test_what_leads_nowhere_is_no_url(text: str) -> None:
    assert found(text) == []


@given(st.text(st.sampled_from("/.x\u202e\xad\u200d\u200b\xa0\u3000\u2028\ue000\ufeff\x1b\x85")))
def test_a_target_is_what_is_shown(text: str) -> None:
    for target in targets(f"http://x{text}"):
        assert display_text(target) == target


def test_urls_are_marked_and_numbered() -> None:
    text = DisplayText("a https://a.example, http://b.example!")
    assert mark_urls(text, Look.QUOTE, {"http://b.example": 7}) == [
        Span(DisplayText("a "), Look.QUOTE),
        Span(DisplayText("https://a.example"), Look.LINK),
        Span(DisplayText(", "), Look.QUOTE),
        Span(DisplayText("http://b.example"), Look.LINK),
        Span(DisplayText(" [7]"), Look.LINK),
        Span(DisplayText("!"), Look.QUOTE),
    ]


@pytest.mark.parametrize(
    "piece", ["http://", "<http://", "www.", "mailto:", ")", "(", "()", "h", "http://x "]
)
@pytest.mark.thorough
def test_hostile_text_takes_no_time(piece: str) -> None:
    begin = time.process_time()
    find_urls("http://x/" + piece * (1_000_000 // len(piece)))
    assert time.process_time() - begin < 10
