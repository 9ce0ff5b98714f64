"""Handing a message to other programs: a command, the pager, the editor."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

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
from sacterm.tui.screens.paper import Paper

if TYPE_CHECKING:
    from sacterm.reading.letter import Letter

_STAYS = ("less", "more", "most", "moar", "ov", "bat", "view", "vim", "nvim")  # until it is left
_QUICK = 0.3  # seconds in which a command may end without being shown as running
_IN_PAGER = ("from", "to", "cc", "date", "subject")


class AskCommand(ModalScreen[tuple[str, bool] | None]):
    """Asks for a command, and whether it gets the message as sent or its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("tab", "toggle_raw", "Raw or text", priority=True),
    ]

    def __init__(self, command: str, *, raw: bool) -> None:
        super().__init__()
        self._command = command
        self._raw = raw

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Pipe the message to")
            field = Input(self._command, placeholder="a command for sh, such as grep -i received")
            field.cursor_blink = False
            yield field
            yield Static(classes="quiet", id="hint")

    def on_mount(self) -> None:
        self._say()

    def action_toggle_raw(self) -> None:
        self._raw = not self._raw
        self._say()

    def _say(self) -> None:
        what, other = ("raw", "text") if self._raw else ("text", "raw")
        hint = f"it reads the {what} · tab: the {other} · enter runs it · esc cancels"
        self.query_one("#hint", Static).update(Content(hint))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss((event.value, self._raw) if event.value.strip() else None)

    def action_cancel(self) -> None:
        self.dismiss(None)


class Running(ModalScreen[None]):
    """Shown while a command runs."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "end", "End it")]

    def __init__(self, command: DisplayText, running: asyncio.Task[Ran]) -> None:
        super().__init__()
        self._command = command
        self._work = running

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Running")
            yield Static(Content(self._command))
            yield Static(Content("\nesc ends it"), classes="quiet")

    def on_mount(self) -> None:
        self.run_worker(self._wait())

    async def _wait(self) -> None:
        await asyncio.wait([self._work])
        self.dismiss()

    def action_end(self) -> None:
        self._work.cancel()


class HandingActions(LetterActions):
    """What other programs can do with a message."""

    _piped = ("", True)  # the last command of this run, and whether it got the raw

    def action_pipe(self) -> None:
        self._ask(self._pipe())

    async def _pipe(self) -> None:
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
