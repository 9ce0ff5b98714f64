"""A hundred and twenty test mails, sorted out from the keyboard; the service says what became."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL
from sacterm.sandbox.records import Forwarding
from sacterm.sandbox.server import Sandbox
from sacterm.settings.options import Settings
from sacterm.tui.app import SactermApp
from sacterm.tui.launch import Launch
from sacterm.tui.screens.main import MainScreen
from tests.e2e.people import connector
from tests.tui.running import Rig
from tests.unit.fakes import FakeWire
from tests.waiting import until

INBOX = "run42@mailsac.com"
CODES = {30: "493021", 70: "K7QX-29MB", 110: "881204"}
BILLS = range(40, 50)


def letter(number: int) -> bytes:
    subject, text = f"Order {number} has shipped", "It will be there on 12 October 2026."
    if number in CODES:
        subject, text = f"Sign-up {number}", f"Your verification code is {CODES[number]}."
    if number in BILLS:
        subject, text = f"Bill {number}", "Please find the bill attached. Total: $48.20"
    return (
        f"From: Acme <no-reply@acme.example>\r\nTo: {INBOX}\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    ).encode()


@asynccontextmanager
async def app_on(box: Sandbox, store: Path) -> AsyncIterator[Rig]:
    settings = Settings(mark_read_after=-1, delete_grace=1000)
    sessions: list[Session] = []

    def open_session(key: str, account: object) -> Session:
        sessions.append(
            Session(
                Store(store), connector(box.api_url, box.socket_url, box.key), delete_grace=1000
            )
        )
        return sessions[-1]

    async def check(key: str) -> object:
        raise AssertionError("the account is known")

    app = SactermApp(
        Launch(
            settings=settings,
            key=box.key,
            check=check,  # type: ignore[arg-type]
            keep_key=lambda key: None,
            open=open_session,
        )
    )
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        yield Rig(FakeWire(), pilot, app)


async def test_120_mails_are_sorted_out_with_fewer_than_40_keys(tmp_path: Path) -> None:
    pressed: list[str] = []
    async with Sandbox() as box:
        box.mailroom.reserve(box.account, [INBOX], Forwarding(enablews=True))
        async with app_on(box, tmp_path / "a.db") as rig:
            await rig.sees("live · 1 of 1")
            for number in range(120):
                await box.intake.take(letter(number), "no-reply@acme.example", [INBOX])
            await rig.sees("120 messages", limit=20)
            screen = rig.app.screen
            assert isinstance(screen, MainScreen)
            store = screen._session.store

            async def press(*keys: str) -> None:
                pressed.extend(keys)
                await rig.press(*keys)

            # the three that matter: found, read, a code copied
            await press("slash", *"has:code", "enter")
            await rig.sees("3 messages", "Sign-up 110", "881204")
            await rig.sees("Your verification code is 881204")
            await press("j")
            await rig.sees("Your verification code is K7QX-29MB")
            await press("c")
            await rig.sees("copied")
            await press("j")
            await rig.sees("Your verification code is 493021")
            # ten are labelled
            await press("slash", "ctrl+u", *"bill", "enter")
            await rig.sees("10 messages", "Bill 49")
            await press("asterisk", "l", "k", "enter")
            await until(lambda: all(row.labels == ("k",) for row in store.page(ALL, 70, 10)), 10)
            # all others go
            await press("slash", "ctrl+u", *"-label:k", "enter")
            await rig.sees("110 messages")
            await press("asterisk", "d")
            await rig.sees("Delete 110 messages", "110 ops of")
            await press("y")
            await rig.sees("110 deleted")
            assert store.counts(ALL).total == 10
            await press("q")
            await until(lambda: not rig.app.is_running, 20)
        left = box.mailroom.of_inbox(INBOX)
        assert len(left) == 10
        assert {tuple(m.marks.labels) for m in left} == {("k",)}
    print(" ".join(pressed), len(pressed))
    assert len(pressed) < 40


async def test_reading_in_all_six_forms_costs_one_op_or_none(tmp_path: Path) -> None:
    async with Sandbox() as box:
        box.mailroom.reserve(box.account, [INBOX])
        for number in (30, 70):
            await box.intake.take(letter(number), "no-reply@acme.example", [INBOX])
        await read_all_forms(box, tmp_path / "a.db", price=1)
        await read_all_forms(box, tmp_path / "a.db", price=0)  # after a restart, too


async def read_all_forms(box: Sandbox, store: Path, *, price: int) -> None:
    def ops() -> int:
        return box.mailroom.ops(box.account)

    before = ops()
    async with app_on(box, store) as rig:
        await rig.sees("2 messages", "online")
        await until(lambda: ops() == before + 4)
        await rig.press("enter", *"123456123456")
        await rig.press("escape", "enter", "3")
        await rig.sees("Subject", "Sign-up 70")
        assert ops() == before + 4 + price
        screen = rig.app.screen
        assert isinstance(screen, MainScreen)
        assert screen._session.ledger.spent == ops() - before


async def test_what_came_by_socket_is_read_for_nothing(tmp_path: Path) -> None:
    async with Sandbox() as box:
        box.mailroom.reserve(box.account, [INBOX], Forwarding(enablews=True))
        async with app_on(box, tmp_path / "a.db") as rig:
            await rig.sees("live · 1 of 1")
            await box.intake.take(letter(30), "no-reply@acme.example", [INBOX])
            await rig.sees("Sign-up 30")
            before = box.mailroom.ops(box.account)
            await rig.press("j", "enter", *"123456")
            await rig.press("escape", "c", "L")
            await rig.sees("0 ops · came by socket")
            assert box.mailroom.ops(box.account) == before
