"""Saving: the message, its parts, and many messages at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sacterm.desktop.files import downloads, home_of, save
from sacterm.reading.attachments import safe_name
from sacterm.reading.text import DisplayText, display_line
from sacterm.tui import wording
from sacterm.tui.screens.letters import LetterActions

if TYPE_CHECKING:
    from sacterm.reading.parts import PartInfo

_SEPARATORS = re.compile(r"[/\\]")
_MANY = 20  # files from which on it is asked first


class SavingActions(LetterActions):
    """What can be saved. Nothing is ever written over."""

    def action_save(self) -> None:
        self._do(self._save_part(part) if (part := self._preview.part) else self._save_message())

    async def _save_message(self) -> None:
        if (row := self._row()) and (letter := await self._letter(row)):
            received = datetime.fromtimestamp(row.received / 1000, UTC).astimezone()
            subject = _SEPARATORS.sub("-", display_line(row.subject, 80)) or "message"
            name = safe_name(f"{received:%Y-%m-%d %H.%M} {subject}.eml")
            path = await asyncio.to_thread(save, self._folder(), name, letter.raw)
            self.say(f"saved as {self._place(path)}")

    async def _save_part(self, part: PartInfo) -> None:
        path = await self._keep_part(part, safe_name(part.name, part.content_type))
        self.say(f"saved as {self._place(path)}")

    def action_save_all(self) -> None:
        self._ask(self._save_all())

    async def _save_all(self) -> None:
        if (row := self._row()) is None or (letter := await self._letter(row)) is None:
            return
        parts = _files(letter.parts)
        if not parts:
            self.say(f"nothing is attached to this message · {self._key('save')} saves it whole")
        elif len(parts) <= _MANY or await self._confirmed(
            f"Save {len(parts)} attachments",
            (f"to {self._place(self._folder())}",),
            "saves all",
        ):
            for part in parts:
                path = await self._keep_part(part, safe_name(part.name, part.content_type))
            self.say(f"saved {wording.plural(len(parts), 'file')} in {self._place(path.parent)}")

    async def _keep_part(self, part: PartInfo, name: str) -> Path:
        """Save a part to the downloads.

        Raises:
            SaveFailed: it cannot be.
        """
        return await asyncio.to_thread(lambda: save(self._folder(), name, part.content()))

    def _folder(self) -> Path:
        return downloads(self.environ, home_of(self.environ))

    def _place(self, path: Path) -> DisplayText:
        """A path as a person writes it: ``~/Downloads/invoice.pdf``."""
        if path.is_relative_to(home := home_of(self.environ)) and home.is_absolute():
            return display_line(f"~/{path.relative_to(home)}", 300)
        return display_line(str(path), 300)


def _files(parts: Iterable[PartInfo]) -> list[PartInfo]:
    """What is attached: a forwarded message whole, and not once more what is in it."""
    files: list[PartInfo] = []
    within = ""  # a message that is among them
    for part in parts:
        is_file = bool(part.name) or part.disposition == "attachment" or part.is_message
        if not (within and part.number.startswith(within)) and is_file and not part.is_multipart:
            files.append(part)
            within = f"{part.number}." if part.is_message else ""
    return files
