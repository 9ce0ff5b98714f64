"""The program's own pair of themes, and what is made of every theme so that it can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from textual.color import BLACK, WHITE, Color
from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="sacterm-dark",
    primary="#82a8cc",
    secondary="#8fa9b8",
    accent="#e0a458",
    foreground="#d5d9de",
    background="#14181d",
    surface="#191e24",
    panel="#222a33",
    success="#8fbf8f",
    warning="#e0a458",
    error="#e58a7b",
    dark=True,
    variables={
        "quiet": "#9aa4af",
        "edge": "#3a444f",
        "cursor": "#2c3a48",
        "cursor-blur": "#242d37",
    },
)
LIGHT = Theme(
    name="sacterm-light",
    primary="#2a5f8f",
    secondary="#41627a",
    accent="#7d4a00",
    foreground="#23292f",
    background="#f7f6f2",
    surface="#fbfaf7",
    panel="#ebe9e2",
    success="#2a6033",
    warning="#7d4a00",
    error="#a02d1b",
    dark=False,
    variables={
        "quiet": "#555e66",
        "edge": "#c3c0b6",
        "cursor": "#d5e3ef",
        "cursor-blur": "#e6e7e4",
    },
)

OURS: Final = {theme.name: theme for theme in (DARK, LIGHT)}
NAMES: Final = frozenset(BUILTIN_THEMES) | frozenset(OURS)

GROUNDS: Final = ("background", "surface", "panel", "cursor", "cursor-blur")
"""What text stands on."""

_INKS: Final = ("foreground", "quiet", "primary", "accent", "success", "warning", "error")
_READABLE: Final = 4.5  # to one: what WCAG asks for text
_STEPS: Final = 20

_STYLES: Final = {
    "quiet-style": "none",
    "cursor-style": "none",
    "cursor-blur-style": "none",
    "selected-style": "bold",
    "focus-border": "round",
}
# Where there is no colour of ours, attributes of the terminal's own tell what colours would.
_PLAIN: Final = {
    "quiet": "ansi_default",
    "quiet-style": "dim",
    "edge": "ansi_default",
    "cursor": "ansi_default",
    "cursor-style": "reverse",
    "cursor-blur": "ansi_default",
    "cursor-blur-style": "underline",
    "selected-style": "bold reverse",
    "focus-border": "heavy",
    "block-cursor-foreground": "ansi_default",
    "block-cursor-background": "ansi_default",
    "block-cursor-text-style": "bold underline",  # an OptionList knows of no reverse
    "block-cursor-blurred-text-style": "underline",
    "input-cursor-text-style": "reverse",
    "border-blurred": "ansi_default",
}


def contrast(one: Color, other: Color) -> float:
    """How far apart two colours are in brightness, 1 to 21, as WCAG 2 has it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def derived(theme: Theme, given: Mapping[str, str], *, colourless: bool) -> dict[str, str]:
    """The variables of the stylesheet that differ from those a theme gives.

    A colour that cannot be read on all that text stands on is taken nearer to black or white,
    as little as needed; what themes do not know of (quiet text, edges, the cursor) is mixed from
    what they do.

    Args:
        theme: any theme.
        given: all the variables that it gives.
        colourless: no colour is to be painted, whatever the theme.
    """
    if theme.ansi or colourless:
        return _PLAIN
    colors = {name: Color.parse(given[name]) for name in (*GROUNDS, *_INKS) if name in given}
    ink, paper = colors["foreground"], colors["background"]
    known = dict(colors)
    known.setdefault("cursor", _ground(paper, colors["primary"], 0.18, ink))
    known.setdefault("cursor-blur", _ground(paper, ink, 0.08, ink))
    known.setdefault("quiet", ink.blend(paper, 0.33))
    grounds = [known[name] for name in GROUNDS]
    inks = {name: _readable(known[name], grounds, dark=theme.dark) for name in _INKS}
    edge = given.get("edge", ink.blend(paper, 0.72).hex)
    return {
        **_STYLES,
        **{name: color.hex for name, color in chain(known.items(), inks.items())},
        "edge": edge,
        "block-cursor-foreground": inks["foreground"].hex,
        "block-cursor-background": known["cursor"].hex,
        "block-cursor-blurred-foreground": inks["foreground"].hex,
        "block-cursor-blurred-background": known["cursor"].hex,
        "text-muted": inks["quiet"].hex,
        "text-disabled": inks["quiet"].hex,
    }


def _ground(paper: Color, tint: Color, most: float, ink: Color) -> Color:
    """As much of a tint on the paper as leaves the ink readable."""
    tries = (paper.blend(tint, most * (_STEPS - step) / _STEPS) for step in range(_STEPS))
    return next((color for color in tries if contrast(ink, color) >= _READABLE), paper)


def _readable(ink: Color, grounds: Iterable[Color], *, dark: bool) -> Color:
    end = WHITE if dark else BLACK
    tries = (ink.blend(end, step / _STEPS) for step in range(_STEPS))
    fits = (
        color for color in tries if all(contrast(color, ground) >= _READABLE for ground in grounds)
    )
    return next(fits, end)
