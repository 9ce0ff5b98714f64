"""Columns stay where they are, whatever a terminal takes a character for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from sacterm.reading.cells import fit
from sacterm.reading.text import display_line
from sacterm.tui.driver import placed
from sacterm.tui.painting import ControlFilter
from tests.unit.hostilestrings import HOSTILE

_WIDTH = 40  # cells of the column
# fmt: off
SUBJECTS = (
    "plain", "日本語の件名", "\u2764\ufe0f selector", "\u26a1\ufe0e text style",
    "👨‍👩‍👧‍👦 family", "👍🏽 tone",
    "🇵🇹🇩🇪 flags", "1️⃣2️⃣ keycaps", "🏳️‍🌈 rainbow", "e\u0301a\u0308 combining", "\u1112\u1161\u11ab",
    "हिन्दी में विषय पंक्ति यहाँ है और बहुत लंबी है ताकि कट जाए", "தமிழ் பாடம்", "ကျွန်ုပ်တို့", "ភាសាខ្មែរជាភាសាផ្លូវការ",
    "مرحبا بالعالم 123", "שָׁלוֹם עוֹלָם 42", "می‌خواهم", "ภาษาไทย", "\U0001fae9\U0001fae8 new", "𓀀 ﷺ ｶﾞ",
    *HOSTILE.values(),
)
# fmt: on


def row(subject: str) -> str:
    """A line as it is sent: an edge, a column, an edge."""
    strip = Strip(
        Segment(text, Style.parse("bold"))
        for text in ("|", fit(display_line(subject), _WIDTH), "|")
    )
    painted = strip.apply_filter(ControlFilter(), Color(0, 0, 0))
    return placed("".join(f"\x1b[1m{segment.text}\x1b[0m" for segment in painted))


class Grid:
    """One line of a terminal with its own mind of widths."""

    def __init__(self, widths: dict[str, int]) -> None:
        self.cells = ["?"] * 200
        self._widths = widths
        self._column = self._saved = 0

    def feed(self, data: str) -> None:
        for sequence, text in re.findall(r"(\x1b(?:7|8|\[\d*[mC]))|([^\x1b])", data):
            if sequence == "\x1b7":
                self._saved = self._column
            elif sequence == "\x1b8":
                self._column = self._saved
            elif sequence.endswith("C"):
                self._column += int(sequence[2:-1])
            for _ in range(self._width(text) if text else 0):
                self.cells[self._column] = text
                self._column += 1

    def _width(self, char: str) -> int:
        return 1 if char < "\x7f" else self._widths.get(char, 1)


@given(
    st.sampled_from(SUBJECTS),
    st.dictionaries(st.sampled_from(sorted({*"".join(SUBJECTS)})), st.sampled_from((0, 1, 2))),
)
def test_edges_stand_where_they_were_whatever_the_width_of_what_is_unsure(
    subject: str, widths: dict[str, int]
) -> None:
    unsure = {char: width for char, width in widths.items() if placed(char) != char}
    shown = display_line(subject)
    wide = {char: 2 for char in shown if placed(char) == char and len(fit(char, 2)) == 1}
    none = {char: 0 for char in shown if category(char) in ("Mn", "Me")}
    grid = Grid({**none, **wide, **unsure})
    grid.feed(row(subject))
    assert grid.cells[0] == "|"
    assert grid.cells[_WIDTH + 1] == "|"


def test_what_is_sure_is_sent_as_it_is() -> None:
    for data in ("\x1b[1mRésumé · 日本語 ★ ╭─╮ 👍 …\x1b[0m", "\x1b]52;c;YQ==\x07", "\x1b[?25l"):
        assert placed(data) == data


def test_only_text_is_wrapped_never_a_sequence() -> None:
    assert placed("\x1b[38;2;1;2;3mहि  \x1b[0m\x1b]2;x\x07") == (
        "\x1b[38;2;1;2;3m\x1b7   \x1b8हि\x1b8\x1b[3C\x1b[0m\x1b]2;x\x07"
    )


@pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_edges_stand_where_they_were_in_tmux(size: tuple[int, int], tmp_path: Path) -> None:
    columns, lines = size
    subjects = SUBJECTS[: lines - 2]
    # an edge that is where it should be is overwritten
    tested = f"\x1b[1G[\x1b[{_WIDTH + 2}G]\r\n"
    screen = tmp_path / "screen"
    screen.write_text("".join(row(subject) + tested for subject in subjects) + "done")
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null", "-u"]
    hold = f"cat '{screen}'; {' '.join(tmux)} wait-for -S shown; exec cat"
    environ = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}

    def run(*command: str) -> str:
        done = subprocess.run(
            [*tmux, *command], env=environ, capture_output=True, timeout=10, check=True
        )
        return done.stdout.decode()

    try:
        run("new-session", "-d", "-x", str(columns), "-y", str(lines), hold)
        run("wait-for", "shown")
        looks = (run("capture-pane", "-p") for _ in range(500))
        shown = next(look for look in looks if "done" in look)
    finally:
        run("kill-server")
    rows = shown.splitlines()[: len(subjects)]
    assert [line for line in rows if "|" in line or not (line[0] == "[" and line[-1] == "]")] == []
