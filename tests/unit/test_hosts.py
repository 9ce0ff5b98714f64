"""Where URLs lead, as shown to a person and as handed to a browser."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.hosts import (
    MAX_TARGET,
    ascii_host,
    browsable,
    has_user,
    host_of,
    is_number,
    looks_latin,
    mixes_scripts,
    registrable,
    short_url,
    shown_url,
)
from sacterm.reading.text import display_line

# fmt: off
pieces = st.sampled_from((
    "http", "https", "HTTPS", "mailto:", "javascript:", ":", "/", "//", "\\", "@", "?", "#", ".",
    "-", "%", "%2e", "%00", "%ff", "[", "]", "[::1]", "127.0.0.1", "0x7f", "xn--", "xn--pple-43d",
    "www.", "a.example", "аpple", "münchen", "日本", "\u202e", "\u200b", "\u3164", "\t", "\n",
    "\x00", "\x1b", " ", "\ud800", "\U000e0041", "℀", "．", "。", "ß", "A", "é", "e\u0301",
    ":443", ":99999999", "'", '"',
))
# fmt: on
targets = st.one_of(
    st.lists(pieces, max_size=12).map("".join),
    st.lists(pieces, max_size=8).map(lambda rest: "https://" + "".join(rest)),
    st.text(st.characters(exclude_categories=()), max_size=40).map("https://".__add__),
)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://Shop.Example/a?b#c", "shop.example"),
        ("HTTP://shop.example:8080", "shop.example"),
        ("https://shop.example@evil.example/", "evil.example"),
        ("https://a@b@evil.example\\@shop.example", "evil.example"),
        ("https:evil.example", "evil.example"),
        ("https:\\\\evil.example\\x", "evil.example"),
        ("https:///evil.example", "evil.example"),
        (" \x00https://shop.\nexample\t/", "shop.example"),
        ("https://shop%2eexample/", "shop.example"),
        ("https://ｓｈｏｐ。example/", "shop.example"),
        ("https://MÜNCHEN.example", "münchen.example"),
        ("https://[2001:DB8::1]:80/", "[2001:db8::1]"),
        ("https://a b/", ""),
        ("https://a%00b/", ""),
        ("https://", ""),
        ("mailto:a@shop.example", ""),
        ("javascript://shop.example/%0aalert(1)", ""),
        ("shop.example", ""),
        (f"https://shop.example/{'a' * MAX_TARGET}", ""),
    ],
)
def test_the_host_is_the_one_that_a_browser_goes_to(target: str, host: str) -> None:
    assert host_of(target) == host


def test_a_user_name_before_the_host_is_seen() -> None:
    assert has_user("https://shop.example@evil.example/")
    assert not has_user("https://evil.example/@shop.example")
    assert not has_user("mailto:jeff@shop.example")


@pytest.mark.parametrize("host", ["192.0.2.1", "3221225985", "0xC0000201", "0300.0.2.1", "[::1]"])
def test_numbers_that_browsers_take_for_addresses_are_known(host: str) -> None:
    assert is_number(host)
    assert not is_number(f"n{host}.example")


@pytest.mark.parametrize(
    ("host", "mixed"),
    [
        ("apple.com", False),
        ("аpple.com", True),  # Cyrillic а
        ("xn--pple-43d.com", True),
        ("gοogle.com", True),  # Greek ο
        ("яндекс.рф", False),
        ("яндекс.com", False),  # each label is of one script
        ("münchen-2026.de", False),
        ("東京タワーとカフェ.jp", False),
        ("sonyの日本語.jp", False),
        ("한국google.kr", False),
        ("漢字한글.kr", False),
        ("中文ㄅㄆabc.tw", False),
        ("日本яндекс.jp", True),
        ("xn--999999999.com", False),  # no valid punycode
        ("", False),
    ],
)
def test_scripts_that_no_language_mixes_are_seen(host: str, mixed: bool) -> None:
    assert mixes_scripts(host) is mixed


@pytest.mark.parametrize(
    ("host", "alike"),
    [
        ("соус.com", True),  # all Cyrillic, none of it looks it
        ("xn--n1afbh.com", True),
        ("соус.рф", False),
        ("яндекс.com", False),
        ("ɡoogle.com", True),  # a phonetic g
        ("münchen.de", False),
        ("apple.com", False),
    ],
)
def test_letters_that_pass_for_latin_ones_are_seen(host: str, alike: bool) -> None:
    assert looks_latin(host) is alike


@pytest.mark.parametrize(
    ("host", "part"),
    [
        ("www.shop.example", "shop.example"),
        ("a.b.shop.example.", "shop.example"),
        ("shop.co.uk", "shop.co.uk"),
        ("www.shop.co.uk", "shop.co.uk"),
        ("co.uk", "co.uk"),
        ("jeff.github.io", "jeff.github.io"),
        ("192.0.2.1", "192.0.2.1"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_part_is_told(host: str, part: str) -> None:
    assert registrable(host) == part


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("https://shop.example/a?b=1#c", "https://shop.example/a?b=1#c"),
        ("https://аpple.com/x", "https://аpple.com (xn--pple-43d.com)/x"),
        ("https://соус.com/", "https://соус.com (xn--n1afbh.com)/"),
        ("https://münchen.de/ä", "https://münchen.de/ä"),
        ("https://u@xn--pple-43d.com:81/", "https://u@xn--pple-43d.com:81/"),
        ("https://shop.example/a b\u202ec\x1b[2J", "https://shop.example/a%20b%E2%80%AEc%1B[2J"),
        ("https://sh\u202eop.example/", "https://sh%E2%80%AEop.example/"),
        ("https://shop.example/\u3164\u2800", "https://shop.example/%E3%85%A4%E2%A0%80"),
        ("mailto:a b@shop.example", "mailto:a%20b@shop.example"),
    ],
)
def test_a_url_is_shown_whole_with_nothing_hidden(target: str, shown: str) -> None:
    assert shown_url(target) == shown


def test_a_long_url_ends_with_an_ellipsis() -> None:
    assert shown_url("https://shop.example/" + "a" * 80, 30) == "https://shop.example/aaaaaaaa…"
    assert shown_url("mailto:" + "a" * 80, 10) == "mailto:aa…"


@pytest.mark.parametrize(
    ("width", "short"),
    [
        (60, "verify.acme.example/u/8f2c/a/confirm?token=1"),
        (43, "verify.acme.example/u/8f2c/a/confirm?…"),
        (35, "verify.acme.example/…/confirm?…"),
        (30, "verify.acme.example/…/confirm"),
        (28, "verify.acme.example/…"),
        (19, "verify.acme.example"),
        (12, "…cme.example"),
    ],
)
def test_a_short_url_keeps_the_host_and_what_fits(width: int, short: str) -> None:
    assert short_url("https://www.verify.acme.example/u/8f2c/a/confirm?token=1", width) == short


def test_a_short_url_of_a_deceptive_host_is_punycode() -> None:
    assert short_url("https://аpple.com/", 30) == "xn--pple-43d.com"
    assert short_url("https://münchen.de/", 30) == "münchen.de"
    assert short_url("mailto:jeff@shop.example", 30) == "jeff@shop.example"


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("https://shop.example/a%20b?c=%", "https://shop.example/a%20b?c=%"),
        ("https://shop.example", "https://shop.example/"),
        ("https://shop.example?a", "https://shop.example/?a"),
        ("HTTPS://u:p@Shop.Example:8443/", "https://u:p@shop.example:8443/"),
        ("https://münchen.de/ä?ö#ü", "https://xn--mnchen-3ya.de/%C3%A4?%C3%B6#%C3%BC"),
        ("https:\\\\shop.example\\a?b\\c", "https://shop.example/a?b%5Cc"),
        ("\nhttps://shop.example/a \x1bb\t", "https://shop.example/a%20%1Bb"),
        ("https://[::1]:80/", "https://[::1]:80/"),
        ("https://bücher.example./", "https://xn--bcher-kva.example/"),
        ("https://goo\u200bgle.com/", None),
        ("https://-/", "https://-/"),
        ("https://a..b/", None),
        (f"https://{'a' * 64}.example/", None),
        (f"https://{'ä' * 63}.example/", None),
        (f"https://{'a.' * 130}example/", None),
        ("mailto:a@shop.example", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("-https://shop.example", None),
        ("//shop.example", None),
        ("", None),
    ],
)
def test_a_browser_gets_plain_ascii_or_nothing(target: str, url: str | None) -> None:
    assert browsable(target) == url


@settings(deadline=None, max_examples=75)
@given(targets)
def test_whatever_a_browser_gets_is_harmless_and_stays_the_same(target: str) -> None:
    url = browsable(target)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert url.isascii()
        assert url.isprintable()
        assert not set(url) & set(" \"'<>\\^`{|}") - {"'"}
        assert browsable(url) == url
        assert host_of(url) == ascii_host(host_of(target))


@settings(deadline=None, max_examples=75)
@given(targets, st.integers(1, 60))
def test_what_is_shown_is_clean_and_within_its_limit(target: str, width: int) -> None:
    for shown in (shown_url(target, width), short_url(target, width)):
        assert len(shown) <= width
        assert display_line(shown) == shown
        assert "\u202e" not in shown


@settings(deadline=None, max_examples=75)
@given(targets)
def test_any_host_can_be_judged(target: str) -> None:
    host = host_of(target)
    for judge in (mixes_scripts, looks_latin, is_number, registrable, ascii_host):
        judge(host)


@pytest.mark.parametrize(
    "target",
    [
        "https://" + "é" * 8_000,
        "https://" + "xn--" * 2_000,
        "https://" + "a." * 4_000,
        "https://" + "@" * 8_000,
        "https://" + "e\u0301\u0327" * 2_600,
        "https://a/" + "\u202e" * 8_000,
        "https:" + "/" * 8_000,
        "https://" + "%" * 8_000,
        " " * 8_000,
        "https://" + "\u0131" * 200 + ".com",
        "https://" + "x" * 1_000_000,
    ],
)
def test_hostile_urls_are_quick(target: str) -> None:
    started = time.process_time()
    shown_url(target)
    short_url(target, 40)
    browsable(target)
    assert time.process_time() - started < 3
