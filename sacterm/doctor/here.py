"""What is found on this machine without asking anybody."""

from __future__ import annotations

import os
import platform
import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sacterm import __version__
from sacterm.desktop import clipboard, notice
from sacterm.desktop.programs import is_remote
from sacterm.doctor.findings import Case, Finding, Mark
from sacterm.mailbox.glance import SQLITE, glance
from sacterm.settings.locations import Locations

ROOM = 100_000_000  # bytes that should be free for mail

_PACKAGES = ("textual", "httpx", "websockets", "keyring")
_TELLING = (  # what of the environment leads the way to the service, or says whom to trust
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WSS_PROXY", "SOCKS_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"),
)


def here(case: Case) -> Iterator[Finding]:
    """Versions, terminal, environment, settings and folders."""
    packages = (f"{name} {_version(name)}" for name in _PACKAGES)
    known = f"sacterm {__version__}", f"Python {platform.python_version()}", *packages
    yield Finding(Mark.WELL, "versions", ", ".join((*known, f"SQLite {SQLITE}")))
    yield Finding(Mark.WELL, "system", platform.platform())
    yield _terminal(case)
    yield _clipboard(case)
    yield _notices(case)
    names = [name for name in _TELLING if case.environ.get(name) or case.environ.get(name.lower())]
    said = f"{', '.join(names)} set" if names else "no proxy, the usual authorities"
    yield Finding(Mark.WELL, "network", said)
    yield from _settings(case)
    for topic, folder in zip(Locations._fields, case.locations, strict=True):
        yield _folder(topic, folder)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _terminal(case: Case) -> Finding:
    environ = case.environ
    words = [
        f"{case.size.columns} × {case.size.lines}" if case.size else "none",
        f"TERM={environ.get('TERM', '')}",
        f"COLORTERM={environ.get('COLORTERM', '')}",
        case.encoding,
    ]
    words += [
        f"in {word}" for word, name in (("tmux", "TMUX"), ("screen", "STY")) if name in environ
    ]
    words += ["over ssh"] if is_remote(environ) else []
    said = ", ".join(words)
    if case.size is None:
        return Finding(Mark.UNKNOWN, "terminal", said)
    if environ.get("TERM", "") in ("", "dumb", "unknown"):
        return Finding(Mark.BAD, "terminal", said, "set TERM to what it is, e.g. xterm-256color")
    if case.encoding.lower() not in ("utf-8", "utf8"):
        return Finding(Mark.BAD, "terminal", said, "take a locale of UTF-8, e.g. LANG=C.UTF-8")
    return Finding(Mark.WELL, "terminal", said)


def _clipboard(case: Case) -> Finding:
    tool, terminal = clipboard.way(case.environ)
    ways = ["OSC 52"] if terminal else []
    if tool is not None:
        ways.append("tmux" if tool[0] == "sh" else tool[0])
    if case.size is None:
        return Finding(Mark.UNKNOWN, "clipboard", "not asked: there is no terminal")
    if not ways:
        remedy = "use a terminal that takes OSC 52, or install wl-copy, xclip or xsel"
        return Finding(Mark.BAD, "clipboard", "no way to it", remedy)
    return Finding(Mark.WELL, "clipboard", f"by {' and '.join(ways)}")


def _notices(case: Case) -> Finding:
    if case.size is None:
        return Finding(Mark.UNKNOWN, "notices", "not asked: there is no terminal")
    tmux = notice.ask_tmux(case.environ)
    how, by_tmux = notice.way(case.environ, tmux)
    said = f"by {how.value}{' through tmux' if by_tmux else ''}"
    is_wanted = case.settings.notices_how != "none"
    if tmux is not None and is_wanted and not tmux.tells_focus:
        remedy = "set -g focus-events on in tmux.conf"
        return Finding(Mark.BAD, "notices", "tmux does not tell when its window is left", remedy)
    if tmux is not None and not tmux.hands_on:
        said += ", as tmux hands nothing on: see its allow-passthrough"
    elif how is notice.Protocol.BELL:
        said += ", as this terminal is not known to show notices of the desktop"
    return Finding(Mark.WELL, "notices", said)


def _settings(case: Case) -> Iterator[Finding]:
    file = case.locations.settings_file
    for problem in case.problems:
        yield Finding(Mark.BAD, "settings", problem, f"the file is {file}")
    if not case.problems:
        said = str(file) if file.is_file() else f"the defaults, as there is no {file}"
        yield Finding(Mark.WELL, "settings", said)


def _folder(topic: str, folder: Path) -> Finding:
    try:
        there = _nearest(folder)
        mode = stat.S_IMODE(there.stat().st_mode)
    except OSError as error:
        said = f"{folder}: cannot be looked at ({error.strerror})"
        return Finding(Mark.BAD, topic, said, "give yourself leave to it")
    said = f"{folder} ({mode:04o})" if there == folder else f"{folder}: not made yet"
    if not there.is_dir():
        return Finding(Mark.BAD, topic, f"{said}: {there} is no folder", "move it out of the way")
    if not os.access(there, os.W_OK | os.X_OK):
        remedy = "give yourself leave to write there"
        return Finding(Mark.BAD, topic, f"{said}: {there} cannot be written", remedy)
    if there == folder and mode & stat.S_IWOTH:
        return Finding(Mark.BAD, topic, f"{said}: others can write there", f"chmod o-w {folder}")
    return Finding(Mark.WELL, topic, said)


def store(path: Path | None, cache: Path, least: int = ROOM) -> Finding:
    """What is found of the account's store, and of room for it.

    Args:
        path: the store; None: it was not made yet.
        cache: its folder.
        least: bytes that should be free.
    """
    try:
        free = shutil.disk_usage(_nearest(cache)).free
    except OSError as error:
        remedy = "give yourself leave to the cache folder"
        return Finding(Mark.BAD, "store", f"cannot be looked at ({error.strerror})", remedy)
    room = f"{_megabytes(free)} free"
    if path is None:
        seen, trouble = "not made yet", ""
    else:
        look = glance(path)
        seen, trouble = f"{look.messages or 0:,} messages, {_megabytes(look.size)}", look.trouble
    if trouble:
        remedy = "start sacterm: it sets aside what it cannot use, and fetches the mail again"
        return Finding(Mark.BAD, "store", f"{trouble}, {room}", remedy)
    if free < least:
        return Finding(Mark.BAD, "store", f"{seen}, {room}", "make room on the disk")
    return Finding(Mark.WELL, "store", f"{seen}, {room}")


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
