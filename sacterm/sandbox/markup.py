"""HTML of a mail, made harmless, or plain. Crude, but linear: mail is hostile here too."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

# Possessive, so that a tag that never ends costs its length and not the square of it.
_TOKEN = re.compile(
    r"<(?:(?P<comment>!--)"
    r"|(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*+)(?P<rest>[^<>]*+)>"
    r"|[!?/][^<>]*+>?)"
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SAFE_URL = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_DROPPED = frozenset(
    {"iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title"}
)
_BLOCKS = frozenset(
    {"br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "table", "tr", "ul"}
)
_KEPT = _BLOCKS | frozenset(
    {
        "a",
        "b",
        "blockquote",
        "center",
        "code",
        "dd",
        "del",
        "dl",
        "dt",
        "em",
        "i",
        "ins",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "u",
    }
)


class _Piece(NamedTuple):
    text: str  # before the tag, as written
    name: str = ""  # of the tag, lower case; "" where there is none
    closing: bool = False
    rest: str = ""


def sanitised(source: str) -> str:
    """The HTML with harmless elements only, and no attributes but a link's target."""
    return "".join(_harmless(source))


def text_of(source: str) -> str:
    """The text of the HTML, a line for each block."""
    lines = "".join(
        " ".join(html.unescape(piece.text).split("\xa0")).replace("\n", " ")
        + ("\n" if piece.name in _BLOCKS else "")
        for piece in _pieces(source)
    ).split("\n")
    kept = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in kept if line)


def _harmless(source: str) -> Iterator[str]:
    for piece in _pieces(source):
        yield piece.text.replace("<", "&lt;").replace(">", "&gt;")
        if piece.name not in _KEPT:
            continue
        if piece.closing:
            yield f"</{piece.name}>"
        elif piece.name == "a" and (target := _target(piece.rest)):
            yield f'<a href="{html.escape(target)}" rel="noopener noreferrer">'
        else:
            yield f"<{piece.name}>"


def _target(rest: str) -> str:
    match = _HREF.search(rest, 0, 4000)
    target = html.unescape(next(filter(None, match.groups()), "")).strip() if match else ""
    return target if _SAFE_URL.match(target) else ""


def _pieces(source: str) -> Iterator[_Piece]:
    position = 0
    while match := _TOKEN.search(source, position):
        text = source[position : match.start()]
        position = match.end()
        name = (match["name"] or "").lower()
        if match["comment"]:
            end = source.find("-->", position)
            position = len(source) if end < 0 else end + 3
        elif name in _DROPPED and not match["close"] and not match["rest"].endswith("/"):
            closing = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(source, position)
            position = closing.end() if closing else len(source)
            name = ""
        yield _Piece(text, name, bool(match["close"]), match["rest"] or "")
    yield _Piece(source[position:])
