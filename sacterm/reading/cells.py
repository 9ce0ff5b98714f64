"""Text measured and broken in the cells of a terminal.

The width of a character is what the painter takes it for, or columns would not align: so this is
Rich's table, the one thing of the screen's libraries that is used here.
"""

from __future__ import annotations

import re

from rich.cells import cell_len as cell_len
from rich.cells import set_cell_size

_LONGEST = 10_000  # characters of a line that are wrapped at a time


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly ``width`` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    pad = " " * (width - length)
    return pad + text if right else text + pad


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than ``width`` cells; broken at spaces where it can be."""
    lines: list[str] = []
    for line in text.split("\n"):
        if (line.isascii() and len(line) <= width) or cell_len(line) <= width:
            lines.append(line)
        else:
            for start in range(0, len(line), _LONGEST):  # a word has to end somewhere
                lines.extend(_wrap_line(line[start : start + _LONGEST], width))
    return lines


def _wrap_line(line: str, width: int) -> list[str]:
    lines: list[str] = []
    current, used = "", 0
    for word in re.findall(r"\s+|\S+", line):
        length = cell_len(word)
        if used + length <= width:
            current += word
            used += length
        elif word.isspace():
            lines.append(current)
            current, used = "", 0
        else:
            if current.strip() and length <= width:
                lines.append(current.rstrip())
                current, used = "", 0
            for character in word:
                cells = cell_len(character)
                if used + cells > width:
                    lines.append(current)
                    current, used = "", 0
                current += character
                used += cells
    if current.strip() or not lines:
        lines.append(current)
    return lines
