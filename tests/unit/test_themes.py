"""Every text can be read on whatever it stands on, in every theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

import sacterm.tui
from sacterm.tui.themes import DARK, GROUNDS, LIGHT, OURS, contrast, derived
from sacterm.tui.widgets.painted import LOOKS

_HERE = Path(sacterm.tui.__file__).parent
_STYLES = "\n".join(
    path.read_text() for kind in ("*.tcss", "*.py") for path in sorted(_HERE.rglob(kind))
)
_RGB = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]


def used(property: str) -> set[str]:
    """The variables that the stylesheets and looks give to a property."""
    styled = re.findall(rf"[ \t{{-]{property}: \$([\w-]+)(?: \d+%)?;", _STYLES)
    begin = "^" if property == "color" else "on "
    painted = (re.search(rf"{begin}\$([\w-]+)", look) for look in LOOKS.values())
    return {*styled, *(found[1] for found in painted if found)}


def variables(theme: Theme, *, colourless: bool = False) -> dict[str, str]:
    given = {**theme.to_color_system().generate(), **theme.variables}
    return {**given, **derived(theme, given, colourless=colourless)}


def least(theme: Theme) -> tuple[float, str, str]:
    """The worst of all pairs of text and ground that there can be."""
    found = variables(theme)
    inks = used("color") - {"edge", "background"}  # lines; and what is painted on the accent
    assert {"quiet", "accent", "error", "success", "warning", "primary"} <= inks
    return min(
        (contrast(Color.parse(found[ink]), Color.parse(found[ground])), ink, ground)
        for ink in inks | {"foreground", "text-disabled", "text-muted"}
        for ground in GROUNDS
    )


def test_contrast_is_measured_as_the_guideline_has_it() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


def test_all_grounds_are_known() -> None:
    assert used("background") <= set(GROUNDS)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_all_text_of_our_own_themes_can_be_read(theme: Theme) -> None:
    assert least(theme) >= (4.5, "", "")
    given = {**theme.to_color_system().generate(), **theme.variables}
    changed = {
        name: value
        for name, value in derived(theme, given, colourless=False).items()
        if name in ("quiet", "accent", "primary", "success", "warning", "error", "foreground")
        and Color.parse(value) != Color.parse(given[name])
    }
    assert changed == {}, "they need no help"


@pytest.mark.parametrize("theme", _RGB, ids=lambda theme: theme.name)
def test_all_text_of_other_themes_can_be_read_too(theme: Theme) -> None:
    assert least(theme) >= (4.5, "", "")
    found = {name: Color.parse(variables(theme)[name]) for name in ("cursor", "background")}
    assert found["cursor"] != found["background"], "the line under the cursor is seen"


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light", "sacterm-dark"])
def test_without_colours_of_ours_shapes_and_attributes_tell(name: str) -> None:
    theme = {**BUILTIN_THEMES, **OURS}[name]
    found = variables(theme, colourless=not theme.ansi)
    ours = used("color") | used("background") if theme.ansi else {"quiet", "cursor", "edge"}
    assert {ink for ink in ours if found[ink].startswith("#")} == set()
    assert found["cursor-style"] == "reverse"
    assert found["cursor-blur-style"] == "underline"
    assert found["focus-border"] != "round"


def test_every_theme_knows_the_same_variables() -> None:
    known = [set(variables(theme)) for theme in [*OURS.values(), *BUILTIN_THEMES.values()]]
    ours = {"quiet", "quiet-style", "edge", "cursor", "cursor-blur", "cursor-style"}
    assert all(ours <= names for names in known)
