"""``sacterm config``."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

from sacterm.assembly import all_problems, chosen_settings, theme_names
from sacterm.errors import SettingsInvalid


def run_path(options: argparse.Namespace) -> int:
    """Print where the settings are; the exit status."""
    from sacterm.settings.locations import user_locations

    print(user_locations().settings_file)
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Print every setting and where it comes from; 1 where something is wrong."""
    from sacterm.settings.listing import listing
    from sacterm.settings.locations import user_locations
    from sacterm.settings.viewstate import load_view_state

    locations = user_locations()
    loaded = chosen_settings(options, locations)
    looks = load_view_state(locations.view_state_file(options.profile))
    lines = list(listing(loaded, looks, theme_names()))
    name, origin = (max(len(line[column]) for line in lines) for column in (0, 1))
    for line in lines:
        print(f"{line.name:<{name}}  {line.origin:<{origin}}  {line.value}")
    problems = all_problems(loaded)
    if problems:
        print("", *problems, sep="\n")
    return 1 if problems else 0


def run_edit(options: argparse.Namespace) -> int:
    """Open the settings in the user's editor, then say what is wrong; 1 where something is."""
    from sacterm.desktop.programs import editor_command, run_in_foreground
    from sacterm.settings.config import template
    from sacterm.settings.locations import user_locations
    from sacterm.settings.tomltext import write

    locations = user_locations()
    file = locations.settings_file
    command = editor_command(os.environ)
    if not file.exists():
        write(file, template())
    if status := run_in_foreground(command, file):
        print(f"sacterm: {command[0]} ended with {status}", file=sys.stderr)
    problems = all_problems(chosen_settings(options, locations))
    for problem in problems:
        print(f"sacterm: {problem}", file=sys.stderr)
    if problems:
        again = "the file is as you left it; sacterm config edit opens it again"
        print(f"sacterm: {again}", file=sys.stderr)
    else:
        print(file)
    return 1 if problems or status else 0


def run_set(options: argparse.Namespace) -> int:
    """Change one setting in the file; the exit status."""
    from sacterm.settings.config import save
    from sacterm.settings.locations import user_locations

    file = user_locations().settings_file
    value = _value(options.value)
    if options.name == "theme" and value not in (names := theme_names()):
        raise SettingsInvalid(f"theme: one of {', '.join(sorted(names))} is wanted")
    if options.name.startswith("keys.") and not isinstance(value, str):
        value = options.value  # 1 is a key as well
    if options.name.startswith("keys."):
        _check_key(options, options.name.removeprefix("keys."), str(value))
    save(file, options.name, value)
    print(file)
    return 0


def _check_key(options: argparse.Namespace, command: str, keys: str) -> None:
    from sacterm.settings.locations import user_locations
    from sacterm.tui.keymap import choose

    settings = chosen_settings(options, user_locations()).settings
    _, before = choose(settings.keymap, settings.keys)
    _, problems = choose(settings.keymap, settings.keys | {command: keys})
    if new := [problem for problem in problems if problem not in before]:
        raise SettingsInvalid(new[0])


def _value(text: str) -> object:
    """What is meant by a word of the command line: as TOML has it, or else the word itself."""
    import tomllib

    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"value = {text}")["value"]
    return text
