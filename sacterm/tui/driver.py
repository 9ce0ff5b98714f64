"""What is sent to the terminal so that columns stay where they are, whatever it makes of a text.

Terminals have their own tables of the cells that a character takes, each of another year, and some
of them paint right-to-left text from the right, with all that stands beside it on the line.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import Final

from rich.cells import cell_len
from textual.driver import Driver

_EXPLICIT: Final = "\x1b[8l"  # ECMA-48's BDSM: a line is painted in the order it is sent in
_IMPLICIT: Final = "\x1b[8h"
_USUAL: Final = re.compile("[\x00-\u024f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u27bf]*")
_PIECES: Final = re.compile(  # of control sequences; and of text
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^\[\]])|[\x00-\x1a\x1c-\x1f\x7f]+"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
)


@cache  # not before it is needed: it takes long to compile
def _unsure() -> re.Pattern[str]:
    # what not all terminals take for as many cells, as they do the scripts of Europe and East
    # Asia, signs, and emoji that have been there for long
    return re.compile(
        "[^\x00-\u036f\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e"
        "\u20a0-\u20bf\u2100-\u2bff\u2e80-\u4dbf\u4e00-\ua48f\uac00-\ud7a3\uf900-\ufaff"
        "\uff01-\uffe6\ufffd\U0001f300-\U0001f64f\U0001f680-\U0001f6c5\U0001f910-\U0001f970]"
    )


def placed(data: str) -> str:
    """What is sent for painted lines: behind a text of unsure width the cursor is told its place.

    The cells of the text are cleared first, as a terminal may fill fewer of them.
    """
    if _USUAL.fullmatch(data) or not _unsure().search(data):
        return data
    return _PIECES.sub(_placed, data)


def _placed(piece: re.Match[str]) -> str:
    text = piece["text"]
    if text is None or not _unsure().search(text):
        return piece[0]
    cells = cell_len(text)
    return f"\x1b7{' ' * cells}\x1b8{text.rstrip(' ')}\x1b8\x1b[{cells}C"


class PlacingDriver(Driver):
    """To be mixed into the driver of a terminal."""

    def write(self, data: str) -> None:
        super().write(placed(data))  # type: ignore[safe-super]

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[safe-super]
        self.write(_EXPLICIT)

    def resume_application_mode(self) -> None:
        # SIGCONT follows SIGHUP: what begins to write to a terminal that is gone never ends
        if sys.__stdin__ is not None and sys.__stdin__.isatty():
            super().resume_application_mode()

    def stop_application_mode(self) -> None:
        self.write(_IMPLICIT)
        super().stop_application_mode()  # type: ignore[safe-super]
