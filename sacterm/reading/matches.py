"""Where words occur in laid-out lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, islice
from typing import Final

from msgspec import Struct

from sacterm.reading.styled import Line

MAX_MATCHES: Final = 10_000


class Matches(Struct, frozen=True):
    """Places in lines, in order.

    Attributes:
        starts: offset of each line in all of them joined by line breaks.
        places: begin and end of each match, as such offsets; at most :data:`MAX_MATCHES`.
    """

    starts: Sequence[int] = (0,)
    places: Sequence[tuple[int, int]] = ()

    def line(self, number: int) -> int:
        """The line in which a match begins."""
        return bisect_right(self.starts, self.places[number][0]) - 1

    def first_from(self, line: int) -> int:
        """The first match on that line or below it; the first of all where there is none."""
        if line >= len(self.starts):
            return 0
        number = bisect_left(self.places, (self.starts[line], 0))
        return number if number < len(self.places) else 0

    def on(self, line: int, length: int) -> list[tuple[int, int, int]]:
        """Begin and end in a line, and number, of the matches that touch it.

        Args:
            line: its index.
            length: its characters.
        """
        if line >= len(self.starts):
            return []
        start = self.starts[line]
        number = bisect_right(self.places, start, key=_end)
        found = []
        while number < len(self.places) and self.places[number][0] < start + length:
            begin, end = self.places[number]
            found.append((max(0, begin - start), min(length, end - start), number))
            number += 1
        return found


def find_words(lines: Sequence[Line], words: str, first: int = 0) -> Matches:
    """Find words from the line ``first`` on, whatever the case of their letters.

    White space between them stands for any, and for the end of a line: what was wrapped at a
    space is found, unless the next line begins with a mark, as quotations do.
    """
    if not words.strip() or first >= len(lines):
        return Matches()
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    texts = [line.text for line in lines]
    starts = [0, *accumulate(len(text) + 1 for text in texts[:-1])]
    found = pattern.finditer("\n".join(texts), starts[first])
    return Matches(starts, [match.span() for match in islice(found, MAX_MATCHES)])


def _end(place: tuple[int, int]) -> int:
    return place[1]
