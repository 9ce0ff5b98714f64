"""Exporting many messages at once, with what is still to be fetched for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sacterm.errors import SactermError, ServiceError
from sacterm.mailbox.bodies import Outcome
from sacterm.reading.attachments import without_clash
from sacterm.reading.text import DisplayText
from sacterm.tui import wording
from sacterm.tui.screens.saving import SavingActions

if TYPE_CHECKING:
    from sacterm.mailbox.export import Exported, Format


class ExportingActions(SavingActions):
    """Exports the selection, or else the view."""

    def action_export(self) -> None:
        self._ask(self._export())

    async def _export(self) -> None:
        from sacterm.mailbox.export import Format
        from sacterm.tui.screens.dialogs import Choice, Choose

        ids = self._messages.all_ids()[::-1]  # files of mail begin with the oldest
        if self._selection:
            ids = [id_ for id_ in ids if id_ in self._selection]
            ids += self._selection.difference(ids)
        if not ids:
            self.say(f"there is nothing to export · {self._key('next-address')} goes on")
            return
        folder = self._folder()
        formats = {
            Format.EML: Choice(
                "e", DisplayText("eml"), DisplayText("a folder with a file for each")
            ),
            Format.MBOX: Choice(
                "m", DisplayText("mbox"), DisplayText("one file for mail programs")
            ),
            Format.JSON: Choice("j", DisplayText("JSON"), DisplayText("one file for scripts")),
        }
        place = await self.app.push_screen_wait(
            Choose(
                DisplayText(f"Export {wording.plural(len(ids), 'message')}"),
                list(formats.values()),
                f"to {self._place(folder)} · esc leaves it",
            )
        )
        if place is None or (fetch := await self._may_fetch(ids)) is None:
            return
        format_ = list(formats)[place]
        target = await asyncio.to_thread(_target, folder, format_)
        await self._run_export(ids, target, format_, fetch=fetch)

    async def _may_fetch(self, ids: Sequence[str]) -> bool | None:
        """Whether to spend ops on what is not here; None: not to export at all."""
        from sacterm.tui.screens.dialogs import Choice, Choose

        missing = len(self._session.store.without_raw(ids))
        if not missing:
            return False
        count = wording.number(missing)
        place = await self.app.push_screen_wait(
            Choose(
                DisplayText(f"{count} of {wording.number(len(ids))} are not here yet"),
                [
                    Choice("l", DisplayText("leave them out"), DisplayText("costs nothing")),
                    Choice(
                        "f",
                        DisplayText(f"fetch {count}"),
                        DisplayText(wording.plural(missing, "op")),
                    ),
                ],
            )
        )
        return None if place is None else place == 1

    async def _run_export(
        self, ids: Sequence[str], target: Path, format: Format, *, fetch: bool
    ) -> None:
        from sacterm.mailbox.export import Source, export
        from sacterm.tui.screens.progress import Exporting

        store, bodies = self._session.store, self._session.bodies
        stopped = ""

        async def raw(id: str) -> bytes | None:
            nonlocal stopped
            if (known := await store.raw(id)) is not None or not fetch:
                return known
            if not stopped:
                reading = await bodies.read(id, fetch=True)
                if reading.letter:
                    return reading.letter.raw
                if reading.outcome is Outcome.GONE:
                    raise ServiceError(reading.reason)
                stopped = reading.reason  # the next would be refused as well
            raise ServiceError(stopped)

        source = Source(store.row, store.message, raw)
        exported = await self.app.push_screen_wait(
            Exporting(len(ids), lambda tell: export(ids, source, target, format, tell))
        )
        if isinstance(exported, SactermError):
            raise exported
        if exported is None:
            self.say("nothing was exported")
        else:
            self._say_exported(exported)

    def _say_exported(self, exported: Exported) -> None:
        left_out = ""
        if exported.skipped:
            left_out = f" · {len(exported.skipped)} left out: {exported.skipped[0][1]}"
        if exported.path is None:
            self.say(f"nothing was exported{left_out}", bad=True)
        else:
            count = wording.plural(exported.count, "message")
            self.say(f"exported {count} to {self._place(exported.path)}{left_out}", lasting=True)


def _target(folder: Path, format: Format) -> Path:
    """A path that is free."""
    ending = "" if format.value == "eml" else f".{format.value}"
    name = f"mail {datetime.now():%Y-%m-%d %H.%M}{ending}"
    taken = {path.name.casefold() for path in folder.iterdir()} if folder.is_dir() else set()
    return folder / without_clash(name, taken)
