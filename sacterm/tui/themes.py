"""The program's own pair of themes: calm, one accent, text at a contrast of 4.5:1 or more."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="sacterm-dark",
    primary="#7aa2c8",
    secondary="#8fa9b8",
    accent="#e0a458",
    foreground="#d5d9de",
    background="#14181d",
    surface="#191e24",
    panel="#222a33",
    success="#8fbf8f",
    warning="#e0a458",
    error="#e07a6a",
    dark=True,
    variables={
        "quiet": "#8b95a1",
        "edge": "#3a444f",
        "cursor": "#2c3a48",
        "cursor-blur": "#242d37",
    },
)
LIGHT = Theme(
    name="sacterm-light",
    primary="#2a5f8f",
    secondary="#41627a",
    accent="#9a5b00",
    foreground="#23292f",
    background="#f7f6f2",
    surface="#fbfaf7",
    panel="#ebe9e2",
    success="#2f6b38",
    warning="#8a5200",
    error="#a8321f",
    dark=False,
    variables={
        "quiet": "#5f6972",
        "edge": "#c3c0b6",
        "cursor": "#d5e3ef",
        "cursor-blur": "#e6e7e4",
    },
)

NAMES = frozenset(BUILTIN_THEMES) | {DARK.name, LIGHT.name}
