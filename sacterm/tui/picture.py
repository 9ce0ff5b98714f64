"""A picture of the screen, as an SVG that looks the same wherever it is shown."""

from __future__ import annotations

import html
import re

from rich.cells import cell_len
from textual.app import App


def picture(app: App[None], title: str) -> str:
    """What is on the screen now, as an SVG that asks nothing of any other machine.

    Args:
        app: of the screen.
        title: of the picture.
    """
    svg = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(title=title), flags=re.DOTALL)
    return _with_wide_text(svg.replace("Fira Code", "DejaVu Sans Mono"))


def _with_wide_text(svg: str) -> str:
    """The same picture with double-width characters given the room they take in a terminal."""

    def widen(match: re.Match[str]) -> str:
        text = html.unescape(match[3])
        return f"{match[1]}{float(match[2]) * cell_len(text) / max(1, len(text)):.1f}{match[4]}"

    return re.sub(r'((?:<text[^>]*) textLength=")([\d.]+)(?="[^>]*>([^<]*)</text>)()', widen, svg)


def shows(app: App[None], words: str) -> bool:
    """Whether the words are on the screen, in one piece."""
    return html.escape(words).replace(" ", "&#160;") in app.export_screenshot()
