"""HTML in tokens: tags, their attributes, and the text between them.

Every step here is linear in the input, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape as unescape_all
from itertools import islice
from typing import Final

from msgspec import Struct

_MAX_ATTRIBUTES: Final = 64
_LONGEST_TAG: Final = 200_000  # characters; the search for more of it would hold up all threads

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
_OF_USE: Final = re.compile(
    "style|hidden|href|alt|start|value|class|role|align|bgcolor|width|height|span", re.IGNORECASE
)
_NUMBER_TOO_LONG: Final = re.compile(r"&#(?:x[0-9a-f]{9,}|[0-9]{9,});?", re.IGNORECASE)

# Of these elements the content is no HTML.
_RAW_END: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")
}


class Token(Struct, frozen=True, gc=False):
    """A tag with the text before it.

    Attributes:
        text: as written; :func:`unescape` makes characters of its references.
        name: of the tag, in lower case; "" where it is none, such as a comment.
        end: it is an end tag.
        attributes: of the tag, as written.
    """

    text: str
    name: str = ""
    end: bool = False
    attributes: str = ""


def tokens(html: str) -> Iterator[Token]:
    """All tags with the text before them; the last token has the text after them."""
    position = 0
    while token := _find(html, position):
        text = html[position : token.start()]
        position = _end_of(html, token)
        name, end = (token["name"] or "").lower(), bool(token["end"])
        if name in _RAW_END and not end:
            found = _RAW_END[name].search(html, position)
            position = found.start() if found else len(html)
            name = ""
        elif name == "pre" and html.startswith("\n", position):
            position += 1
        yield Token(text, name, end, token["attributes"] or "")
    yield Token(html[position:])


def _find(html: str, begin: int) -> re.Match[str] | None:
    """The next tag; of one that is too long, its beginning."""
    while (begin := html.find("<", begin)) >= 0:
        end = min(begin + _LONGEST_TAG, len(html))
        token = _TOKEN.search(html, begin, end)
        if token is None:
            if end == len(html):
                break
            begin = end - 1  # which may begin one
        elif token.start() == begin or not _is_open(html, token):
            return token
        else:
            begin = token.start()
    return None


def _is_open(html: str, token: re.Match[str]) -> bool:
    """Whether a tag goes on where the search for it ended."""
    end = token.end()
    return token.endpos == end < len(html) and html[end - 1] != ">"


def _end_of(html: str, token: re.Match[str]) -> int:
    if not _is_open(html, token):
        return token.end()
    mark = "-->" if token[0].startswith("<!--") else ">"
    end = html.find(mark, token.end())
    return end + len(mark) if end >= 0 else len(html)


def unescape(text: str) -> str:
    """Text with the characters that its references stand for."""
    if "&" not in text:
        return text
    # Python refuses to read a number of thousands of digits, and its unescape passes that on.
    return unescape_all(_NUMBER_TOO_LONG.sub("\N{REPLACEMENT CHARACTER}", text))


def read_attributes(source: str) -> dict[str, str]:
    """The first attributes of a tag by name in lower case; of two with one name the first counts.

    Args:
        source: as written in the tag.
    """
    attributes: dict[str, str] = {}
    if _OF_USE.search(source):
        for found in islice(_ATTRIBUTE.finditer(source), _MAX_ATTRIBUTES):
            value = found[2] or found[3] or found[4] or ""
            attributes.setdefault(found[1].lower(), unescape(value))
    return attributes
