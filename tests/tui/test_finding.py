from __future__ import annotations

import asyncio
from pathlib import Path

from textual.widgets import Input

from sacterm.mailbox.finding import NEWEST, Found, Order
from sacterm.mailbox.search import Query
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import View
from sacterm.model import Address, MailArrived
from sacterm.tui.screens.main import MainScreen
from sacterm.tui.widgets.message_list import MessageList
from tests.tui.running import A, Rig, filled, running
from tests.unit.fakes import FakeWire, mail, raw
from tests.waiting import until


def cursor(rig: Rig) -> str:
    row = rig.app.screen.query_one(MessageList).selected
    return row.id if row else ""


async def ready(rig: Rig, count: int = 30) -> None:
    await rig.sees(f"{count:,} messages", "live · 1 of 1")


def mixed() -> FakeWire:
    wire = filled(20)
    service = wire.service
    service.mail[3] = mail(3, A, subject="Ihre Rechnung 2026", size=900_000)
    service.mail[7] = mail(7, A, subject="Your code is 493021", read=True)
    service.raws["m7"] = raw(7, "Your verification code is 493021")
    return wire


async def test_the_list_filters_as_you_type() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"rech")
        await rig.sees("Ihre Rechnung", "“rech” · ", "1 message")
        assert "Subject 19" not in rig.text
        await rig.press(*"xyz")
        await rig.sees("Nothing found")
        await rig.press("escape")
        await rig.sees("Subject 19", "20 messages")
        assert not rig.app.screen.query_one(Input).parent.display  # type: ignore[union-attr]


class SlowlyWhole(Store):
    """Finds the first at once, and all when it is let."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.may = asyncio.Event()

    async def find(self, view: View, query: Query, order: Order = NEWEST) -> Found:
        await self.may.wait()
        return await super().find(view, query, order)


async def test_the_first_found_are_shown_before_all_are_counted() -> None:
    async with running(filled(200), open_store=SlowlyWhole) as rig:
        await ready(rig, 200)
        await rig.press("slash", *"subj", "enter")
        await rig.sees("“subj” · counting…", "Subject 199")
        await rig.press("asterisk")
        store = rig.session.store
        assert isinstance(store, SlowlyWhole)
        store.may.set()
        await rig.sees("“subj” · 200 messages", "200 selected", "Subject 199")
        assert cursor(rig) == "m199"
        await rig.press("escape", "escape")
        await rig.sees("All mail · 200 messages")


async def test_operators_narrow_and_the_list_is_gone_through_by_keys() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"-is:read subject:subject", "enter")
        await rig.sees("18 messages", "“-is:read subject:subject”")
        assert cursor(rig) == "m19"
        await rig.press("j", "j", "x")
        await rig.sees("1 selected")
        await rig.press("escape", "escape")
        await rig.sees("20 messages")


async def test_bad_syntax_is_explained_while_the_words_still_search() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"newer:soon rechnung")
        await rig.sees("soon", "newer:", "an age", "Ihre Rechnung", "1 message")


async def test_what_is_found_is_what_is_new_too() -> None:
    wire = mixed()
    async with running(wire) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"rechnung", "enter")
        await rig.sees("1 message")
        from sacterm.model import MailArrived

        wire.feed.put(MailArrived(mail(90, A, subject="Rechnung 90", raw=raw(90))))
        await rig.sees("Rechnung 90", "2 messages")
        wire.feed.put(MailArrived(mail(91, A, subject="Something else", raw=raw(91))))
        await until(lambda: "Something else" not in rig.text)


async def test_asking_mailsac_merges_what_it_finds() -> None:
    wire = mixed()
    wire.service.mail = [mail(n, A) for n in range(1200)]
    wire.service.mail[5] = mail(5, A, subject="An old invoice")
    async with running(wire) as rig:
        await ready(rig, 1000)
        await rig.press("slash", *"invoice")
        await rig.sees("Nothing found")
        ops = rig.wire.service.asked.count("search")
        await rig.press("ctrl+r")
        await rig.sees("An old invoice", "1 message more found at Mailsac")
        assert rig.wire.service.asked.count("search") == ops + 1


async def test_a_search_is_kept_in_the_sidebar_and_dropped_again() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"rechnung", "enter", "B")
        await rig.sees("SEARCHES", "rechnung", "1 message", "is in the sidebar")
        assert isinstance(rig.app.screen, MainScreen)
        assert rig.app.screen.view == View.search("rechnung")
        await rig.press("K")
        await rig.sees("20 messages") if "20 messages" in rig.text else None
        rig.app.screen.view = View.search("rechnung")
        await rig.sees("Ihre Rechnung")
        await rig.press("B")
        await until(lambda: "SEARCHES" not in rig.text)
        await rig.sees("20 messages")


async def test_sorting_goes_through_the_columns_and_back() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("t")
        await rig.sees("by oldest")
        await until(lambda: cursor(rig) == "m0")
        for name in ("sender", "subject", "inbox", "largest"):
            await rig.press("t")
            await rig.sees(f"by {name} · 20 messages · 19 unread")
        await until(lambda: cursor(rig) == "m3")
        await rig.press("t")
        await until(lambda: cursor(rig) == "m19")


async def test_folders_stand_in_the_sidebar_when_asked_for() -> None:
    wire = mixed()
    wire.service.mail[4] = mail(4, A, folder="spam")
    async with running(wire) as rig:
        await ready(rig, 20)
        assert "FOLDERS" not in rig.text
        await rig.press("F")
        await rig.sees("FOLDERS", "inbox", "spam", "trash")
        while "spam · 1 message" not in rig.text:
            await rig.press("J")
        await rig.sees("Subject 4")
        await rig.press("F")
        await until(lambda: "FOLDERS" not in rig.text)
        await rig.sees("All mail · 20 messages")


async def test_what_leaves_the_list_is_not_selected_any_longer() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"is:unread", "enter", "x", "x")
        await rig.sees("2 selected")
        assert isinstance(rig.app.screen, MainScreen)
        await rig.app.screen._session.triage.opened("m19")
        await rig.sees("18 messages", "1 selected")


async def test_a_range_ends_with_its_list() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("x", "x", "V", "J", "J", "j")
        await rig.sees("6 messages")
        assert "selected" not in rig.text


async def test_keys_after_a_search_are_for_what_was_found() -> None:
    async with running(mixed()) as rig:
        await ready(rig, 20)
        await rig.press("slash", *"rechnung", "enter", "asterisk")
        await rig.sees("1 message", "1 selected")
        await rig.press("d")
        await rig.sees("1 deleted")
        await rig.press("escape", "escape")
        await rig.sees("19 messages")


def selected(rig: Rig) -> str | None:
    row = rig.app.screen.query_one(MessageList).selected
    return row.id if row else None


async def test_leaving_a_search_stays_on_what_was_found() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("slash", *"subject 1", "enter", "j")
        await rig.sees("“subject 1”")
        found = selected(rig)
        assert found not in ("m29", None)
        await rig.press("escape")
        await rig.sees("30 messages")
        assert selected(rig) == found


async def test_what_stood_in_an_empty_list_goes_with_the_first_message() -> None:
    wire = FakeWire()
    wire.service.records = {A: Address(email=A, owner="jeff", websocket=True)}
    async with running(wire) as rig:
        await rig.sees("No mail yet")
        wire.feed.put(MailArrived(mail(1, A, raw=raw(1))))
        await rig.sees("Subject 1")
        await rig.pilot.pause()
        assert "makes a test address" not in rig.text
