"""The one place where untrusted text becomes text for the screen.

A terminal obeys what it is sent, and a reader believes what is shown. So what could steer the
terminal (control characters), reorder or hide words (bidi controls, invisible characters) or
paint outside its cells (floods of combining marks) is replaced by something visible, or dropped.
Both functions are idempotent. Textual markup is not escaped: widgets must not parse any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import compress
from typing import Final, NewType
from unicodedata import category

DisplayText = NewType("DisplayText", str)
"""Text that may be painted as it is. Only this module makes it."""

_ELLIPSIS: Final = "…"
_UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"
_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\t\n"

_BIDI: Final = {
    **{0x061C: "ALM", 0x200E: "LRM", 0x200F: "RLM"},
    **{0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO"},
    **{0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI"},
}
_SEEN_FORMATS: Final = (  # Arabic, Syriac and Kaithi number signs
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_SHOWN: Final = {
    **{chr(code): chr(0x2400 + code) for code in range(0x20)},
    "\x7f": "\N{SYMBOL FOR DELETE}",
    **{char: char for char in "\n\t" + _ZWNJ + _ZWJ + _SEEN_FORMATS},
    **dict.fromkeys("\v\f\x85\u2028\u2029", "\n"),
    **dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "),  # not spaces by category, but blank
    **dict.fromkeys("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065", ""),  # never seen
    **dict.fromkeys(map(chr, (*range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE0100))), ""),  # nor these
    **{chr(code): f"‹{name}›" for code, name in _BIDI.items()},
}
_SHOWN_BY_CATEGORY: Final = {"Cc": _UNKNOWN, "Cf": "", "Cn": _UNKNOWN, "Zs": " "}
_NEVER_TEXT: Final = re.compile(  # surrogates, private use, planes without characters
    "[\ud800-\uf8ff\U00040000-\U000dffff\U000f0000-\U0010ffff]"
)
_MAYBE_NEW: Final = re.compile("[\U0001f000-\U0001faff\U00020000-\U0002fffd\U00030000-\U0003fffd]")

# The part each character plays for its neighbours. Extenders take no cell of their own, as Rich
# counts: N nonspacing mark, C spacing mark or inner jamo, V variation selector, T skin tone,
# J ZWJ, Z ZWNJ. Others: E emoji, S letter of a script in which ZWNJ has a use, "." the rest.
_EXTENDER: Final = re.compile("[NCVTJZ]")
_ROLES: Final = {
    **{char: char for char in "\n\t "},
    **dict.fromkeys(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))), "V"),
    **dict.fromkeys(map(chr, range(0x1F3FB, 0x1F400)), "T"),
    **dict.fromkeys(map(chr, (*range(0x1160, 0x1200), *range(0xD7B0, 0xD7FC))), "C"),
    _ZWJ: "J",
    _ZWNJ: "Z",
}
_ROLES_BY_CATEGORY: Final = {"Mn": "N", "Me": "N", "Mc": "C"}
_EMOJI: Final = re.compile("[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_SHAPED: Final = re.compile("[\u0620-\u0dff\u1000-\u109f\u1780-\u18af]")

# What is dropped, found in a string of roles; a first group stays. Each pass relies on those
# before it, so that a second cleaning finds nothing.
_STRAYS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # What extends nothing would land on whatever is painted before the line. One base takes
        # four nonspacing extenders (pointed Hebrew needs three), or eight (Burmese needs five).
        r"(?m:^)[NCVTJZ]+|(?<=[NVTJZ]{4})[NVTJZ]+|(?<=[NCVTJZ]{8})[NCVTJZ]+",
        r"(?<!E)T",
        # No standard emoji joins more than four.
        r"(ET?V?(?:JET?V?){3})J|(?<![ET])(?<![ET]V)J|J(?!E)|(?<![SNC])Z|Z(?!S)",
        r"(?<![^\sV])V",
    )
)
_DROPPED: Final = "-"

_PIECE: Final = 100_000  # characters
_PLAIN_CHARACTER: Final = re.compile("[!-~]")


def display_line(text: str, limit: int = 2_000) -> DisplayText:
    """One line of at most ``limit`` (>= 1) characters: each line break or tab becomes a space."""
    return DisplayText(_cut(_clean(text, limit).replace("\n", " ").replace("\t", " "), limit))


def display_text(text: str, limit: int = 4_000_000) -> DisplayText:
    r"""Many lines, separated by ``\n`` alone, of at most ``limit`` (>= 1) characters in all.

    Tabs are expanded to columns of eight characters. A line may be of any length.
    """
    text = _clean(text, limit)
    return DisplayText(_cut(text.expandtabs(8) if "\t" in text else text, limit))


def _cut(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis; never a joiner that joins nothing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip(_ZWJ + _ZWNJ) + _ELLIPSIS


def _clean(text: str, limit: int) -> str:
    r"""The first ``limit`` characters, each replaced by what is shown for it.

    ``\t`` and ``\n`` are still there; what is shown can be longer than the limit.
    """
    text = _cut(text, limit).replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and not text.encode().translate(None, _PLAIN):
        return text
    return "".join(map(_clean_piece, pieces_of(text)))


def pieces_of(text: str) -> Iterator[str]:
    """A text in pieces that are worked on one after the other.

    What takes long and is one step for the interpreter holds up all threads. If there is such a
    place, a piece begins with a character that belongs to none before it.
    """
    begin = 0
    while begin < len(text):
        end = begin + _PIECE
        if plain := _PLAIN_CHARACTER.search(text, end, end + _PIECE // 8):
            end = plain.start()
        yield text[begin:end]
        begin = end


def _clean_piece(text: str) -> str:
    text = _NEVER_TEXT.sub(_UNKNOWN, text).translate(_SHOWN_FOR)
    roles = text.translate(_ROLE_OF)
    return _without_strays(text, roles) if _EXTENDER.search(roles) else text


def _shown(char: str) -> str:
    """What is shown for one character, whatever is around it."""
    if char in _SHOWN:
        return _SHOWN[char]
    if _MAYBE_NEW.match(char):
        return char
    return _SHOWN_BY_CATEGORY.get(category(char), char)


def _role(char: str) -> str:
    if char in _ROLES:
        return _ROLES[char]
    if char < "\u0300":
        return "."
    if _EMOJI.match(char):
        return "E"
    return _ROLES_BY_CATEGORY.get(category(char)) or ("S" if _SHAPED.match(char) else ".")


def _without_strays(text: str, roles: str) -> str:
    for strays in _STRAYS:
        roles = strays.sub(_mark_dropped, roles)
        if _DROPPED in roles:
            text = "".join(compress(text, map(_DROPPED.__ne__, roles)))
            roles = roles.replace(_DROPPED, "")
    return text


def _mark_dropped(match: re.Match[str]) -> str:
    kept = match[1] or "" if match.lastindex else ""
    return kept + _DROPPED * (len(match[0]) - len(kept))


class Table(dict[int, str]):
    """For :meth:`str.translate`: what stands for each character, found out when one is met."""

    def __init__(self, of: Callable[[str], str]) -> None:
        self._of = of

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[code] = found = self._of(chr(code))
        return found


_MOST_KNOWN: Final = 100_000
_SHOWN_FOR: Final = Table(_shown)
_ROLE_OF: Final = Table(_role)
