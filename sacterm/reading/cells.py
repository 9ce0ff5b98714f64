"""Text measured and broken in the cells of a terminal.

The width of a character is what the painter takes it for, or columns would not align: so this is
Rich's table, the one thing of the screen's libraries that is used here. There is one exception:
vowel signs of Indic scripts, which take no cell of their own for Rich, do so in many terminals.
Room is made for them, so that no text is painted over what stands behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, islice
from typing import Final
from unicodedata import category

from rich.cells import cell_len as painted_len
from rich.cells import get_character_cell_size, set_cell_size, split_graphemes

from sacterm.reading.styled import Line, Span
from sacterm.reading.text import DisplayText, Table

_JOINS: Final = re.compile("[\u200d\ufe0f]")
_NARROW: Final = re.compile(  # one cell each
    "[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2400-\u2426\u2500-\u25fc\ufffd]*"
)
_INDIC: Final = re.compile(
    "[\u0900-\u0dff\u0f00-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\U00011000-\U00011fff]"
)
_UNSPACED: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


@cache  # not before something is wrapped: it takes long to compile
def _breaks() -> re.Pattern[str]:
    # scripts without spaces break between letters, but not before what closes or after what opens
    return re.compile(
        "(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])(?<![\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff3b])"
        "(?![\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u3015\u30fb\u30fc"
        "\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d])"
        "|(?=[\u2e80-\u3000\u3040-\u30fb\u30fd-\u9fff\uf900-\ufaff])(?<=[!-~])"
    )


__all__ = ("cell_len", "fit", "flow", "painted_len", "trimmed", "wrap")

# To each character one whose number is its cells.
_CELLS: Final = Table(lambda char: chr(get_character_cell_size(char)))


def cell_len(text: str) -> int:
    """The cells that a text takes at most."""
    if text.isascii():
        return len(text)
    return _cells_to(text)[-1] if _INDIC.search(text) else painted_len(text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly ``width`` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) > width:
        if _INDIC.search(text):
            text = text[: bisect_right(_cells_to(text), width - 1)]
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    pad = " " * (width - painted_len(text))
    return pad + text if right else text + pad


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than ``width`` (>= 2) cells; broken at spaces if possible."""
    return [text[begin:end] for begin, end in _lines(text, width, width, hard=False)]


def flow(
    spans: Sequence[Span],
    width: int,
    *,
    first: Sequence[Span] = (),
    rest: Sequence[Span] = (),
    hard: bool = False,
    limit: int | None = None,
) -> list[Line]:
    r"""Wrap styled text, as :func:`wrap` does. Always at least one line; none ends with spaces.

    Args:
        spans: the text; ``\n`` in it begins a new line.
        width: cells of a whole line.
        first: begins the first line, such as a bullet; it has to leave two cells at least.
        rest: begins the other lines, such as the room below that bullet.
        hard: break where the line is full, in the middle of a word too, as code demands.
        limit: give no more lines than that.
    """
    texts = [span.text for span in spans]
    text = "".join(texts)
    first_room = width - sum(cell_len(span.text) for span in first)
    if 0 < len(text) <= first_room and text.isascii() and "\n" not in text and text[-1] != " ":
        return [Line((*first, *spans))][:limit]
    ends = list(accumulate(map(len, texts)))
    room = width - sum(cell_len(span.text) for span in rest)
    lines = []
    prefix, place, starts_at = first, 0, 0
    for begin, end in islice(_lines(text, first_room, room, hard=hard), limit):
        while end > begin and text[end - 1] == " ":
            end -= 1
        pieces = list(prefix if begin < end else trimmed(prefix))
        while begin < end:
            while ends[place] <= begin:
                starts_at = ends[place]
                place += 1
            until = min(end, ends[place])
            span = spans[place]
            if begin > starts_at or until < ends[place]:
                span = Span(DisplayText(text[begin:until]), span.look)
            pieces.append(span)
            begin = until
        lines.append(Line(tuple(pieces)))
        prefix = rest
    return lines


def trimmed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the spaces at their end."""
    kept = list(spans)
    while kept and not kept[-1].text.rstrip(" "):
        kept.pop()
    if kept and kept[-1].text.endswith(" "):
        kept.append(Span(DisplayText((last := kept.pop()).text.rstrip(" ")), last.look))
    return tuple(kept)


def _lines(text: str, first: int, width: int, *, hard: bool) -> Iterator[tuple[int, int]]:
    """Where the lines of a text begin and end; the first has its own width."""
    begin, room = 0, first
    while begin <= len(text):
        end = text.find("\n", begin)
        if end < 0:
            end = len(text)
        line = text[begin:end]
        if len(line) <= room and line.isascii():
            yield begin, end
        else:
            for start, stop in _broken(line, room, width, hard=hard):
                yield begin + start, begin + stop
        begin, room = end + 1, width


def _broken(line: str, first: int, width: int, *, hard: bool) -> Iterator[tuple[int, int]]:
    ends = [] if _NARROW.fullmatch(line) else _cells_to(line)

    def reach(begin: int, room: int) -> int:
        """Where a line that begins there is full."""
        if not ends:
            return begin + room
        return bisect_right(ends, (ends[begin - 1] if begin else 0) + room)

    begin, room = 0, first
    while (full := reach(begin, room)) < len(line):
        cut = max(full, begin + 1)
        if not hard and line[full] != " ":
            word = max(begin, line.rfind(" ", begin, full) + 1)
            fits = line.find(" ", full, reach(word, width) + 1) >= 0 or (
                reach(word, width) >= len(line)
            )
            if place := _between_letters(line, word, full):
                cut = place
            elif fits and line[begin:word].strip():
                cut = word
        stop = cut
        while not hard and stop > begin and line[stop - 1] == " ":
            stop -= 1
        yield begin, stop
        while not hard and cut < len(line) and line[cut] == " ":
            cut += 1
        if cut == len(line):
            return
        begin, room = cut, width
    yield begin, len(line)


def _between_letters(line: str, word: int, full: int) -> int:
    """The last place in a word where a script without spaces may be broken, or 0."""
    if not _UNSPACED.search(line, word, full + 1):
        return 0
    places = (place for place in range(full, word, -1) if _breaks().match(line, place))
    return next(places, 0)


def _cells_to(line: str) -> list[int]:
    """The cells from the beginning of a line to the end of each of its characters."""
    if _JOINS.search(line):
        widths = bytearray(len(line))
        for start, _, cells in split_graphemes(line)[0]:
            widths[start] = cells
    else:
        widths = bytearray(line.translate(_CELLS), "latin-1")
    if _INDIC.search(line):
        base = 0
        for place, char in enumerate(line):
            if widths[place]:
                base = place
            elif category(char) == "Mc":
                widths[base] += 1  # with what it belongs to, or a line might break in between
    return list(accumulate(widths))
