"""HTML to plain text, for mail that has no text of its own.

A tokenizer and a stack, not a document tree: HTML parsers that build what the standard demands
can be made to build gigabytes out of a few kilobytes. Every step here is linear in the input.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Final

from sacterm.reading.page import Page

MAX_CHARACTERS: Final = 2_500_000
MAX_TAGS: Final = 60_000
MAX_DEPTH: Final = 5_000
"""Open elements."""

_CUT: Final = "[the rest of this HTML is too long or too deep to be shown]"
_MAX_ATTRIBUTES: Final = 64
_RULE: Final = "─" * 40

_TOKEN: Final = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))
      | <(?P<end>/?)(?P<name>[a-z][^\s/>]*+)
         (?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+"?|'[^']*+'?)?)*+)(?:>|\Z)
      | <[!?/][^>]*+(?:>|\Z)""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(
    r"""([^\s=/"'>]++)(?:\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>"'][^\s>]*+)))?+["']?""",
)
_NUMBER_TOO_LONG: Final = re.compile(r"&#(?:x[0-9a-f]{9,}|[0-9]{9,});?", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\n\r\f]+")
_URL_NOISE: Final = re.compile(r"[\t\n\r]+")
# Senders pad the line that the inbox shows with characters that take no room.
_FILLER: Final = re.compile(
    "(?:[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff]"
    r"\s*+){3,}"
)

_HIDING: Final = re.compile(
    r"""(?<![-\w])(?: display\s*:\s*none | visibility\s*:\s*hidden | mso-hide\s*:\s*all
      | (?:max-height|opacity)\s*:\s*0(?![.\d]*[1-9]) )""",
    re.IGNORECASE | re.VERBOSE,
)
_FONT_SIZE: Final = re.compile(r"(?<![-\w])font-size\s*:\s*([.\d]+)", re.IGNORECASE)


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_VOID: Final = _names(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track"
    " wbr"
)
_RAW: Final = _names("iframe noembed noframes script style textarea title xmp")
_RAW_END: Final = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_UNSEEN: Final = _names("audio canvas datalist object select svg template video")
_BREAKS: Final = {
    **dict.fromkeys(
        _names(
            "address article aside body caption center dd details dialog dir div dt fieldset"
            " figcaption figure footer form header html legend li main menu nav optgroup option"
            " section summary tbody tfoot thead tr"
        ),
        1,
    ),
    **dict.fromkeys(_names("blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul"), 2),
}
_LISTS: Final = _names("ol ul menu dir")
_INDENTS: Final = {"blockquote": "> ", "dd": "  ", **dict.fromkeys(_LISTS, "  ")}
_SCHEMES: Final = ("http://", "https://", "mailto:")
_OF_USE: Final = re.compile("style|hidden|href|alt|start|value", re.IGNORECASE)
# A start tag ends these, where they are open without another element inside.
_ENDS: Final = {
    **dict.fromkeys(_BREAKS, frozenset(("p",))),
    "li": frozenset(("p", "li")),
    "dt": frozenset(("p", "dt", "dd")),
    "dd": frozenset(("p", "dt", "dd")),
    "td": frozenset(("p", "td", "th")),
    "th": frozenset(("p", "td", "th")),
    "tr": frozenset(("p", "td", "th", "tr")),
}


def to_text(html: str) -> str:
    """What a person reads of the rendered HTML, as plain text. Still untrusted. Never raises.

    Links are numbered where they stand, ``text [1]``, and listed at the end. What the page hides,
    such as a preheader, is left out. What is too long or too deep is cut: the last line says so.
    """
    page = Page()
    complete = _Reader(page).read(html[:MAX_CHARACTERS].replace("\r\n", "\n"))
    links = (f"[{number}] {target}" for target, number in page.links.items())
    cut = "" if complete and len(html) <= MAX_CHARACTERS else _CUT
    return "\n\n".join(filter(None, (page.text(), "\n".join(links), cut)))


@dataclass(slots=True)
class _Element:
    """An open element.

    Attributes:
        name: lower case.
        hidden: neither it nor anything in it is seen.
        tiny: its font has no size; what is in it may have one again.
        preformatted: white space is kept.
        target: of a link that is shown, or "".
        begins_at: the page's length at its start, for a link.
        number: of the next list item.
    """

    name: str = ""
    hidden: bool = False
    tiny: bool = False
    preformatted: bool = False
    target: str = ""
    begins_at: int = 0
    number: int = 1


class _Reader:
    """Follows the tags through a document and writes what is seen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._stack = [_Element()]
        self._open_names: Counter[str] = Counter()  # of what is open
        self._lists: list[_Element] = []

    def read(self, html: str) -> bool:
        """Read a document; False where it was left before its end."""
        complete = self._read_tokens(html)
        while len(self._stack) > 1:
            self._pop()
        return complete

    def _read_tokens(self, html: str) -> bool:
        position = 0
        for _ in range(MAX_TAGS):
            token = _TOKEN.search(html, position)
            if token is None:
                self._text(html[position:])
                return True
            self._text(html[position : token.start()])
            position = token.end()
            name = (token["name"] or "").lower()
            if token["end"]:
                self._close(name)
            elif name in _RAW:
                end = _RAW_END[name].search(html, position)
                position = end.start() if end else len(html)
            elif name:
                self._open(name, token["attributes"])
                if name == "pre" and html.startswith("\n", position):
                    position += 1
            if len(self._stack) > MAX_DEPTH:
                return False
        return False

    def _text(self, text: str) -> None:
        element = self._stack[-1]
        if not text or element.hidden or element.tiny:
            return
        text = _unescape(text)
        if not text.isascii():
            text = _FILLER.sub(" ", text)
        if element.preformatted:
            self._page.write_lines(text)
        else:
            self._page.write(_SPACE.sub(" ", text))

    def _open(self, name: str, source: str) -> None:
        if name == "a":
            self._close("a")
        while self._stack[-1].name in _ENDS.get(name, ()):
            self._pop()
        parent = self._stack[-1]
        attributes = _attributes(source)
        style = attributes.get("style", "")
        size = _FONT_SIZE.search(style)
        element = _Element(
            name,
            hidden=parent.hidden
            or name in _UNSEEN
            or "hidden" in attributes
            or _HIDING.search(style) is not None,
            tiny=not size[1].strip("0.") if size else parent.tiny,
            preformatted=parent.preformatted or name == "pre",
        )
        if not element.hidden:
            self._lay_out(element, attributes)
        if name not in _VOID and not (name in _UNSEEN and source.endswith("/")):
            self._push(element)

    def _lay_out(self, element: _Element, attributes: dict[str, str]) -> None:
        page, name = self._page, element.name
        if breaks := self._breaks(name):
            page.end_block(breaks)
        match name:
            case "br":
                page.break_line()
            case "hr":
                page.write(_RULE)
                page.end_block(breaks)
            case "img":
                page.write(_SPACE.sub(" ", f" {attributes.get('alt', '')} "))
            case "td" | "th":
                page.begin_cell()
            case "a":
                target = _URL_NOISE.sub("", attributes.get("href", "")).strip()
                if target.lower().startswith(_SCHEMES) and not element.tiny:
                    element.target, element.begins_at = target, len(page)
            case "ol":
                element.number = _number(attributes.get("start", ""), 1)
            case "li" if self._lists:
                items = self._lists[-1]
                number = _number(attributes.get("value", ""), items.number)
                items.number = number + 1
                page.begin_item(f"{number}. " if items.name == "ol" else "• ")

    def _breaks(self, name: str) -> int:
        return 1 if name in _LISTS and self._lists else _BREAKS.get(name, 0)

    def _push(self, element: _Element) -> None:
        self._stack.append(element)
        self._open_names[element.name] += 1
        if element.hidden:
            return
        if element.name in _LISTS:
            self._lists.append(element)
        if element.name in _INDENTS:
            self._page.indents.append(_INDENTS[element.name])

    def _close(self, name: str) -> None:
        while self._open_names[name]:
            if self._pop() == name:
                return

    def _pop(self) -> str:
        element = self._stack.pop()
        self._open_names[element.name] -= 1
        if not element.hidden:
            if element.name in _LISTS:
                self._lists.pop()
            if element.name in _INDENTS:
                self._page.indents.pop()
            if element.name == "li":
                self._page.begin_item("")
            if element.target:
                self._page.add_link(element.target, element.begins_at)
            if breaks := self._breaks(element.name):
                self._page.end_block(breaks)
        return element.name


def _unescape(text: str) -> str:
    # Python refuses to read a number of thousands of digits, and unescape passes that on.
    return (
        unescape(_NUMBER_TOO_LONG.sub("\N{REPLACEMENT CHARACTER}", text)) if "&" in text else text
    )


def _attributes(source: str) -> dict[str, str]:
    """The first attributes of a tag; of two with one name the first counts."""
    attributes: dict[str, str] = {}
    if _OF_USE.search(source):
        for found in islice(_ATTRIBUTE.finditer(source), _MAX_ATTRIBUTES):
            value = found[2] or found[3] or found[4] or ""
            attributes.setdefault(found[1].lower(), _unescape(value))
    return attributes


def _number(text: str, default: int) -> int:
    return int(text) if len(text) < 7 and text.isascii() and text.isdigit() else default
