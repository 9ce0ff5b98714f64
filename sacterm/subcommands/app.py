"""The app: on the user's account, or on a demo's."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from typing import TYPE_CHECKING

from sacterm.aside import Loop
from sacterm.assembly import chosen_settings, demo_launch, own_launch, started_sandbox
from sacterm.crash import tell_fault
from sacterm.subcommands.screenshot import run_screenshot
from sacterm.tui.memory import collect_later

if TYPE_CHECKING:
    from sacterm.tui.launch import Launch

_FRAMES = "200"  # a second at most: what comes right behind a paint waits 5 ms for its own


def run_app(options: argparse.Namespace) -> int:
    """Show the account's mail; the exit status."""
    if options.screenshot:
        return run_screenshot(options)
    if not _has_terminal():
        return 2
    _be_quick()
    with contextlib.ExitStack() as until_end:
        return _show(own_launch(options, until_end))


def run_demo(options: argparse.Namespace) -> int:
    """Show a demo's mail; the exit status."""
    if options.screenshot:
        return run_screenshot(options)
    if not _has_terminal():
        return 2
    _be_quick()
    from sacterm.settings.locations import user_locations

    loaded = chosen_settings(options, user_locations())
    with started_sandbox(["--demo", *(["--quiet"] if options.quiet else [])]) as places:
        launch = demo_launch(places, loaded.settings, tour=not options.quiet)
        launch.problems = loaded.problems
        return _show(launch)


def _has_terminal() -> bool:
    # the screen is painted on stderr, so it has to be the terminal as well
    if sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty():
        return True
    print("sacterm is a full-screen program: run it in a terminal", file=sys.stderr)
    return False


def _be_quick() -> None:
    # the framework reads it once, when the first of it is loaded
    os.environ.setdefault("TEXTUAL_FPS", _FRAMES)
    collect_later()


def _show(launch: Launch) -> int:
    from sacterm.tui.app import SactermApp
    from sacterm.tui.dates import user_calendar

    app = SactermApp(launch, user_calendar())
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(app.run_async())
    if fault := app.fault:
        tell_fault(fault, launch.key or "")
    if app.complaint:
        print(f"sacterm: {app.complaint}", file=sys.stderr)
    return app.return_code or 0
