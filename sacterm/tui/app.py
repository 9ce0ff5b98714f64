"""The app: themes, the palette, and which screen comes first."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from rich.console import Console
from textual import events, on
from textual.actions import ActionParseResult
from textual.app import App, SystemCommand
from textual.command import Command, CommandPalette
from textual.dom import DOMNode
from textual.driver import Driver
from textual.filter import LineFilter
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from sacterm.errors import StoreFailed
from sacterm.mailbox.session import Session
from sacterm.model import Account
from sacterm.settings.viewstate import ViewState, load_view_state, save_view_state
from sacterm.tui.commands import COMMANDS
from sacterm.tui.dates import Calendar
from sacterm.tui.driver import PlacingDriver
from sacterm.tui.keying import Keying
from sacterm.tui.keymap import keymap
from sacterm.tui.launch import Launch
from sacterm.tui.marks import AsciiFilter
from sacterm.tui.memory import stay_quick
from sacterm.tui.painting import ControlFilter
from sacterm.tui.screens.base import BaseScreen
from sacterm.tui.screens.main import MainScreen
from sacterm.tui.themes import DARK, OURS, derived

if TYPE_CHECKING:
    from sacterm.tui.notices import Notices

_STARTED = 0.1  # seconds in which the first screen stands
_HELD = 0.3  # seconds that a key waits at most for what the one before it opens
_THEME = "Theme: "  # begins a palette entry that picks one
_TRY_AFTER = 0.05  # seconds that the cursor rests on a theme before it is shown
_ROUNDS = 3  # from a field to the screen: submitted, left, done


class SactermApp(App[None]):
    """sacterm on the screen."""

    TITLE = "sacterm"
    CSS_PATH = "styles/sacterm.tcss"
    ENABLE_COMMAND_PALETTE = False  # else its key would be the framework's

    def __init__(self, launch: Launch, calendar: Calendar | None = None) -> None:
        """Set up.

        Args:
            launch: what to begin with.
            calendar: how the user writes dates; None for how it is done without a locale.
        """
        # else the framework makes greys of all colours where there are to be none
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.use_command_palette = True
        self._launch = launch
        self._keys = keymap(launch.settings.keymap, launch.settings.keys)
        self._keying = Keying(self, self._keys)
        self._calendar = calendar or Calendar()
        self._session: Session | None = None
        self._main: MainScreen | None = None
        self._notices: Notices | None = None
        self._looks = (
            load_view_state(launch.view_state)
            if launch.view_state
            else ViewState(toured=not launch.tour)
        )
        # kept off the screen: it shows the values of local names, the key among them
        self.complaint = ""  # why the app ended by itself, for a person
        self._fault = io.StringIO()
        self.error_console = Console(file=self._fault, width=100)
        self._trying: Timer | None = None
        self._own_filters: list[LineFilter] = [ControlFilter()]
        if launch.settings.marks == "ascii":
            self._own_filters.insert(0, AsciiFilter())
        self._typed: asyncio.Queue[events.Event] = asyncio.Queue()
        self.animation_level = "none"  # frames of a scroll would be painted for nothing
        # before anything is styled: a theme that changes later has all styles read again
        for theme in OURS.values():
            self.register_theme(theme)
        self.set_reactive(SactermApp.theme, self._chosen_theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self._refresh_truecolor_filter(self.ansi_theme)

    @property
    def fault(self) -> str:
        """The traceback that ended the app, or nothing; without the values of local names."""
        lines = self._fault.getvalue().splitlines()
        return "\n".join(line for line in lines if not line.startswith(("│ ╭", "│ │", "│ ╰")))

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._own_filters]

    def get_driver_class(self) -> type[Driver]:
        return type("TerminalDriver", (PlacingDriver, super().get_driver_class()), {})

    def get_css_variables(self) -> dict[str, str]:
        given = super().get_css_variables()
        ours = derived(self.current_theme, given, colourless=self.no_color)
        self.theme_variables = {**given, **ours}
        return self.theme_variables

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed.put_nowait(event)
        else:
            await super().on_event(event)

    async def _type(self) -> None:
        """Take keys one after the other, each where the one before it has led.

        The framework hands on all keys that come at once, as they do over a slow line: what is
        typed into a dialog that is still being opened would be taken for commands.
        """
        while True:
            event = await self._typed.get()
            screen, target = self.screen, self.focused or self.screen
            await super().on_event(event)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_HELD):
                    # what a key sends may send something again, a step on its way each time
                    rounds = _ROUNDS if _takes_text(target) else 1
                    for node in rounds * (*target.ancestors_with_self, self):
                        await _come_to_rest(node)
                    if isinstance(screen, BaseScreen):
                        await screen.has_opened.wait()
                    if self.screen is not screen:
                        await _come_to_rest(self.screen)
            if isinstance(self.screen, MainScreen):
                self.screen.show_hints()

    async def on_key(self, event: events.Key) -> None:
        if await self._keying.press(event.key):
            event.prevent_default()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        screen = self.screen
        try:
            done = await super().run_action(action, default_namespace, namespaces)
        except StoreFailed as error:
            self.notify(f"{error} · {error.remedy}", severity="error", timeout=30, markup=False)
            if action == "quit":  # what cannot be read holds nobody back
                self.exit()
            return True
        if isinstance(screen, MainScreen):
            screen.acted(str(action))
        return done

    async def action_quit(self) -> None:
        """The framework's own key for it leaves as ours does."""
        if self._main is None:
            self.exit()
        else:
            self._main.action_quit()

    def action_help_quit(self) -> None:
        self.notify(f"{self._keys.key('quit')} quits", timeout=2, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        if isinstance(screen, MainScreen):
            for command in COMMANDS:
                if command.palette or not self._keys.has_key(command.id):
                    run = partial(self.run_action, command.action, screen.node_of(command))
                    told = (command.where.value, self._keys.keys(command.id))
                    yield SystemCommand(command.label, " · ".join(filter(None, told)), run)
            for name in sorted(self.available_themes):
                keep = partial(self._keep_theme, name)
                yield SystemCommand(_THEME + name, "", keep, discover=False)

    def on_mount(self) -> None:
        for problem in self._launch.problems:
            self.notify(problem, severity="warning", timeout=30, markup=False)
        for number in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(NotImplementedError, RuntimeError):  # not on Windows
                asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self.set_timer(_STARTED, stay_quick)
        self.run_worker(self._type(), group="keys")
        if self._session is not None:
            self._watch(self._session)
        elif not self.complaint:
            self._welcome()
        else:
            self.exit(return_code=1)

    def get_default_screen(self) -> Screen[Any]:
        # the mail, if it can be: a screen below it would be styled and laid out for nothing
        session = self._open()
        return self._mail_of(session) if session else super().get_default_screen()

    def _open(self, account: Account | None = None) -> Session | None:
        """What the key's account is read with; None where it is not known yet, or why is said."""
        key = self._launch.key
        try:
            self._session = self._launch.open(key, account) if key else None
        except StoreFailed as error:
            self.complaint = f"{error} · {error.remedy}"
        return self._session

    def _mail_of(self, session: Session) -> MainScreen:
        self._main = MainScreen(
            session,
            self._launch.settings,
            self._keys,
            self._calendar,
            looks=self._looks,
            notes=(*self._launch.notes, *session.store.notes),
            size=self.size,
        )
        return self._main

    def _welcome(self) -> None:
        from sacterm.tui.screens.welcome import Welcome

        self.push_screen(Welcome(self._launch), self._welcomed)

    def _welcomed(self, answer: tuple[str, Account] | Launch | None) -> None:
        account = None
        if isinstance(answer, Launch):  # the demo's
            self._launch = answer
        elif answer is not None:  # else there is a key now, or why there is none
            self._launch.key, account = answer
        if session := self._open(account):
            self.push_screen(self._mail_of(session))
            self._watch(session)
        elif self.complaint:
            self.exit(return_code=1)
        elif account is None:
            self._welcome()

    def _watch(self, session: Session) -> None:
        self.run_worker(self._fail_with(session), exit_on_error=True)
        if self._launch.settings.notices_how != "none":
            self._tell_of_mail(session)

    def _tell_of_mail(self, session: Session) -> None:
        from sacterm.tui.notices import Notices

        self._notices = Notices(session, self._launch.settings, self._send)
        self._notices.look_away(not self.app_focus)
        self.run_worker(self._notices.run(), group="notices")

    # not by app_focus: a key that still waits for its turn would set it again

    def on_app_blur(self) -> None:
        if self._notices:
            self._notices.look_away(True)

    def on_app_focus(self) -> None:
        if self._notices:
            self._notices.look_away(False)

    def _send(self, sequence: str) -> None:
        """Send to the terminal what the framework has no word for, in order with its painting."""
        if self._driver is not None:
            self._driver.write(sequence)

    async def _fail_with(self, session: Session) -> None:
        """A fault in what runs behind the screen ends the app as one on the screen does."""
        await session.failed

    async def on_unmount(self) -> None:
        if self._main is not None:
            self._looks = self._main.looks(self._looks)
        if self._launch.view_state is not None:
            save_view_state(self._launch.view_state, self._looks)
        if self._session is not None:
            await self._session.close()
            await self._session.store.close()

    # themes

    @property
    def _chosen_theme(self) -> str:
        for name in (self._looks.theme, self._launch.settings.theme):
            if name in self.available_themes:
                return name
        return DARK.name

    def search_themes(self) -> None:
        """Offer all themes, the one in use first: what is under the cursor is shown at once."""
        others = sorted(self.available_themes, key=lambda name: (name not in OURS, name))
        names = dict.fromkeys((self.theme, *others))
        self.search_commands(
            [(name, partial(self._keep_theme, name)) for name in names],
            "type to filter · up and down try one · enter keeps it · esc goes back",
        )

    def refresh_css(self, animate: bool = True) -> None:
        super().refresh_css(animate)
        if isinstance(self.screen, CommandPalette):  # which the framework passes over
            self.stylesheet.update(self.screen, animate)

    def _keep_theme(self, name: str) -> None:
        self._looks = replace(self._looks, theme=name)
        self._show_theme(name)

    def _show_theme(self, name: str) -> None:
        self.theme = name

    @on(CommandPalette.OptionHighlighted)
    def _try_theme(self, event: CommandPalette.OptionHighlighted) -> None:
        option = event.highlighted_event.option
        text = option.hit.text if isinstance(option, Command) else None
        name = (text or "").removeprefix(_THEME)
        if name not in self.available_themes:
            name = self._chosen_theme
        self._stop_trying()
        # a theme takes long to paint for one that is only passed on the way to another
        self._trying = self.set_timer(_TRY_AFTER, partial(self._show_theme, name))

    @on(CommandPalette.Closed)
    def _leave_theme(self, event: CommandPalette.Closed) -> None:
        self._stop_trying()
        if not event.option_selected:
            self.theme = self._chosen_theme

    def _stop_trying(self) -> None:
        if self._trying is not None:
            self._trying.stop()


def _takes_text(node: DOMNode) -> bool:
    return isinstance(node, Widget) and node.check_consume_key("x", "x")


async def _come_to_rest(node: MessagePump) -> None:
    """Wait until all that was sent to a widget is done."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()
