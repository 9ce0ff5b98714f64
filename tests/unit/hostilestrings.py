"""Strings that steer terminals, deceive readers, or are obeyed where they should be shown.

Each begins with its own ordinary letters (:func:`marked`), so that a test can see that it came to
where it looks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from unicodedata import category

STEERING: Final[Mapping[str, str]] = {
    "reset": "\x1bc",
    "screen": "\x1b[2J\x1b[H\x1b[?1049l",
    "colour": "\x1b[5;41mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "clip": "\x1b]52;c;cm0gLXJm\x07",
    "dcs": "\x1bP+q544e\x1b\\",
    "apc": "\x1b_Gi=1;AAAA\x1b\\",
    "pm": "\x1b^private\x1b\\",
    "sos": "\x1bXstart\x1b\\",
    "answer": "\x1b[6n\x1b[c\x05",
    "half": "\x1b[",
    "c1": "\x9b31m\x9d0;owned\x9c\x90q\x9c\x8d\x84",
    "nul": "a\0b",
    "del": "a\x7fb",
    "bel": "\x07\x07",
    "back": "abc\b\b\bxyz",
    "shift": "\x0e\x0f",
}
"""Control characters, and what is made of them."""

LINES: Final[Mapping[str, str]] = {
    "cr": "one\rtwo",
    "lf": "one\ntwo",
    "crlf": "one\r\nBcc: x@evil.example",
    "vt": "one\vtwo\fthree",
    "tab": "one\ttwo\t\tthree",
    "nel": "one\x85two",
    "ls": "one\u2028two",
    "ps": "one\u2029two",
}
"""What begins another line, or jumps to another column."""

UNSEEN: Final[Mapping[str, str]] = {
    "rlo": "invoice\u202efdp.exe",
    "isolate": "\u2067abc\u2066def\u2069",
    "marks": "a\u200e\u200f\u061cb",
    "tags": "\U000e0001\U000e0041\U000e0042\U000e007f",
    "zwj": "\u200d" * 60,
    "joined": "\u200d".join("\U0001f468" * 40),
    "combining": "Z" + "\u0351\u0489\u0321" * 40,
    "space": "pay\u200bpal\u2060\ufeff\xad",
    "high": "\ud83d alone",
    "low": "\ude00 alone",
    "private": "\ue000\U000f0000\uffff\ufdd0",
}
"""What reorders, hides or piles up, and what no terminal can be sent."""

WIDE: Final[Mapping[str, str]] = {
    "cjk": "全角文字" * 8,
    "emoji": "👩‍👩‍👧‍👦❤️1️⃣🇵🇹" * 6,
    "selector": "❤\ufe0f\ufe0e\ufe0f☎\ufe0f",
    "hangul": "\u1112\u1161\u11ab" * 12,
    "long": "x" * 900,
}
"""What takes other room than it seems to."""

OBEYED: Final[Mapping[str, str]] = {
    "close": "[/b]",
    "closeall": "[/]",
    "action": "[@click=app.quit]click[/]",
    "anchor": "[link=https://evil.example]go[/link]",
    "style": "[bold red on blue]x",
    "variable": "$primary [$error]x[/]",
    "escaped": "\\[b]x\\[/b]",
    "braces": "{} {0} {self.__class__}",
    "percent": "%s %d %n %(x)s",
    "shell": "$(touch pwned)",
    "ticks": "`touch pwned`",
    "semicolon": "; touch pwned #",
    "quotes": "'\"' | touch pwned",
    "option": "--help",
    "path": "../../../pwned",
}
"""What frameworks, shells and file systems take for theirs."""

HOSTILE: Final[Mapping[str, str]] = {**STEERING, **LINES, **UNSEEN, **WIDE, **OBEYED}
"""All of them, by a word for each."""

HUGE: Final = "y" * 1_000_000
"""A megabyte without a space."""


def marked(name: str) -> str:
    """A hostile string, behind its own name."""
    return f"{name}:{HOSTILE[name]}"


def together(*names: str) -> str:
    """Several of them, or all that are short, one behind the other."""
    chosen = names or tuple(name for name, text in HOSTILE.items() if len(text) < 40)
    return " ".join(map(marked, chosen))


def is_unfit(char: str) -> bool:
    """Whether a character may not be sent to a terminal, by Unicode's own tables."""
    return category(char) in ("Cc", "Cs", "Co", "Zl", "Zp") or (
        category(char) == "Cf" and char not in "\u200c\u200d"
    )
