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
        position = token.end()
        if token.endpos == position < len(html):  # it goes on, but nobody reads that
            end_mark = "-->" if token[0].startswith("<!--") else ">"
            _, mark, after = html.partition(end_mark)
        name, end = (token["name"] or "").lower(), bool(token["end"])
        if name in _RAW_END and not end:
            found = _RAW_END[name].search(html, position)
            position = found.start() if found else len(html)
            name = ""
        elif name == "pre" and html.startswith("\n", position):
            position += 1
        yield Token(text, name, end, token["attributes"] or "")
    yield Token(html[position:])


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
