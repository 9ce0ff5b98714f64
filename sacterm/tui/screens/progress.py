"""What is shown while something takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import ProgressBar, Static

from sacterm.desktop.programs import Ran
from sacterm.errors import SactermError
from sacterm.mailbox.export import Exported
from sacterm.reading.text import DisplayText
from sacterm.tui import wording


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


class Exporting(ModalScreen[Exported | SactermError | None]):
    """Exports, and shows how far it is; escape ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "cancel", "Cancel")]
    DEFAULT_CSS = """
    Exporting ProgressBar, Exporting Bar { width: 1fr; }
    """

    def __init__(
        self, total: int, run: Callable[[Callable[[int, int], None]], Awaitable[Exported]]
    ) -> None:
        """Set up.

        Args:
            total: messages there are.
            run: exports, and tells how many are done.
        """
        super().__init__()
        self._bar = ProgressBar(total, show_eta=False)
        self._run = run

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Exporting")
            yield self._bar
            yield Static(Content("\nesc ends it, and nothing stays of it"), classes="quiet")

    @work
    async def on_mount(self) -> None:
        try:
            self.dismiss(await self._run(lambda done, _: self._bar.update(progress=done)))
        except SactermError as error:
            self.dismiss(error)

    def action_cancel(self) -> None:
        self.dismiss(None)  # what runs on a screen ends with it


class Leaving(ModalScreen[None]):
    """Shown while the service is told what it was not told yet, before the program ends."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Leaving")
            yield Static(id="left")
            yield Static(Content("\nq leaves now: what is not deleted yet stays"), classes="quiet")

    def tell(self, left: int) -> None:
        """Show how many are left."""
        self.query_one("#left", Static).update(
            Content(f"telling Mailsac of {wording.plural(left, 'change')}")
        )

    def key_q(self) -> None:
        self.app.exit()
