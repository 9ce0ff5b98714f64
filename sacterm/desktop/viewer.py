"""Handing a saved file to the program that the system has for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sacterm.desktop.programs import Which, opener, start
from sacterm.reading.attachments import safe_name

# Types whose programs only show them. What a shell, a browser or an office suite would run for its
# sender, such as scripts, HTML, SVG and old office formats, is not among them.
_SHOWN: Final = (
    *(".docx", ".gif", ".ics", ".jpg", ".mp3", ".mp4", ".pdf"),
    *(".png", ".pptx", ".txt", ".vcf", ".webp", ".xlsx"),
)

_SPECIAL: Final = re.compile(r"[^\w /.,()@+-]")  # wslview hands its argument to another shell


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
    """Open a file without waiting for it; False where there is nothing to open it with."""
    found = opener(environ, which)
    if found is None or (found == "wslview" and _SPECIAL.search(str(path))):
        return False
    return start([found, str(path.absolute())], environ)
