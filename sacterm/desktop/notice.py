"""Notices of the desktop, sent through the terminal: by OSC 9, 777 or 99, or as its bell.

No terminal says whether it shows them, and most drop without a word what they do not know. So the
sequences go only to terminals whose documents name them; every other one rings its bell, which all
of them can. Windows Terminal, VTE and Alacritty show none; rxvt does with its extension "notify".
"""

from __future__ import annotations

import re
import subprocess
from base64 import b64encode
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from sacterm.reading.text import DisplayText, display_line

BELL: Final = "\a"
LONGEST: Final = 160  # characters of a title, and of a body; kitty takes 1,024

_END: Final = "\x1b\\"
_SECONDS: Final = 1.0  # that tmux has to answer
_QUESTION: Final = "|".join(
    f"#{{{name}}}"
    for name in (
        "allow-passthrough",
        "window_active",
        "focus-events",
        "client_termname",
        "client_termtype",
    )
)
# Desktops read "<" in a body as markup, and OSC 777 ends a field at ";".
_INERT: Final = str.maketrans({"<": "‹", ">": "›", ";": ","})


class Protocol(Enum):
    """How a terminal is told of a notice."""

    BELL = "the bell"
    OSC9 = "OSC 9"
    OSC777 = "OSC 777"
    OSC99 = "OSC 99"


_SHOWS: Final = re.compile(
    r"(?P<OSC99>kitty)|(?P<OSC9>ghostty|iterm)|(?P<OSC777>wezterm|\bfoot|rxvt-unicode|warpterminal)",
    re.IGNORECASE,
)


class Way(NamedTuple):
    """How a notice reaches the desktop.

    Attributes:
        protocol: what the terminal shows.
        by_tmux: whether tmux is to hand it on.
    """

    protocol: Protocol
    by_tmux: bool = False


class Tmux(NamedTuple):
    """What tmux says of itself.

    Attributes:
        terminal: names of the terminal on which it shows this window; empty: it does not say.
        hands_on: whether it hands on to it what is meant for it.
        tells_focus: whether it says when this window comes to the front and when it goes.
    """

    terminal: str = ""
    hands_on: bool = False
    tells_focus: bool = True


def ask_tmux(environ: Mapping[str, str]) -> Tmux | None:
    """Ask tmux, for a second at most; None where this is none.

    It may be shown on another terminal than a while ago, so the answer is for now.
    """
    if not environ.get("TMUX"):
        return None
    pane = ("-t", environ["TMUX_PANE"]) if environ.get("TMUX_PANE") else ()
    try:
        answer = subprocess.run(  # noqa: S603 - nothing of a mail is in it
            ["tmux", "display-message", "-p", *pane, _QUESTION],  # noqa: S607
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return Tmux()
    return read_answer(answer.stdout)


def read_answer(text: str) -> Tmux:
    """What tmux answered."""
    passes, is_shown, tells, *names = f"{text.strip()}||".split("|")
    # before 3.3 there is no such option, and all is handed on that comes from a window in sight
    hands_on = passes in ("2", "all") or (passes in ("", "1", "on") and is_shown == "1")
    return Tmux(" ".join(names).strip(), hands_on, tells in ("1", "on"))


def way(environ: Mapping[str, str], tmux: Tmux | None = None) -> Way:
    """How to send a notice from here.

    Args:
        environ: the environment.
        tmux: what it says, where this is one: the variables tell of where it was started.
    """
    if tmux is not None:
        protocol = _protocol(tmux.terminal) if tmux.hands_on else Protocol.BELL
        return Way(protocol, by_tmux=protocol is not Protocol.BELL)
    # TERM comes first, as programs that one terminal starts inherit all the others from it
    protocol = _protocol(environ.get("TERM", ""))
    if protocol is Protocol.BELL:
        kitty = "kitty" if environ.get("KITTY_WINDOW_ID") else ""
        name = environ.get("TERM_PROGRAM") or environ.get("LC_TERMINAL") or kitty
        protocol = _protocol(name)
    return Way(protocol)


def _protocol(terminal: str) -> Protocol:
    shows = _SHOWS.search(terminal)
    return Protocol[shows.lastgroup] if shows and shows.lastgroup else Protocol.BELL


def sequence(way: Way, title: str, body: str) -> str:
    """What to send to the terminal.

    Args:
        way: what :func:`way` gives.
        title: anything, as is the body: what steers terminals or desktops is taken out of both.
        body: shown under the title.
    """
    title, body = _inert(title), _inert(body)
    match way.protocol:
        case Protocol.BELL:
            sent = BELL
        case Protocol.OSC9:  # whose text must not begin with a number: that asks for other things
            sent = f"\x1b]9;{title}: {body}{_END}"
        case Protocol.OSC777:
            sent = f"\x1b]777;notify;{title};{body}{_END}"
        case Protocol.OSC99:
            # of one id: a newer one takes the place of the one before
            head = "\x1b]99;i=sacterm:e=1"
            sent = f"{head}:d=0;{_base64(title)}{_END}{head}:p=body;{_base64(body)}{_END}"
    if way.by_tmux:
        doubled = sent.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}{_END}"
    return sent


def _inert(text: str) -> DisplayText:
    return DisplayText(display_line(text, LONGEST).translate(_INERT))


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
