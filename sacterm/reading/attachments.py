"""Names under which parts of a mail are saved: what is shown is what is saved."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import chain, count
from typing import Final
from unicodedata import normalize

from sacterm.reading.text import display_line

MAX_NAME: Final = 120
"""Bytes of UTF-8; file systems take 255, and some of that is for a folder's own marks."""

_MAX_SENT: Final = 20_000  # characters
_MAX_EXTENSION: Final = 20  # bytes, with its dot
_UNSEEN: Final = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')  # by Windows
_DEVICE: Final = re.compile(
    r"\A(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]) *(?=\.|\Z)", re.IGNORECASE
)
# A table of our own: what the module mimetypes knows depends on the machine.
_EXTENSIONS: Final = {
    "application/gzip": ".gz",
    "application/ics": ".ics",
    "application/json": ".json",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/global": ".eml",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/xml": ".xml",
    "video/mp4": ".mp4",
}


def safe_name(name: str, content_type: str = "", *, fallback: str = "part") -> str:
    """A file name that is harmless on Linux, macOS and Windows.

    It names a file in the folder that it is joined to and nothing else, is neither hidden nor
    taken for an option, can be painted as it is, and is in NFC. Of a path only the last component
    is used (RFC 2183, 2.3). A long name keeps its extension.

    Args:
        name: as the sender has it, or "".
        content_type: of the part; it gives the extension where nothing is left of the name.
        fallback: the name then, without an extension; not checked.
    """
    while (safe := _make_safe(name)) != name:  # what one step leaves can be another's to change
        name = safe
    return name or fallback + _EXTENSIONS.get(content_type, "")


def without_clash(name: str, taken: Container[str]) -> str:
    """The name, or the first of ``name (2).ext``, ``name (3).ext`` … that is not taken.

    Args:
        name: a safe name.
        taken: names in use, better case-folded: to macOS and Windows ``A.txt`` is ``a.txt``.
    """
    stem, extension = _split(name)
    names = chain([name], (f"{stem} ({number}){extension}" for number in count(2)))
    return next(one for one in names if one not in taken and one.casefold() not in taken)


def _make_safe(name: str) -> str:
    name = normalize("NFC", _UNSEEN.sub("", display_line(name, _MAX_SENT)))
    name = name.replace("\\", "/").rstrip("/ .").rpartition("/")[2]
    return _cut(_DEVICE.sub(r"_\g<0>", _FORBIDDEN.sub("_", name).lstrip(" .-")))


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; a very long extension is none."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len((dot + extension).encode()) > _MAX_EXTENSION:
        return name, ""
    return stem, dot + extension


def _cut(name: str) -> str:
    if len(name.encode()) <= MAX_NAME:
        return name
    stem, extension = _split(name)
    room = MAX_NAME - len(extension.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + extension
