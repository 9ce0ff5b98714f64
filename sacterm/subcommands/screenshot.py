"""``--screenshot``: a picture of the demo, made without a terminal."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from sacterm.assembly import demo_launch, started_sandbox
from sacterm.errors import SactermError

_PAUSE = 0.05  # seconds between two looks
_LOOKS = 400  # for something to be seen
_ALIKE = 4  # looks that see the same: nothing is on its way any more
_SMTP = "127.0.0.1:2525"  # in the picture, wherever it really is: pictures are to be alike


def run_screenshot(options: argparse.Namespace) -> int:
    """Write the picture; the exit status.

    Raises:
        SactermError: the file cannot be written, or there is nothing to be seen.
    """
    file: Path = options.screenshot
    svg = asyncio.run(demo_picture(options.size))
    try:
        file.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise SactermError(f"{file} cannot be written: {error.strerror}") from None
    print(file)
    return 0


async def demo_picture(
    size: tuple[int, int], keys: Sequence[str] = ("enter",), ready: str = "costs no more"
) -> str:
    """The demo after some keys, as an SVG: the same each time but for the day and the hour.

    Args:
        size: columns and rows.
        keys: Textual's names, pressed when the mail is there.
        ready: what is on the screen when it is as it should be.

    Raises:
        SactermError: it was not there in time.
    """
    from msgspec.structs import replace

    from sacterm.tui.app import SactermApp
    from sacterm.tui.picture import picture, shows

    with started_sandbox(["--demo", "--quiet", "--stocked"]) as places:
        launch = demo_launch({**places, "smtp": _SMTP})
        launch.settings = replace(launch.settings, mark_read_after=-1)  # by no clock
        app = SactermApp(launch)
        async with app.run_test(size=size) as pilot:
            await _until(lambda: shows(app, "5 of 5") and shows(app, "Acme"))
            await pilot.press(*keys)
            await _until(lambda: shows(app, ready))
            looks: deque[str] = deque(maxlen=_ALIKE)

            def still() -> bool:
                looks.append(picture(app, "sacterm demo"))
                return len(looks) == _ALIKE and len(set(looks)) == 1

            await _until(still)
            return looks[-1]


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(_LOOKS):
        if condition():
            return
        await asyncio.sleep(_PAUSE)
    raise SactermError("the demo did not show what the picture is of")
