"""The base of the cards: what is known of one thing, read in the middle of the screen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Coroutine, Iterator
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sacterm.errors import SactermError
from sacterm.reading.text import display_line
from sacterm.tui.commands import Offers
from sacterm.tui.screens.form import row


class Card(Offers, ModalScreen[str | None]):
    """Ends with the command that was chosen on it, or None."""

    OFFERS = frozenset(("address",))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Close")]
    CSS = """
    .card { max-height: 96%; }
    .card .row { height: auto; }
    .card .row > .label { width: 13; color: $quiet; }
    .card .row > Static { width: 1fr; }
    .card #answer.bad { color: $error; }
    .card #answer, .card #keys { margin: 1 0 0 0; }
    """

    def __init__(self, title: str) -> None:
        """Set up.

        Args:
            title: what the card tells of.
        """
        super().__init__()
        self._title = display_line(title, 320)
        self._answer = ("", False)
        self._asking = False

    @abstractmethod
    def lines(self) -> Iterator[tuple[str, str]]:
        """What is known: labels and values, untrusted."""

    @abstractmethod
    def keys(self) -> str:
        """What can be done."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog card") as box:
            box.border_title = Content(self._title)
            for label, value in self.lines():
                yield row(label, Static(Content(display_line(value, 1_000))))
            text, bad = self._answer
            if text:
                shown = Static(Content(display_line(text, 600)), id="answer")
                yield shown.set_class(bad, "bad")
            yield Static(Content(self.keys()), classes="quiet", id="keys")

    def ask(self, question: Coroutine[None, None, str]) -> None:
        """Ask the service something and show what it answers, or why it does not."""
        if self._asking:
            question.close()
        else:
            self._asking = True
            self._ask(question)

    @work
    async def _ask(self, question: Coroutine[None, None, str]) -> None:
        await self._say("asking Mailsac…")
        try:
            text, bad = await question, False
        except SactermError as error:
            text, bad = str(error), True
        self._asking = False
        await self._say(text, bad=bad)

    async def _say(self, text: str, *, bad: bool = False) -> None:
        self._answer = (text, bad)
        await self.recompose()

    def action_address(self) -> None:
        self.dismiss(None)
