"""Makes the pictures of this folder from the running demo: ``python screenshots/make.py``.

The SVG is Textual's own, without the web font it would load; the PNG needs Chromium.
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.cells import cell_len

from sacterm.assembly import demo_launch, started_sandbox
from sacterm.tui.app import SactermApp

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
    "help": (SMALL, ("question_mark",), "Reading"),
}
CHROMIUM = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --hide-scrollbars --force-device-scale-factor=1"
)


async def picture(size: tuple[int, int], keys: tuple[str, ...], ready: str) -> str:
    """The demo after some keys, as an SVG, once ``ready`` is on it."""
    with started_sandbox(["--demo", "--quiet", "--smtp-port", "2525"]) as places:
        app = SactermApp(demo_launch(places))
        async with app.run_test(size=size) as pilot:
            await _shows(app, "of 5")
            await _shows(app, "Acme")
            await pilot.press(*keys)
            await _shows(app, ready)
            return app.export_screenshot(title="sacterm demo")


async def _shows(app: SactermApp, words: str) -> None:
    for _ in range(200):
        if words.replace(" ", "&#160;") in app.export_screenshot():
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(words)


def without_web_font(svg: str) -> str:
    """The same picture, asking nothing of any other machine."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "DejaVu Sans Mono")


def with_wide_text(svg: str) -> str:
    """The same picture with double-width characters given the room they take in a terminal."""

    def widen(match: re.Match[str]) -> str:
        text = html.unescape(match[3])
        return f"{match[1]}{float(match[2]) * cell_len(text) / max(1, len(text)):.1f}{match[4]}"

    return re.sub(r'((?:<text[^>]*) textLength=")([\d.]+)(?="[^>]*>([^<]*)</text>)()', widen, svg)


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
        svg = asyncio.run(picture(*PICTURES[name]))
        save(name, with_wide_text(without_web_font(svg)))


if __name__ == "__main__":
    main()
