"""Handing a saved file to the program that the system has for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sacterm.desktop.programs import Which, is_remote
from sacterm.reading.attachments import safe_name

# Types whose programs only show them. What a shell, a browser or an office suite would run for its
# sender, such as scripts, HTML, SVG and old office formats, is not among them.
_SHOWN: Final = (
    *(".docx", ".gif", ".ics", ".jpg", ".mp3", ".mp4", ".pdf"),
    *(".png", ".pptx", ".txt", ".vcf", ".webp", ".xlsx"),
)


def name_to_open(name: str, content_type: str) -> str | None:
    """The name under which a part may be saved and opened, or None where it had better not be.

    Its extension is that of the content type, whatever the sender called it: systems choose the
    program by it.
    """
    extension = Path(safe_name("", content_type)).suffix
    if extension not in _SHOWN:
        return None
    safe = safe_name(name, content_type)
    return safe if safe.lower().endswith(extension) else safe_name(safe + extension)


def open_file(path: Path, environ: Mapping[str, str], which: Which = shutil.which) -> bool:
    """Open a file without waiting for it; False where there is no screen to open it on."""
    remote = is_remote(environ)
    openers = {
        "open": sys.platform == "darwin" and not remote,
        "termux-open": "TERMUX_VERSION" in environ,
        "wslview": "WSL_DISTRO_NAME" in environ and not remote,
        "xdg-open": environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"),
    }
    found = next((name for name, usable in openers.items() if usable and which(name)), None)
    if found is None:
        return False
    try:
        process = subprocess.Popen(  # noqa: S603 - by argv, of a fixed list
            [found, str(path.absolute())],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    threading.Thread(target=process.wait, name="viewer", daemon=True).start()
    return True
