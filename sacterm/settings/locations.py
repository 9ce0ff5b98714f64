"""Where sacterm keeps its files, and how it writes them.

Asking for a place creates nothing: a folder is made by whoever writes into it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from platformdirs import PlatformDirs


class Locations(NamedTuple):
    """The folders of one user.

    Attributes:
        config: holds ``settings.toml``.
        cache: holds the stores; may be deleted at any time.
        state: holds what the app remembers of its looks.
    """

    config: Path
    cache: Path
    state: Path

    @property
    def settings_file(self) -> Path:
        """The file that people edit."""
        return self.config / "settings.toml"

    def view_state_file(self, profile: str) -> Path:
        """The file of a profile's looks; any profile name gives a plain file in ``state``."""
        return self.state / f"view-{quote(os.fsencode(profile), safe='')}.json"


def user_locations() -> Locations:
    """The folders the platform gives this user; on Linux ``XDG_*_HOME`` moves them."""
    folders = PlatformDirs("sacterm", appauthor=False)
    return Locations(folders.user_config_path, folders.user_cache_path, folders.user_state_path)


def ensure(folder: Path) -> Path:
    """Make the folder and what is missing above it, each for this user alone (0700).

    What exists already keeps its mode.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        ensure(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(file: Path, data: bytes) -> None:
    """Replace a file as a whole, or leave it as it was; only this user can read it (0600).

    Raises:
        OSError: it cannot be written.
    """
    target = Path(os.path.realpath(file))  # a link into somebody's dotfiles stays a link
    ensure(target.parent)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".sacterm-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(descriptor)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink()
        raise
