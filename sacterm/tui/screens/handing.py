"""Handing a message to other programs: a command, the pager, the editor."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from sacterm.desktop.programs import (
    ProgramFailed,
    Ran,
    editor_command,
    pager_command,
    pipe,
    run_in_foreground,
    temporary_file,
)
from sacterm.reading.octets import decode_text
from sacterm.reading.text import DisplayText, display_line, display_text
from sacterm.tui.screens.letters import LetterActions

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter

_STAYS = ("less", "more", "most", "moar", "ov", "bat", "view", "vim", "nvim")  # until it is left
_QUICK = 0.3  # seconds in which a command may end without being shown as running
_IN_PAGER = ("from", "to", "cc", "date", "subject")


class HandingActions(LetterActions):
    """What other programs can do with a message."""

    _piped = ("", True)  # the last command of this run, and whether it got the raw

    def action_pipe(self) -> None:
        self._ask(self._pipe())

    async def _pipe(self) -> None:
        from sacterm.tui.screens.dialogs import AskCommand
        from sacterm.tui.screens.paper import Paper
        from sacterm.tui.screens.progress import Running

        if (row := self._row()) is None:
            return
        command, raw = self._piped
        answer = await self.app.push_screen_wait(AskCommand(command, raw=raw))
        if answer is None or (letter := await self._letter(row)) is None:
            return
        self._piped = command, raw = answer
        data = letter.raw if raw else letter.text.encode("utf-8", "replace")
        running = asyncio.create_task(pipe(command, data))
        await asyncio.wait([running], timeout=_QUICK)
        if not running.done():
            await self.app.push_screen_wait(Running(display_line(command, 200), running))
        if running.cancelled():
            return
        ran = running.result()
        output = await asyncio.to_thread(lambda: display_text(decode_text(ran.output)[0]))
        shown = output if output.strip() else DisplayText("(it printed nothing)")
        self.app.push_screen(Paper(display_line(command, 200), shown, _ending(ran)))

    def action_open_in_pager(self) -> None:
        self._ask(self._open_in_pager())

    async def _open_in_pager(self) -> None:
        if (row := self._row()) and (letter := await self._letter(row)):
            text = await asyncio.to_thread(_for_pager, letter)
            pager = pager_command(self.environ)
            wait = Path(pager[0]).name not in _STAYS
            self._run(pager, text.encode(), ".txt", wait=wait)

    def action_open_in_editor(self) -> None:
        self._ask(self._open_in_editor())

    async def _open_in_editor(self) -> None:
        if (row := self._row()) and (letter := await self._letter(row)):
            self._run(editor_command(self.environ), letter.raw, ".eml")

    def _run(self, command: Sequence[str], data: bytes, suffix: str, *, wait: bool = False) -> None:
        failed: ProgramFailed | None = None
        changed = False
        try:
            with self.app.suspend():
                try:  # in here: what passes suspend() leaves the terminal to nobody
                    with temporary_file(data, suffix) as path:
                        run_in_foreground(command, path)
                        changed = _is_changed(path, data)
                    if wait:
                        input("\nenter goes back to sacterm ")
                except (EOFError, OSError, KeyboardInterrupt):
                    pass
                except ProgramFailed as error:
                    failed = error
        except SuspendNotSupported:
            self.say("this terminal cannot be handed to another program", bad=True)
            return
        if failed:
            raise failed
        if changed:
            self.say("what was changed there is not kept: it was a copy")


def _is_changed(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() != data
    except OSError:
        return True


def _for_pager(letter: Letter) -> DisplayText:
    """The message as a person reads it, below the fields that say whose it is."""
    fields = [
        f"{name}: {display_line(value)}\n"
        for name, value in letter.body.headers
        if name.lower() in _IN_PAGER
    ]
    return display_text("".join(fields) + "\n" + letter.text + "\n")


def _ending(ran: Ran) -> str:
    """How a command ended."""
    if ran.timed_out:
        said = "ended after 30 s: it took too long"
    elif ran.status is not None and ran.status < 0:
        said = f"ended by signal {-ran.status}"
    else:
        said = f"exit status {ran.status}"
    return said + (" · more was printed than is shown" if ran.cut else "")
