"""Makes the pictures of this folder from the running demo: ``python screenshots/make.py``.

The PNG beside each SVG needs Chromium.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sacterm.subcommands.screenshot import demo_picture

FOLDER = Path(__file__).parent
WIDE, SMALL = (120, 40), (80, 24)
INVOICE = ("slash", *"subject:invoice", "enter", "enter")
PICTURES: dict[str, tuple[tuple[int, int], tuple[str, ...], str]] = {
    # name: size, keys, what is on it when it is ready
    "demo": (WIDE, ("j", "j"), "Choose a new password"),
    "list": (SMALL, ("x", "x", "j", "j"), "costs no more"),
    "html": (SMALL, (*INVOICE, "2", "ctrl+d"), "Amount"),
    "links": (SMALL, ("slash", *"newsletter", "enter", "enter", "4", "G"), "nsubscribe"),
    "parts": (SMALL, (*INVOICE, "5"), "attachment"),
    "search": (SMALL, ("slash", *"has:code newer:1d"), "has:code newer:1d"),
    "account": (SMALL, ("A",), "OPS THIS MONTH"),
    "beside": (WIDE, ("j", "j", "backslash", "equals_sign"), "Choose a new password"),
    "help": (SMALL, ("question_mark",), "Triage"),
}
CHROMIUM = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --hide-scrollbars --force-device-scale-factor=1"
)


def save(name: str, svg: str) -> None:
    """Write the SVG, and the PNG beside it."""
    file = FOLDER / f"{name}.svg"
    file.write_text(svg)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not box or not chromium:
        sys.exit("the PNG needs Chromium: install it and run this again")
    size = f"--window-size={round(float(box[1]))},{round(float(box[2]))}"
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *CHROMIUM.split(), f"--user-data-dir={profile}", size]
        subprocess.run(
            [*command, f"--screenshot={file.with_suffix('.png')}", file.as_uri()],
            check=True,
            capture_output=True,
        )


def main() -> None:
    """Make all pictures, or those named on the command line."""
    for name in sys.argv[1:] or PICTURES:
        save(name, asyncio.run(demo_picture(*PICTURES[name])))


if __name__ == "__main__":
    main()
