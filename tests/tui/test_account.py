from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from sacterm.errors import Unreachable
from sacterm.mailbox.ledger import utc_now
from sacterm.model import MailArrived
from sacterm.settings.options import Settings
from sacterm.tui.screens.account import AccountPage
from tests.tui.running import A, B, Rig, filled, running
from tests.unit.fakes import FakeWire, mail
from tests.waiting import until


def account() -> FakeWire:
    """An account with mail of the last hours."""
    wire = filled()
    now = utc_now()
    wire.service.mail = [
        mail(n, A if n % 3 else B, received=now - timedelta(minutes=n)) for n in range(30)
    ]
    wire.service.account = replace(
        wire.service.account, message_limit=5000, labels=("qa", "flaky\x1b[31m")
    )
    return wire


async def opened(rig: Rig) -> None:
    await rig.sees("30 messages")
    await rig.press("A")
    await rig.sees("OPS THIS MONTH", "closes")


def is_open(rig: Rig) -> bool:
    return isinstance(rig.app.screen, AccountPage)


async def test_shows_what_is_known_for_nothing_and_asks_anew_for_two_ops(tmp_path: Path) -> None:
    wire = account()
    async with running(wire, size=(80, 24), store=tmp_path / "a.db") as rig:
        await rig.sees("30 messages")
        asked = list(wire.service.asked)
        await opened(rig)
        await rig.sees(
            *("Account · jeff", "13  of 1,500 · 1,487 left", "begins anew on"),
            *("known here: Mailsac has not told", "30  of 5,000", "told by Mailsac at"),
            *("a day this month", "mails came", "2  flaky␛[31m, qa", "r asks anew, 2 ops"),
        )
        assert all(len(line.rstrip()) <= 80 for line in rig.screen_text)
        assert wire.service.asked == asked
        wire.service.account = replace(wire.service.account, ops_used=200, disabled="unpaid")
        await rig.press("r")
        await rig.sees("! The account is disabled: unpaid", "201  of 1,500", "STORED", "1 %")
        assert wire.service.asked == [*asked, "me", "stats"]
        wire.service.failing = Unreachable("no way to Mailsac")
        await rig.press("r")
        await rig.sees("no way to Mailsac · r tries again", "told by Mailsac at", "201  of 1,500")
        await rig.press("G")
        await rig.sees("OPS SPENT FROM HERE, BY KIND", "account: what is stored", "ops in all")
        await rig.press("A")
        await until(lambda: not is_open(rig))
    # the next start finds the service away: what it told is still known, and how old it is
    async with running(wire, size=(80, 24), store=tmp_path / "a.db") as rig:
        await opened(rig)
        await rig.sees("offline since", "told by Mailsac at", "200  of 1,500", "STORED", "1 %")
        await rig.press("q")
        await until(lambda: not is_open(rig))


async def test_follows_what_comes_and_is_drawn_in_ascii() -> None:
    wire = account()
    async with running(wire, settings=Settings(marks="ascii", mark_read_after=-1)) as rig:
        await opened(rig)
        await rig.sees("30 messages in 24 h", f"{A}{20:>10}  ####", f"{B:<{len(A)}}{10:>10}  ####")
        page = [line for line in rig.screen_text if "24 h ago" in line or "%" in line]
        assert len(page) == 2
        assert not any(sign in "".join(page) for sign in "━─▁█")
        wire.feed.put(MailArrived(mail(99, B, received=utc_now())))
        await rig.sees("31 messages in 24 h", "14  of 1,500")
        await rig.press("escape")
        await until(lambda: not is_open(rig))


async def test_says_that_nothing_was_ever_told() -> None:
    wire = account()
    wire.service.failing = Unreachable("no way to Mailsac")
    async with running(wire, size=(80, 24)) as rig:
        await rig.sees("no way to Mailsac")
        await rig.press("A")
        await rig.sees(
            *("offline", "Mailsac has not told of the account yet", "not told  for this month yet"),
            *("known here", "no mail of the account came in that time"),
        )
