"""Opening what a message holds: its HTML in the browser, its links, its parts."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from textual import on

from sacterm.desktop.programs import open_in_browser
from sacterm.desktop.viewer import name_to_open, open_file
from sacterm.reading.attachments import safe_name
from sacterm.reading.hosts import browsable, short_url, shown_url
from sacterm.reading.text import DisplayText, display_line, display_text
from sacterm.tui import wording
from sacterm.tui.screens.copying import CopyingActions
from sacterm.tui.screens.saving import SavingActions
from sacterm.tui.widgets.preview import Preview

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter
    from sacterm.reading.links import Link
    from sacterm.reading.parts import PartInfo

_REMOTE = re.compile(r"""\bsrc\s*+=\s*+["']?\s*+https://""", re.IGNORECASE)
_SERVED = 60.0  # seconds that a page waits for the browser


class OpeningActions(CopyingActions, SavingActions):
    """What can be opened. Nothing is by itself."""

    _browsed = ""  # the message whose HTML was opened last

    def action_open_in_browser(self) -> None:
        self._ask(self._open_in_browser())

    async def _open_in_browser(self) -> None:
        if (row := self._row()) is None or (letter := await self._letter(row)) is None:
            return
        if not letter.body.html:
            self.say(f"this message has no HTML · {self._key('view-text')} shows its text")
            return
        may_load = _REMOTE.search(letter.body.html) is not None
        remote = may_load and self._browsed == row.id
        if remote and not await self._confirmed(
            "Load the images of this message from the web",
            ("Who sent it then learns that it was read, when, and from where.",),
            "loads them",
        ):
            return
        self._browsed = row.id
        again = ""
        if may_load and not remote:
            again = f" · {self._key('open-in-browser')} again loads its images from the web"
        await self._serve(await asyncio.to_thread(_page, letter, remote), again, remote=remote)

    async def _serve(self, content: str, remark: str, *, remote: bool) -> None:
        from sacterm.desktop.webpage import OneShot

        try:
            async with OneShot(content, remote=remote, limit=_SERVED) as shot:
                if await asyncio.to_thread(open_in_browser, shot.url, self.environ):
                    self.say(f"opened in the browser{remark}")
                else:
                    what = "the address of the page: no browser is here to open it"
                    await self._copy(display_line(shot.url), f"{what}, for {_SERVED:.0f} s")
                self.has_opened.set()
                await shot.fetched()
        except OSError as error:
            self.say(f"the page cannot be served: {error.strerror}", bad=True)

    @on(Preview.LinkOpened)
    def _link_opened(self, event: Preview.LinkOpened) -> None:
        self._ask(self._follow(event.link))

    async def _follow(self, link: Link) -> None:
        """Open a link in the browser. Only a key of the user's leads here."""
        url = browsable(link.target)
        if url is None:
            copies = f"{self._key('copy')} copies it"
            self.say(f"no browser opens {shown_url(link.target, 200)} · {copies}")
            return
        if link.warnings and not await self._confirmed(
            "This link may not be what it seems",
            (shown_url(link.target), *link.warnings),
            "opens it in the browser",
        ):
            return
        if await asyncio.to_thread(open_in_browser, url, self.environ):
            self.say(f"opened {short_url(url, 60)} in the browser")
        else:
            await self._copy(display_line(url, 8_192), f"{short_url(url, 60)}: no browser is here")

    @on(Preview.PartOpened)
    def _part_opened(self, event: Preview.PartOpened) -> None:
        self._ask(self._show_part(event.part))

    async def _show_part(self, part: PartInfo) -> None:
        from sacterm.tui.screens.paper import Paper

        name = safe_name(part.name, part.content_type) if part.name else part.content_type
        told = display_line(f"{part.number} · {name}", 200)
        if not part.is_leaf:
            self.say("what is in it stands below")
        elif part.content_type.startswith("text/"):
            text = await asyncio.to_thread(lambda: display_text(part.text()))
            self.app.push_screen(Paper(told, text, wording.size(part.size)))
        elif part.content_type.startswith("image/"):
            await self._show_image(part, told)
        else:
            await self._open_with_program(part)

    async def _show_image(self, part: PartInfo, told: DisplayText) -> None:
        from sacterm.desktop.images import ImageUnreadable, NoImages, half_blocks
        from sacterm.tui.screens.picture import FRAME, Picture

        width, height = (max(1, have - lost) for have, lost in zip(self.size, FRAME, strict=True))
        try:
            rows = await asyncio.to_thread(lambda: half_blocks(part.content(), width, height))
        except (NoImages, ImageUnreadable) as error:
            self.say(f"{error} · {error.remedy}")
            await self._open_with_program(part)
        else:
            self.app.push_screen(Picture(told, rows))

    async def _open_with_program(self, part: PartInfo) -> None:
        name = name_to_open(part.name, part.content_type)
        if name is None:
            kind, saves = display_line(part.content_type, 80), f"{self._key('save')} saves it"
            self.say(f"{kind} is not opened from here · {saves}")
            return
        lines = (
            f"{display_line(part.content_type, 80)} · {wording.size(part.size)}",
            "It is saved to the downloads, and the system's program for it reads it.",
        )
        if await self._confirmed(f"Open {name}", lines, "saves and opens it"):
            path = await self._keep_part(part, name)
            opened = await asyncio.to_thread(open_file, path, self.environ)
            where = self._place(path)
            self.say(f"opened {where}" if opened else f"nothing here opens it: saved as {where}")


def _page(letter: Letter, remote: bool) -> str:
    from sacterm.desktop.webpage import page

    inline = {
        part.content_id: (part.content_type, part.content())
        for part in letter.parts
        if part.is_leaf and part.content_id
    }
    return page(letter.body.html, inline, remote=remote)
