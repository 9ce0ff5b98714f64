"""Copying: by a program of the system, and by the terminal itself (OSC 52).

No terminal says whether it took an OSC 52, so there is nothing to fall back from: :func:`way`
names every means that may reach the clipboard in front of the user, and the app uses all of them.
Setting the same text twice does no harm.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sacterm.desktop.programs import ProgramFailed, Which, is_remote, pipe

MAX_OSC52: Final = 100_000
"""Bytes of base64 that are sent to a terminal; most drop more."""

_TMUX: Final = (
    "sh",
    "-c",
    "tmux load-buffer -w - || exec tmux load-buffer -",  # before 3.2 there is no -w
)
# What is pasted goes to programs that obey control characters, some of them shells.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Way(NamedTuple):
    """All that is to be done to copy.

    Attributes:
        tool: the command for :func:`copy_with_tool`, or None where no program can help.
        terminal: whether the terminal is to be sent OSC 52.
    """

    tool: tuple[str, ...] | None
    terminal: bool


def way(environ: Mapping[str, str], which: Which = shutil.which) -> Way:
    """How to copy here: by OSC 52 wherever the terminal is no danger to it, and by a tool too.

    Over plain SSH that is OSC 52 alone, as the tools there set the clipboard of another machine.
    The Linux console would print what it does not understand, and a dumb terminal as well.
    """
    return Way(tool(environ, which), environ.get("TERM", "dumb") not in ("linux", "dumb"))


def tool(environ: Mapping[str, str], which: Which = shutil.which) -> tuple[str, ...] | None:
    """The command that sets the clipboard in front of the user, or None.

    Desktops come before tmux, whose way ends in an OSC 52 that not every terminal takes. Over SSH
    only a forwarded X display is the user's own.
    """
    local = not is_remote(environ)
    display = environ.get("DISPLAY", "")
    x11 = bool(display) and (local or not display.startswith(":"))
    tmux = bool(environ.get("TMUX")) and which("tmux") is not None
    commands = (
        (_TMUX, tmux and not local),
        (("wl-copy",), local and bool(environ.get("WAYLAND_DISPLAY"))),
        (("xclip", "-selection", "clipboard"), x11),
        (("xsel", "-ib"), x11),
        (("pbcopy",), local),
        (("clip.exe",), local and "WSL_DISTRO_NAME" in environ),
        (("termux-clipboard-set",), local),
        (_TMUX, tmux),
    )
    return next((command for command, usable in commands if usable and which(command[0])), None)


async def copy_with_tool(text: str, command: Sequence[str], *, limit: float = 3.0) -> bool:
    """Give the text to a copying program, and say whether it took it.

    The program gets the text by stdin alone. One that stays behind to serve the selection, as
    xclip does, is not waited for and outlives the app.

    Args:
        text: control characters are left out, but for line breaks and tabs.
        command: what :func:`tool` gives.
        limit: seconds; a program that takes longer is ended.
    """
    copied = _CONTROL.sub("", text)
    # clip.exe takes anything without a byte order mark for the console's old code page
    data = copied.encode("utf-16" if command[0] == "clip.exe" else "utf-8", "replace")
    try:
        ran = await pipe(f"exec {shlex.join(command)} >/dev/null 2>&1", data, limit=limit)
    except ProgramFailed:
        return False
    return ran.status == 0


def fits_terminal(text: str) -> bool:
    """Whether a terminal takes a text by OSC 52; most drop what is longer.

    tmux obeys OSC 52 only with ``set-clipboard on``, while its default is ``external``: there it is
    ``tmux load-buffer -w`` (see :func:`tool`) that reaches the terminal's clipboard.
    """
    return len(text.encode("utf-8", "replace")) <= MAX_OSC52 // 4 * 3
