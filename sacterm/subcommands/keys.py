"""``sacterm keys``."""

from __future__ import annotations

import argparse
import io
import sys

from sacterm.assembly import chosen_settings


def run_keys(options: argparse.Namespace) -> int:
    """Print all commands with their keys; the exit status."""
    from sacterm.settings.locations import user_locations
    from sacterm.tui.keymap import keymap, table

    if options.preset is None:
        loaded = chosen_settings(options, user_locations())
        for problem in loaded.problems:
            print(f"sacterm: {problem}", file=sys.stderr)
        keys = keymap(loaded.settings.keymap, loaded.settings.keys)
    else:
        keys = keymap(options.preset)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has an "…"
    print(table(keys), end="")
    return 0
