"""URLs in plain text: found, and marked for the screen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from sacterm.reading.styled import Look, Span
from sacterm.reading.text import DisplayText

# Neither of these is in a URL: what ends one in prose, and what display_text would change, so that
# the target is what is shown.
_NEVER: Final = (
    '\\x00-\\x20<>"`\x7f-\xa0\xad\xab\xbb\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f'
    "\u2018-\u201f\u2028-\u202f\u2039\u203a\u205f-\u206f\u2800\u3000-\u3003\u3008-\u301f\u3164\ud800-\uf8ff"
    "\ufe00-\ufe0f\ufeff\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b-\uff64\uffa0"
    "\ufff0-\uffff"
)
# Scripts without spaces: after the host, their letters are the sentence that goes on.
_SENTENCE: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"

# The set of first letters, and case left open only after them, make the search three times as fast.
URL: Final[re.Pattern[str]] = re.compile(
    rf"""[<HhMmWw](?i:
        (?<=<) (?P<angle>(?:https?://|mailto:)[^{_NEVER}]++)>
      | (?: (?<=h)(?<![a-z0-9]h)ttps?:// | (?<=m)(?<![a-z0-9]m)ailto:
          | (?<=w)(?<![-a-z0-9_.@/]w)ww\. )
        [^{_NEVER}/?\#]++(?:[/?\#][^{_NEVER}{_SENTENCE}]*+)? )""",
    re.VERBOSE,
)
"""What may be one; :func:`find_urls` takes off what is not of it."""

_AFTER: Final = ".,;:!?'*…"
_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_BRACKET: Final = re.compile(r"[][(){}]")
_CLOSING: Final = re.compile(r"[])}]")
_BRACKETED: Final = 4_000  # characters of a URL whose brackets are looked at


def find_urls(text: str) -> list[tuple[int, int, str]]:
    """Where URLs begin and end, and their targets, in order.

    They begin with http, https, mailto or ``www.`` (the target of which begins with ``http://``).
    Punctuation after one is not of it; a closing bracket that it did not open ends it. One in angle
    brackets (RFC 3986, appendix C) is taken whole, and its brackets lie between begin and end.
    Linear in the text. Targets are untrusted.
    """
    found = []
    for match in URL.finditer(text):
        target = match["angle"] or _without_tail(match[0])
        scheme, _, rest = target.partition(":")
        if not match["angle"] and scheme.lower().startswith("www."):
            if "." not in target[4:]:
                continue
            scheme, rest = "http", f"//{target}"
        if rest.strip("/") and ("@" in rest or scheme.lower() != "mailto"):
            end = match.end() if match["angle"] else match.start() + len(target)
            found.append((match.start(), end, f"{scheme}:{rest}"))
    return found


def mark_urls(text: DisplayText, look: Look, numbers: Mapping[str, int]) -> list[Span]:
    """Text in pieces, with its URLs apart, each followed by its number.

    Args:
        text: any text.
        look: of what is no URL.
        numbers: by target; a URL without one is marked all the same.
    """
    if not (found := find_urls(text)):
        return [Span(text, look)] if text else []
    spans = []
    begin = 0
    for start, end, target in found:
        spans += [
            Span(DisplayText(text[begin:start]), look),
            Span(DisplayText(text[start:end]), Look.LINK),
        ]
        if target in numbers:
            spans.append(Span(DisplayText(f" [{numbers[target]}]"), Look.LINK))
        begin = end
    spans.append(Span(DisplayText(text[begin:]), look))
    return [span for span in spans if span.text]


def _without_tail(url: str) -> str:
    if _CLOSING.search(url):
        open_brackets = Counter[str]()
        for bracket in _BRACKET.finditer(url, 0, _BRACKETED):
            opening = _OPENING.get(bracket[0], "")
            if not opening:
                open_brackets[bracket[0]] += 1
            elif open_brackets[opening]:
                open_brackets[opening] -= 1
            else:
                url = url[: bracket.start()]
                break
    return url.rstrip(_AFTER)
