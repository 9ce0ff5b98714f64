"""Saving: a new file in the folder that was chosen, and nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sacterm.errors import SactermError
from sacterm.reading.attachments import without_clash

_DOWNLOADS: Final = re.compile(r'^[ \t]*XDG_DOWNLOAD_DIR="((?:\$HOME)?/[^"\n]*)"', re.MULTILINE)
_MOST_NAMESAKES: Final = 1_000


class SaveFailed(SactermError):
    """A file could not be saved; nothing of it was left."""

    remedy = "choose another folder"


def save(folder: Path, name: str, data: bytes) -> Path:
    """Write a new file that only this user can read (0600), and give its path.

    Never over what exists: then it is ``name (2).ext``. A folder that is missing is made.

    Args:
        folder: where; as the user has it, links and all.
        name: as :func:`~sacterm.reading.attachments.safe_name` made it.
        data: its content.

    Raises:
        SaveFailed: the name leads elsewhere, or the file cannot be written.
    """
    if name in ("", ".", "..") or not {"/", "\\", "\0"}.isdisjoint(name):
        raise SaveFailed(f"no name for a file: {name!r}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path, descriptor = _create(folder, name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except BaseException:
            path.unlink()
            raise
    except OSError as error:
        raise SaveFailed(f"{name} cannot be saved in {folder}: {error.strerror}") from error
    return path


def _create(folder: Path, name: str) -> tuple[Path, int]:
    taken: set[str] = set()
    for _ in range(_MOST_NAMESAKES):
        free = without_clash(name, taken)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            return folder / free, os.open(folder / free, flags, 0o600)
        except FileExistsError:
            taken.add(free.casefold())
    raise SaveFailed(f"{folder} has {_MOST_NAMESAKES} files called {name}")


def downloads(environ: Mapping[str, str], home: Path) -> Path:
    """The folder for downloads: as the desktop has it, ``~/Downloads``, or the current folder.

    Raises:
        SaveFailed: there is none of them.
    """
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    try:
        told = _DOWNLOADS.findall((config / "user-dirs.dirs").read_text("utf-8", "replace"))
    except OSError:
        told = []
    if told:
        return Path(told[-1].replace("$HOME", str(home), 1))
    usual = home / "Downloads"
    if usual.is_dir():
        return usual
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise SaveFailed("nowhere to save: the current folder is gone") from None


def home_of(environ: Mapping[str, str]) -> Path:
    """The user's home; the current folder for a user whom the system does not know."""
    try:
        return Path(environ.get("HOME") or Path.home())
    except RuntimeError:
        return Path()
