"""From a key to what it does: looks up its commands, and takes a number before a motion.

The framework has keymaps too, but applies them anew, twice, at each key press, which takes
milliseconds where much is changed; and it knows no command without a key.
"""

from __future__ import annotations

from textual.app import App
from textual.timer import Timer

from sacterm.tui.commands import Command, Offers
from sacterm.tui.keymap import Keymap
from sacterm.tui.widgets.lines import Lines

_WAIT = 0.7  # seconds in which a digit that is a command may become a number before a motion
_MOST = 9  # digits of a number


class Keying:
    """Takes the keys that no text field wanted.

    In a list the digits may be a number: ``5j``, ``20G``. A digit that is a command as well, as
    those of the views, waits for the next key, or a moment; elsewhere it acts at once.
    """

    def __init__(self, app: App[None], keymap: Keymap) -> None:
        """Set up.

        Args:
            app: knows where keys go to.
            keymap: what they do.
        """
        self._app = app
        self._keymap = keymap
        self._number = ""
        self._timer: Timer | None = None

    async def press(self, key: str) -> bool:
        """Do what a key does here; whether it does anything."""
        number, self._number = self._number, ""
        if self._timer:
            self._timer.stop()
            self._timer = None
        if isinstance(self._app.focused, Lines):
            if len(key) == 1 and key in "0123456789" and (number or key != "0"):
                self._wait_for_more(number + key)
                return True
            if number and await self._do(key, int(number)):
                return True
        await self._do_digit(number)
        return await self._do(key)

    def _wait_for_more(self, number: str) -> None:
        self._number = number[:_MOST]
        if self._keymap.commands(number):
            self._timer = self._app.set_timer(_WAIT, self._end_waiting)

    async def _end_waiting(self) -> None:
        number, self._number = self._number, ""
        await self._do_digit(number)

    async def _do_digit(self, number: str) -> None:
        """Do what a digit does that was no number; of several none was meant as a command."""
        if len(number) == 1:
            await self._do(number)

    async def _do(self, key: str, count: int | None = None) -> bool:
        """Do the first command of the key that is offered here; with a count, a motion only."""
        if not (commands := self._commands(key, count)) or self._is_for_the_framework(key):
            return False
        start = self._app.focused or self._app.screen
        for node in start.ancestors_with_self:
            if isinstance(node, Offers):
                for command in commands:
                    if command.id in node.OFFERS:
                        action = command.action if count is None else f"{command.action}({count})"
                        if await self._app.run_action(action, node):
                            return True
        return False

    def _commands(self, key: str, count: int | None) -> list[Command]:
        return [c for c in self._keymap.commands(key) if count is None or c.counts]

    def _is_for_the_framework(self, key: str) -> bool:
        """Whether a field or a dialog does something of its own on this key, which comes first."""
        focused = self._app.focused
        edits = focused is not None and focused.check_consume_key("x", "x")
        return (edits or self._app.screen.is_modal) and key in self._app.screen.active_bindings
