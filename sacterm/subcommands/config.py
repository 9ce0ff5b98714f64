"""``sacterm config``."""

from __future__ import annotations

import argparse
import contextlib
import tomllib

from sacterm.assembly import theme_names
from sacterm.errors import SettingsInvalid


def run_config(options: argparse.Namespace) -> int:
    """Say where the settings are, or set one; the exit status."""
    from sacterm.settings.config import save
    from sacterm.settings.locations import user_locations

    file = user_locations().settings_file
    if options.action == "set":
        if options.name is None or options.value is None:
            raise SettingsInvalid("a name and a value are wanted: sacterm config set NAME VALUE")
        value = _value(options.value)
        if options.name == "theme" and value not in (names := theme_names()):
            raise SettingsInvalid(f"theme: one of {', '.join(sorted(names))} is wanted")
        save(file, options.name, value)
    print(file)
    return 0


def _value(text: str) -> object:
    """What is meant by a word of the command line: as TOML has it, or else the word itself."""
    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    return text
