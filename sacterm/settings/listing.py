"""The settings in force, one to a line, each with where it comes from; and what each may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple, get_args, get_origin, get_type_hints

from sacterm.redact import redact
from sacterm.settings.config import Loaded, as_toml
from sacterm.settings.options import NAMES, Settings
from sacterm.settings.viewstate import ViewState

DEFAULT = "default"
IN_THE_APP = "picked in the app"


class Line(NamedTuple):
    """One setting.

    Attributes:
        name: as the file has it.
        origin: the default, the file's line, the environment, the command line or the app.
        value: as the file writes it, without what may be secret.
    """

    name: str
    origin: str
    value: str


def listing(loaded: Loaded, looks: ViewState, themes: Collection[str]) -> Iterator[Line]:
    """Every setting, then every key of the user's own.

    Args:
        loaded: the settings.
        looks: what was picked in the app, which wins over them.
        themes: the themes there are: one picked that is gone does not win.
    """
    for name in NAMES:
        if name == "theme" and looks.theme in themes:
            yield _line(name, IN_THE_APP, looks.theme)
        else:
            value = getattr(loaded.settings, name.replace(".", "_"))
            yield _line(name, loaded.origins.get(name, DEFAULT), value)
    for command, keys in loaded.settings.keys.items():
        name = f"keys.{command}"
        yield _line(name, loaded.origins[name], keys)


def _line(name: str, origin: str, value: object) -> Line:
    shown = (redact(text) for text in (name, as_toml(value)))
    name, written = ("".join(c if c.isprintable() else "?" for c in text) for text in shown)
    return Line(name, origin, written)


def choices(name: str) -> tuple[str, ...]:
    """The values that one of :data:`NAMES` may have, where the settings themselves tell."""
    kind = get_type_hints(Settings)[name.replace(".", "_")]
    if kind is bool:
        return ("true", "false")
    return get_args(kind) if get_origin(kind) is Literal else ()
