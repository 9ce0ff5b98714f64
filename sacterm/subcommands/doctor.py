"""``sacterm doctor``."""

from __future__ import annotations

import argparse
import io
import os
import sys
from functools import partial

from sacterm.aside import aside
from sacterm.assembly import all_problems, chosen_settings, url_problem


def run_doctor(options: argparse.Namespace) -> int:
    """Look for what is wrong; the exit status."""
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import user_locations

    looking = aside(KeyStore(options.profile, environ=os.environ).look)

    from sacterm.doctor.examination import run
    from sacterm.doctor.findings import Case

    locations = user_locations()
    loaded = chosen_settings(options, locations)
    painted = (sys.stdin, sys.stdout, sys.stderr)
    case = Case(
        settings=loaded.settings,
        problems=all_problems(loaded),
        may_send=not url_problem(loaded),
        locations=locations,
        environ=os.environ,
        looking=looking,
        size=os.get_terminal_size() if all(stream.isatty() for stream in painted) else None,
        encoding=sys.stderr.encoding,
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has a "·"
    return run(case, partial(print, flush=True))
