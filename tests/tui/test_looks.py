"""Themes, tried and kept; what is painted can be read; and without colours, and in ASCII."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.style import Style
from textual.color import Color

from sacterm.settings.options import Settings
from sacterm.tui.screens.main import MainScreen
from sacterm.tui.themes import DARK, LIGHT, contrast
from tests.tui.running import Rig, filled, running
from tests.waiting import until


def painted(rig: Rig) -> Iterator[tuple[str, Style]]:
    """What is on the screen in front, in pieces of one style."""
    screen = rig.app.screen
    front = [child.region for child in screen.children if child.visible] or [screen.region]
    if isinstance(screen, MainScreen):
        front = [screen.region]
    for region in front:
        for strip in screen._compositor.render_strips()[region.y : region.bottom]:
            for text, style, _ in strip.crop(region.x, region.right):
                if style is not None and text.strip(" "):
                    yield text, style


def colors(style: Style) -> tuple[Color, Color]:
    assert style.color is not None
    assert style.bgcolor is not None
    return Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)


def hard_to_read(rig: Rig) -> set[str]:
    """What cannot be read well, of what is in front; lines and bars are no text."""
    words = [(text, style) for text, style in painted(rig) if not _DRAWN.issuperset(text)]
    assert words
    return {f"{text} {style}" for text, style in words if contrast(*colors(style)) < 4.5}


_DRAWN = frozenset(map(chr, range(0x2500, 0x25A0))) | {" "}


async def test_a_theme_is_shown_while_it_is_chosen_and_kept_by_enter_alone() -> None:
    async with running(filled()) as rig:

        async def has(theme: str) -> None:
            await until(lambda: rig.app.theme == theme)
            await rig.pilot.pause()

        await rig.sees("Subject 29", "live ·")
        await rig.press("T")
        await rig.sees("enter keeps it")
        assert rig.app.theme == DARK.name
        await rig.press("down")
        await has(LIGHT.name)
        offered = [style for text, style in painted(rig) if text.strip() == "nord"]
        assert all(colors(style)[1].brightness > 0.5 for style in offered), "the palette is in it"
        assert offered
        await rig.press("escape")
        await has(DARK.name)
        await rig.press("ctrl+p", *"nord")
        await rig.sees("Theme: nord")
        await has("nord")
        await rig.press("enter")
        await rig.press("T", "down")
        await has(DARK.name)
        await rig.press("escape")
        await has("nord")


async def test_whatever_is_painted_can_be_read() -> None:
    async with running(filled(), settings=Settings(theme=LIGHT.name, mark_read_after=-1)) as rig:
        await rig.sees("Subject 29", "live ·")
        for keys in (
            ("s", "x", "V", "j"),
            ("enter", "slash", "o"),
            ("escape", "escape", "escape", "slash", "a", ":"),
            ("escape", "D"),
            ("escape", "a"),
            ("escape", "T"),
            ("escape", "question_mark"),
            ("escape", "y"),
        ):
            await rig.press(*keys)
            await rig.pilot.pause()
            assert hard_to_read(rig) == set(), (keys, rig.text)
        rig.app.theme = DARK.name
        await rig.pilot.pause()
        assert hard_to_read(rig) == set()


async def test_without_colours_and_in_ascii_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(filled(), settings=Settings(marks="ascii", mark_read_after=-1)) as rig:
        await rig.sees("Subject 29", "live .", "N    Acme")
        for keys in (("x", "j"), ("question_mark",), ("escape", "ctrl+p"), ("escape", "D")):
            await rig.press(*keys)
            await rig.pilot.pause()
            shown = list(painted(rig))
            assert {text for text, _ in shown if not text.isascii()} == set()
            for _, style in shown:
                assert style.color is None or style.color.is_default
                assert style.bgcolor is None or style.bgcolor.is_default
        await rig.press("escape")
        await rig.pilot.pause()
        assert "+" in rig.text, "what is selected"
        reversed_ = {text.strip() for text, style in painted(rig) if style.reverse}
        assert any("Subject" in text for text in reversed_), "the line under the cursor"
        assert "=" * 20 in rig.text, "the frame of the pane that keys go to"
