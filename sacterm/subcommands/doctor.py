"""``sacterm doctor``."""

from __future__ import annotations

import argparse
import io
import os
import sys
from functools import partial

from sacterm.aside import aside
from sacterm.assembly import check_urls, chosen_settings
from sacterm.errors import SettingsInvalid


def run_doctor(options: argparse.Namespace) -> int:
    """Look for what is wrong; the exit status."""
    from sacterm.settings.keys import KeyStore
    from sacterm.settings.locations import user_locations

    looking = aside(KeyStore(options.profile, environ=os.environ).look)

    from sacterm.doctor.examination import run
    from sacterm.doctor.findings import Case

    locations = user_locations()
    settings, problems = chosen_settings(options, locations)
    may_send = True
    try:
        check_urls(settings, problems)
    except SettingsInvalid as error:
        may_send = False
        problems = tuple(dict.fromkeys((*problems, str(error))))
    painted = (sys.stdin, sys.stdout, sys.stderr)
    case = Case(
        settings=settings,
        problems=problems,
        may_send=may_send,
        locations=locations,
        environ=os.environ,
        looking=looking,
        size=os.get_terminal_size() if all(stream.isatty() for stream in painted) else None,
        encoding=sys.stderr.encoding,
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has a "·"
    return run(case, partial(print, flush=True))
