"""The signs on the screen, and ASCII for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

from rich.cells import cell_len
from textual._border import BORDER_CHARS
from textual.scrollbar import ScrollBarRender

import sacterm
from sacterm.tui import marks

_HERE = Path(sacterm.__file__).parent
_PAINTED = [
    *(_HERE / "tui").rglob("*.py"),
    *(_HERE / "mailbox").glob("*.py"),
    *(_HERE / "reading").glob("*_view.py"),
    *(_HERE / "reading" / name for name in ("journey.py", "html_table.py", "parts.py")),
]
_NOT_PAINTED = {"driver.py", "painting.py", "search.py"}  # they look for such characters
_OF_MAIL = {"text_view.py": "éół", "source_view.py": "\x85"}  # what is looked for in mail


def signs() -> Iterator[str]:
    """Whatever is not ASCII in the strings of the modules that say something."""
    for path in _PAINTED:
        if path.name in _NOT_PAINTED:
            continue
        tree = ast.parse(path.read_text())
        told = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = "" if id(node) in told else node.value
                yield from set(text) - set(_OF_MAIL.get(path.name, "")) - {"\u2028", "\u2029"}


def test_there_is_ascii_for_every_sign_in_as_many_cells() -> None:
    frames = "".join("".join(row) for kind in BORDER_CHARS.values() for row in kind)
    bars = "".join(ScrollBarRender.VERTICAL_BARS)
    painted = {char for char in (*signs(), *frames, *bars) if not char.isascii()} - {"▀"}
    assert {"●", "…", "·", "→", "╭"} <= painted
    assert {char for char in painted if not marks.in_ascii(char).isascii()} == set()
    assert {char for char in painted if len(marks.in_ascii(char)) != cell_len(char)} == set()


def test_states_differ_in_ascii_too() -> None:
    assert [marks.in_ascii(sign) for sign in marks.LIVENESS.values()] == ["*", "~", "o", "."]
    row = (marks.STARRED, marks.ATTACHMENT, marks.SPAM, marks.GONE, marks.SELECTED, marks.WAITING)
    assert [marks.in_ascii(sign) for sign in (marks.UNREAD["ascii"], *row)] == list("N*@!x+^")


def test_what_mail_is_written_in_stays() -> None:
    letters = "Grüße, 山田 мир שלום €"
    assert marks.in_ascii(letters) == letters
    assert not any(category(char).startswith("L") for char in map(chr, marks._TABLE))
