"""Header fields of a message or a part: found, unfolded, decoded.

The standard library does all this, but takes seconds for a hostile field and raises for what real
mail contains. Here each step is linear in a bounded input, and nothing raises.
"""

from __future__ import annotations

import binascii
import re
from itertools import groupby
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from sacterm.reading.octets import decode_base64, decode_text

MAX_FIELD: Final = 128 * 1024
"""Bytes of one field's value that are decoded; a longer value is cut."""

MAX_FIELDS: Final = 500
"""Fields of a message's header that are read."""

MAX_HEADER: Final = 512 * 1024
"""Bytes of all their values together."""

_ENVELOPE: Final = re.compile(rb">?From [^\n]*\n")  # as mbox files have it
_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_END: Final = re.compile(rb"\r?\n")
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")

_WORD: Final = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_WORDS: Final = re.compile(rf"{_WORD.pattern}(?:\s*{_WORD.pattern})*")

_MAX_PARAMETERS: Final = 16 * 1024  # characters
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*+"|[^;]*)', re.DOTALL)
_SECTION: Final = re.compile(r"([^*]+)(?:\*([0-9]{1,4}))?(\*?)")
_QUOTED_PAIR: Final = re.compile(r"\\(.)", re.DOTALL)


class Header(NamedTuple):
    """The fields of a message or part, in order, and where its body begins.

    Attributes:
        fields: names as sent, and raw values, at most :data:`MAX_FIELD` bytes of each.
        body_at: offset of the body, in bytes.
        problems: one line for each thing that was wrong or cut.
    """

    fields: tuple[tuple[str, bytes], ...]
    body_at: int
    problems: tuple[str, ...]

    def first(self, name: str) -> str:
        """The first field of that name (lower case), unfolded but not decoded, or ""."""
        return next((unfold(raw) for field, raw in self.fields if field.lower() == name), "")


def read_header(data: bytes, *, max_fields: int, max_bytes: int) -> Header:
    """Read fields up to the first empty line, or the first line that cannot be a field.

    Args:
        data: a message or a part from its first byte.
        max_fields: more are skipped.
        max_bytes: of values in all; what is beyond is cut.
    """
    fields: list[tuple[str, bytes]] = []
    problems: list[str] = []
    envelope = _ENVELOPE.match(data)
    position = envelope.end() if envelope else 0
    while field := _FIELD.match(data, position):
        if len(fields) == max_fields:
            problems.append(f"more than {max_fields} header fields: the rest is not shown")
            blank = _BLANK_LINE.search(data, position)
            return Header(tuple(fields), blank.end() if blank else len(data), tuple(problems))
        name, value = field[1].decode("ascii"), field[2]
        if len(value) > (room := min(MAX_FIELD, max_bytes)):
            value = value[:room]
            problems.append(f"header field {name[:40]} is cut after {room} bytes")
        if b"\r" in _FOLD.sub(b"", value.rstrip(b"\r")):
            problems.append(f"header field {name[:40]} contains a bare carriage return")
        max_bytes -= len(value)
        fields.append((name, value))
        position = field.end()
    if end := _END.match(data, position):
        position = end.end()
    elif fields and position < len(data):
        problems.append("the header ends at a line that is no field, without an empty line")
    return Header(tuple(fields), position, tuple(problems))


def read_message_header(raw: bytes) -> Header:
    """Read the header of a whole message."""
    return read_header(with_line_feeds(raw), max_fields=MAX_FIELDS, max_bytes=MAX_HEADER)


def with_line_feeds(raw: bytes) -> bytes:
    """A message as it came, or where only carriage returns end its lines, line feeds for them."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def unfold(raw: bytes) -> str:
    """A field's value on one line. Raw 8-bit text is taken for UTF-8, or else Windows-1252."""
    return decode_text(_FOLD.sub(b" ", raw).strip())[0]


def decode_words(text: str) -> str:
    """Decode the RFC 2047 encoded words in a text.

    Adjacent words of one charset are joined before they are decoded: many senders split a
    character between two words.
    """
    return _WORDS.sub(_decode_run, text)


def _decode_run(run: re.Match[str]) -> str:
    words = _WORD.finditer(run[0])
    return "".join(
        decode_text(b"".join(map(_word_bytes, same)), charset)[0]
        for charset, same in groupby(words, key=lambda word: word[1].lower())
    )


def _word_bytes(word: re.Match[str]) -> bytes:
    data = word[3].encode("utf-8", "replace")
    return decode_base64(data) if word[2] in "bB" else binascii.a2b_qp(data, header=True)


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """A ``Content-Type`` or ``Content-Disposition``: its bare value and its parameters.

    Names and the bare value are in lower case. RFC 2231 sections and charsets are decoded, and so
    are RFC 2047 words, which the standard forbids here and senders use.
    """
    value = value[:_MAX_PARAMETERS]
    parameters: dict[str, str] = {}
    sections: dict[str, list[tuple[int, str, str]]] = {}
    for found in _PARAMETER.finditer(value):
        name, text = found[1].lower(), found[2].strip()
        if text.startswith('"') and text.endswith('"'):
            text = _QUOTED_PAIR.sub(r"\1", text[1:-1])
        section = _SECTION.fullmatch(name)
        if section and "*" in name:
            sections.setdefault(section[1], []).append((int(section[2] or 0), section[3], text))
        else:
            parameters.setdefault(name, decode_words(text))
    for name, pieces in sections.items():
        parameters[name] = _join_sections(sorted(pieces))
    return value.partition(";")[0].strip().lower(), parameters


def _join_sections(pieces: list[tuple[int, str, str]]) -> str:
    """RFC 2231: the first extended section begins with ``charset'language'``."""
    charset = "utf-8"
    data = b""
    for number, (_, extended, text) in enumerate(pieces):
        if extended and not number and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if extended else text.encode("utf-8", "replace")
    return decode_text(data, charset or "utf-8")[0]
