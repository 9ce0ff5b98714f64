"""The app on a fake wire, under Textual's pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from sacterm.errors import KeyringUnavailable, ServiceError
from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.model import Account, Address, Domain
from sacterm.settings.options import Settings
from sacterm.tui.app import SactermApp
from sacterm.tui.launch import Launch
from sacterm.tui.screens.main import MainScreen
from tests.unit.fakes import FakeWire, mail, raw

KEY = "k_canary0123456789"
A, B = "signup@mailsac.com", "qa-7@mailsac.com"


def filled(count: int = 30) -> FakeWire:
    """An account with two addresses, one of them live, and a domain."""
    wire = FakeWire()
    wire.service.records = {
        A: Address(email=A, owner="jeff", websocket=True, info="note", forward="f@x.example"),
        B: Address(email=B, owner="jeff"),
    }
    wire.service.custom_domains = [Domain(name="shop.example")]
    inboxes = (A, B, "x@shop.example")
    wire.service.mail = [mail(n, inboxes[n % 3]) for n in range(count)]
    wire.service.raws = {m.id: raw(n) for n, m in enumerate(wire.service.mail)}
    return wire


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return all(word in text for word in words)


class Rig:
    """The app under test, and what lies around it."""

    def __init__(self, wire: FakeWire, pilot: Pilot[None], app: SactermApp) -> None:
        self.wire = wire
        self.pilot = pilot
        self.app = app
        self.kept: list[str] = []

    @property
    def screen_text(self) -> list[str]:
        """The lines on the screen, as a person sees them."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        return [strip.text for strip in lines[:height]] if width else []

    @property
    def text(self) -> str:
        return "\n".join(self.screen_text)

    @property
    def main(self) -> MainScreen:
        """The screen with the mail, whatever is above it."""
        return next(s for s in self.app.screen_stack if isinstance(s, MainScreen))

    @property
    def at_mail(self) -> bool:
        """Whether nothing is above it."""
        return self.app.screen is self.main

    @property
    def session(self) -> Session:
        return self.main._session

    async def sees(self, *words: str, limit: float = 5.0) -> None:
        """Wait until all the words are on the screen."""
        from tests.waiting import until

        try:
            # a look at the screen takes a millisecond or two
            await until(lambda: _holds(self.text, words), limit, pause=0.02)
        except AssertionError:
            raise AssertionError(f"{words} not on the screen:\n{self.text}") from None

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)


@asynccontextmanager
async def running(
    wire: FakeWire,
    *,
    size: tuple[int, int] = (120, 40),
    key: str | None = KEY,
    store: Path | None = None,
    open_store: Callable[[Path | None], Store] = Store,
    known: bool = True,
    settings: Settings | None = None,
    view_state: Path | None = None,
    problems: tuple[str, ...] = (),
    keyring: KeyringUnavailable | None = None,
    key_problem: str = "",
    refused: ServiceError | None = None,
    notes: tuple[str, ...] = (),
    ops_limit: int | None = None,
    demo: Callable[[], Launch] | None = None,
) -> AsyncIterator[Rig]:
    """The app, shown, connected to ``wire``."""
    kept: list[str] = []
    chosen = settings or Settings(mark_read_after=-1)

    def open_session(key: str, account: Account | None) -> Session | None:
        if account is None and not known:
            return None
        return Session(
            open_store(store),
            wire.connect,
            delete_grace=chosen.delete_grace,
            read_sync=chosen.read_sync,
            ops_limit=ops_limit,
        )

    async def check(key: str) -> Account:
        if refused is not None:
            raise refused
        return wire.service.account

    def keep(key: str) -> None:
        if keyring is not None:
            raise keyring
        kept.append(key)

    app = SactermApp(
        Launch(
            settings=chosen,
            problems=problems,
            view_state=view_state,
            key=key,
            key_problem=key_problem,
            check=check,
            keep_key=keep,
            open=open_session,
            demo=demo,
            notes=notes,
        )
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        rig = Rig(wire, pilot, app)
        rig.kept = kept
        yield rig
