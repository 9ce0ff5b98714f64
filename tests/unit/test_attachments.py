"""Names of attachments on their way to a disk."""

from __future__ import annotations

import time
from pathlib import PurePosixPath, PureWindowsPath
from unicodedata import category, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.reading.attachments import MAX_NAME, safe_name, without_clash
from sacterm.reading.text import display_line

pieces = st.sampled_from(
    [
        *("/", "\\", ":", ".", "..", " ", "-", "~", "|", "<", "a", "CON", "nul", "com1", "COM¹"),
        *(".txt", ".tar.gz", "\0", "\n", "\x1b[31m", "\x85", "\u202e", "\u200b", "\u200d"),
        *("\u0301", "\u0345", "\ufe0f", "\u0958", "\u2126", "日本", "👩", "🏽", "é" * 60, "\ud800"),
    ]
)
names = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=12).map("".join))


@settings(deadline=None, max_examples=75)
@given(names)
def test_any_name_becomes_safe(sent: str) -> None:
    name = safe_name(sent)
    assert name == display_line(name) == normalize("NFC", name) == safe_name(name)
    assert 0 < len(name.encode()) <= MAX_NAME
    assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
    assert not PureWindowsPath(name).is_reserved()
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert not set(name) & set('<>:"/\\|?*\u200c\u200d\ufe0f')
    assert "Cc" not in map(category, name)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("Rechnung für März.pdf", "Rechnung für März.pdf"),
        ("ご案内.tar.gz", "ご案内.tar.gz"),
        ("it's 50% & [more]; $x.txt", "it's 50% & [more]; $x.txt"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\ada\report.pdf", "report.pdf"),
        ("C:report.pdf", "C_report.pdf"),
        ("a.txt:hidden.exe", "a.txt_hidden.exe"),
        ("folder/", "folder"),
        (".bashrc", "bashrc"),
        ("--help", "help"),
        ("a.txt. . ", "a.txt"),
        ("con", "_con"),
        ("NUL .txt", "_NUL .txt"),
        ("LPT¹.txt", "_LPT¹.txt"),
        ("CONSOLE.txt", "CONSOLE.txt"),
        ("invoice\u202efdp.exe", "invoice‹RLO›fdp.exe"),
        ("pay\u200bpal.exe", "paypal.exe"),
        ("a\nb\x1b.txt", "a b␛.txt"),
        ("e\u0301.txt", "é.txt"),
        ("a/\u0301b", "b"),
    ],
)
def test_names_keep_what_is_harmless(sent: str, name: str) -> None:
    assert safe_name(sent) == name


def test_long_names_are_cut_before_their_extension() -> None:
    assert safe_name("a" * 300 + ".pdf") == "a" * 116 + ".pdf"
    assert safe_name("é" * 300 + ".pdf") == "é" * 58 + ".pdf"
    assert safe_name("日" * 300) == "日" * 40
    assert safe_name("a." + "b" * 300) == "a." + "b" * 118


@pytest.mark.parametrize(
    ("sent", "content_type", "name"),
    [
        ("", "image/png", "part.png"),
        ("///", "message/rfc822", "part.eml"),
        ("\u200b", "application/x-unheard-of", "part"),
        ("..", "", "part"),
        ("pdf", "application/pdf", "pdf"),
    ],
)
def test_where_no_name_is_left_the_type_gives_one(sent: str, content_type: str, name: str) -> None:
    assert safe_name(sent, content_type) == name


def test_the_caller_names_what_has_no_name() -> None:
    assert safe_name("", "text/plain", fallback="part 1.2") == "part 1.2.txt"


@pytest.mark.parametrize("sent", ["\u0345\u0301" * 500_000, "/." * 500_000, "." * 1_000_000])
@pytest.mark.thorough
def test_a_hostile_name_takes_no_time(sent: str) -> None:
    begin = time.process_time()
    safe_name(sent)
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("a.txt", set(), "a.txt"),
        ("a.txt", {"a.txt"}, "a (2).txt"),
        ("A.txt", {"a.txt"}, "A (2).txt"),
        ("A.txt", {"A.txt"}, "A (2).txt"),
        ("a.txt", {"a.txt", "a (2).txt", "a (3).txt"}, "a (4).txt"),
        ("part", {"part"}, "part (2)"),
        ("Straße", {"strasse"}, "Straße (2)"),
    ],
)
def test_names_do_not_clash(name: str, taken: set[str], free: str) -> None:
    assert without_clash(name, taken) == free
