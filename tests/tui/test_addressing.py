from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from sacterm.errors import NotFound, OwnedByAnother, Rejected, TimedOut
from sacterm.mailbox.ledger import utc_now
from sacterm.model import Address, Domain
from tests.tui.running import A, B, Rig, filled, running
from tests.unit.fakes import FakeWire, mail
from tests.waiting import until

PUBLIC = "public@mailsac.com"
ALTERNATE = "inbox-0a1b2c@mailsac.com"
TXT = "mailsac-verification=shop"
DOWN = {A: 3, B: 2, "shop.example": 4}  # how often J is pressed to come there


def account() -> FakeWire:
    """An account whose records say all there is to say."""
    wire = filled()
    wire.service.records[A] = Address(
        email=A,
        owner="jeff",
        info="for CI\nsecond line",
        forward="f@x.example",
        webhook="https://h.example/x",
        websocket=True,
        encrypted_inbox=ALTERNATE,
        catch_all="shop.example",
        created=datetime(2026, 11, 1, 8, tzinfo=UTC),
        updated=datetime(2026, 11, 2, 8, tzinfo=UTC),
    )
    wire.service.custom_domains = [
        Domain(
            name="shop.example",
            verified=False,
            verified_mx=True,
            verification_txt=TXT,
            last_verification_errors="no TXT record\x1b[31m found",
        )
    ]
    return wire


async def go(rig: Rig, name: str) -> None:
    await rig.sees("30 messages")
    await rig.press(*["J"] * DOWN[name])
    await rig.sees(f"{name} · 10 messages")


async def closed(rig: Rig) -> None:
    """Wait until no dialog is open."""
    await until(lambda: rig.at_mail)


def spent_on(rig: Rig, kind: str) -> int:
    return rig.wire.service.asked.count(kind)


class TestAnAddress:
    async def test_is_opened_whole_and_fits(self) -> None:
        for size in ((80, 24), (120, 40)):
            async with running(account(), size=size) as rig:
                await go(rig, A)
                asked = list(rig.wire.service.asked)
                await rig.press("a")
                await rig.sees(
                    *("for CI", "second line", "f@x.example", "https://h.example/x"),
                    *("[x] new mail", "live: confirmed by Mailsac", ALTERNATE, "owner", "jeff"),
                    *("catch-all", "created", "1 Nov 2026", "updated", "nothing is changed yet"),
                    "^r saves   esc leaves it as it is",
                )
                await rig.press("ctrl+t")
                await rig.sees(f"copied {ALTERNATE}")
                assert rig.app.clipboard == ALTERNATE
                await rig.press("escape")
                await closed(rig)
                assert rig.wire.service.asked == asked

    async def test_is_edited_field_by_field_and_all_of_it_is_sent_back(self) -> None:
        wire = account()
        before = wire.service.records[A]
        async with running(wire) as rig:
            await go(rig, A)
            await rig.press("a")
            await rig.sees("for CI")
            await rig.press("N", "tab")
            await rig.sees("2 or 3 ops")
            await rig.press("end", "m", "enter", "enter", *"https://s.example", "tab", "space")
            await rig.press("shift+tab", "tab", "tab", "enter", "ctrl+s")
            await rig.sees(f"{A} is saved", f"○ {A}")
            told = wire.service.records[A]
            assert (told.info, told.forward) == ("Nfor CI\nsecond line", "f@x.examplem")
            assert (told.webhook_slack, told.webhook_slack_to_from) == ("https://s.example", True)
            assert told.websocket is False
            assert (told.webhook, told.owner, told.encrypted_inbox) == (
                before.webhook,
                before.owner,
                before.encrypted_inbox,
            )
            assert spent_on(rig, "forwarding") == 1

    async def test_saving_what_is_not_changed_spends_nothing(self) -> None:
        async with running(account()) as rig:
            await go(rig, A)
            asked = list(rig.wire.service.asked)
            await rig.press("a")
            await rig.sees("for CI")
            await rig.press("ctrl+s")
            await closed(rig)
            assert rig.wire.service.asked == asked
            assert "is saved" not in rig.text

    async def test_what_cannot_be_saved_is_told_under_its_field(self) -> None:
        async with running(account(), size=(80, 24)) as rig:
            await go(rig, A)
            await rig.press("a")
            await rig.sees("for CI")
            await rig.press(
                "tab", "end", " ", "x", "tab", "home", "x", "tab", *"http://s", "ctrl+s"
            )
            await rig.sees(
                "an address is wanted",
                "a URL is wanted: http://… or https://…",
                "a URL is wanted: https://…, or",
                "^r saves",
            )
            assert "f@x.example x" in rig.text
            assert spent_on(rig, "forwarding") == 0
            focused = rig.app.focused
            assert focused is not None
            assert focused.id == "field-forward"
            await rig.press("backspace", "backspace")
            await until(lambda: "an address is wanted" not in rig.text)
            assert "a URL is wanted" in rig.text

    async def test_what_the_service_took_before_does_not_hinder(self) -> None:
        wire = account()
        odd = Address(
            email=B,
            owner="jeff",
            info="no\x1bte",
            forward="a@x.example,\x1bb@x.example",
            webhook="h",
        )
        wire.service.records[B] = odd
        async with running(wire) as rig:
            await go(rig, B)
            await rig.press("a")
            await rig.sees("no␛te", "a@x.example,␛b@x.example")
            await rig.press("tab", "tab", "tab", *"https://s.example", "ctrl+s")
            await rig.sees(f"{B} is saved")
            told = replace(odd, webhook_slack="https://s.example")
            assert wire.service.records[B] == told

    async def test_leaving_asks_where_something_was_changed(self) -> None:
        async with running(account()) as rig:
            await go(rig, A)
            await rig.press("a")
            await rig.sees("for CI")
            await rig.press("X", "escape")
            await rig.sees("Discard the changes", "y discards it")
            await rig.press("n")
            await rig.sees("Xfor CI", "2 or 3 ops")
            await rig.press("escape")
            await rig.sees("Discard the changes")
            await rig.press("y")
            await closed(rig)
            assert spent_on(rig, "forwarding") == 0

    async def test_it_stays_while_it_is_saved_and_when_it_is_refused(self) -> None:
        wire = account()
        async with running(wire) as rig:
            await go(rig, A)
            await rig.press("a")
            await rig.sees("for CI")
            wire.service.slow = asyncio.Event()
            wire.service.failures["forwarding"] = [TimedOut("no answer in time")]
            await rig.press("X", "ctrl+s")
            await rig.sees("saving… 2 or 3 ops", "Xfor CI")
            await rig.press("ctrl+s", "escape", "Y")
            wire.service.slow.set()
            await rig.sees("no answer in time · ^r tries again", "Xfor CI")
            assert spent_on(rig, "forwarding") == 1
            wire.service.put_is_ignored = True
            await rig.press("ctrl+s")
            await rig.sees("Mailsac left note as “for CI")
            wire.service.put_is_ignored = False
            await rig.press("Y")
            await rig.sees("XYfor CI", "^r saves")
            await rig.press("ctrl+s")
            await rig.sees(f"{A} is saved")
            assert wire.service.records[A].info == "XYfor CI\nsecond line"

    async def test_none_selected_says_how_one_is(self) -> None:
        async with running(account()) as rig:
            await rig.sees("30 messages")
            await rig.press("a")
            await rig.sees("select an address first")


class TestAPublicInbox:
    def wire(self) -> FakeWire:
        wire = account()
        wire.service.public.add(PUBLIC)
        now = utc_now()
        ages = (1, 2, 3, 5, 47)
        wire.service.mail += [
            mail(100 + hours, PUBLIC, received=now - timedelta(hours=hours)) for hours in ages
        ]
        return wire

    async def open(self, rig: Rig) -> None:
        await rig.sees("All mail")
        await rig.press("o", *"public", "enter")
        await rig.sees(f"{PUBLIC} · 5 of 6 kept, oldest goes in", "5 messages")
        await rig.press("a")
        await rig.sees("a public inbox: anyone can read its mail, and delete it")

    async def test_says_what_it_is_and_what_is_kept(self) -> None:
        async with running(self.wire(), size=(80, 24)) as rig:
            await self.open(rig)
            await rig.sees("5 of 6 kept · oldest goes in 2 days")
            asked = list(rig.wire.service.asked)
            await rig.press("v")
            await rig.sees("It is free: R reserves it")
            assert rig.wire.service.asked == [*asked, "availability"]
            rig.wire.service.taken.add(PUBLIC)
            await rig.press("v")
            await rig.sees("It is owned already")
            rig.wire.service.failures["availability"] = [Rejected("not now", status=400)]
            await rig.press("v")
            await rig.sees("not now")
            await rig.press("a")
            await closed(rig)

    async def test_the_sidebar_tells_the_same(self) -> None:
        wire = self.wire()
        wire.service.mail.append(mail(99, "x@shop.example", received=utc_now()))
        async with running(wire) as rig:
            await rig.sees("31 messages")
            await self.open(rig)
            await rig.press("escape")
            await rig.sees("  5 of 6 kept · 2 days left")
            await rig.press("o", *"x@shop.example", "enter")
            await rig.sees("x@shop.example · 11 messages")
            assert rig.text.count("kept ·") == 1
            await rig.press("a")
            await rig.sees("an inbox of your domain, not reserved by itself")

    async def test_is_reserved_and_unwatched_from_there(self) -> None:
        async with running(self.wire()) as rig:
            await self.open(rig)
            await rig.press("R")
            await rig.sees(f"Reserve {PUBLIC}", "1 of 3 credits left")
            await rig.press("escape")
            await closed(rig)
            await rig.press("a")
            await rig.sees("a public inbox")
            await rig.press("U")
            await rig.sees("All mail · 30 messages")
            assert PUBLIC not in rig.text


class TestADomain:
    async def test_shows_what_is_verified_and_what_is_to_be_done(self) -> None:
        wire = account()
        async with running(wire, size=(80, 24)) as rig:
            await go(rig, "shop.example")
            asked = list(wire.service.asked)
            await rig.press("a")
            await rig.sees(
                *("verified     no", "MX verified  yes", f"add as TXT: {TXT}", "hosted       not"),
                *("no TXT record␛[31m found", "off · is switched at mailsac.com"),
                "10 known here",
            )
            await rig.press("t")
            await until(lambda: rig.app.clipboard == TXT)
            assert wire.service.asked == asked
            wire.service.custom_domains = [Domain(name="shop.example", verified=True)]
            await rig.press("r")
            await rig.sees("Mailsac keeps 10 messages of it", "verified     yes")
            assert wire.service.asked == [*asked, "domains"]
            await rig.press("escape")
            await closed(rig)

    async def test_trouble_is_told(self) -> None:
        wire = account()
        async with running(wire) as rig:
            await go(rig, "shop.example")
            await rig.press("a")
            await rig.sees("verified")
            wire.service.failures["domains"] = [OwnedByAnother("somebody else's", status=401)]
            await rig.press("r")
            await rig.sees("somebody else's", "verified     no")


class TestReservingMany:
    async def test_takes_a_pasted_list_for_one_op(self) -> None:
        wire = account()
        async with running(wire, size=(80, 24)) as rig:
            await rig.sees("30 messages")
            asked = list(wire.service.asked)
            await rig.press("M")
            await rig.sees("Reserve many addresses", "0 addresses · 0 ops")
            await rig.press("ctrl+s")
            await rig.sees("paste or type the addresses")
            rig.app.copy_to_clipboard("Jane <one@mailsac.com>,\ntwo;signup\tbad@x")
            await rig.press("ctrl+v")
            await rig.sees("2 addresses · 1 yours already · 1 op · takes 2 of 3 credits left")
            await rig.press("ctrl+s")
            await rig.sees("no address: “bad@x”")
            assert wire.service.asked == asked
            await rig.press(*["backspace"] * 5, "ctrl+s")
            await rig.sees("2 addresses reserved · 1 yours already")
            assert {"one@mailsac.com", "two@mailsac.com"} <= set(wire.service.records)
            assert wire.service.asked == [*asked, "reserve"]

    async def test_says_first_that_the_credits_do_not_suffice(self) -> None:
        wire = account()
        async with running(wire) as rig:
            await rig.sees("30 messages")
            await rig.press("M", *"n1 n2 n3 n4")
            await rig.sees("takes 4 of 3 credits left")
            await rig.press("ctrl+s")
            await rig.sees("addresses to reserve: 4, credits left: 3", "take some out", "n1 n2")
            assert "reserve" not in wire.service.asked

    async def test_a_refusal_is_told_by_address_and_can_be_mended(self) -> None:
        wire = account()
        wire.service.taken = {"taken@mailsac.com"}
        async with running(wire, size=(80, 24)) as rig:
            await rig.sees("30 messages")
            await rig.press("M", *"free taken", "ctrl+s")
            await rig.sees(
                "0 addresses reserved · 2 not",
                "taken@mailsac.com: taken@mailsac.com is owned by another",
                "free@mailsac.com: asked for together with taken@mailsac.com",
                "free taken",
            )
            await rig.press(*["backspace"] * 5, "ctrl+s")
            await rig.sees("1 address reserved")
            await closed(rig)
            assert "free@mailsac.com" in wire.service.records


class TestChecking:
    async def test_one_address_or_many(self) -> None:
        wire = account()
        wire.service.mistaken = {"x@@y"}
        async with running(wire, size=(80, 24)) as rig:
            await go(rig, B)
            asked = list(wire.service.asked)
            await rig.press("C")
            await rig.sees("Check addresses", "1 address · 1 op")
            await rig.press("ctrl+s")
            await rig.sees("well formed · disposable")
            await rig.press("end", " ", *"a+b@x.example x@@y", "ctrl+s")
            await rig.sees(
                "3 addresses · 1 op",
                "a+b@x.example                            well formed · not disposable",
                "x@@y                                     not well formed",
            )
            assert wire.service.asked == [*asked, "validate", "validate"]
            await rig.press("escape")
            await closed(rig)
            rig.app.copy_to_clipboard("a@x.example\nb@x.example\n")
            await rig.press("C")
            await rig.sees("1 address · 1 op")
            await rig.press("ctrl+v")
            await rig.sees("2 addresses · 1 op")


class TestATestMessage:
    async def test_goes_to_the_selected_address(self) -> None:
        wire = account()
        async with running(wire, size=(80, 24)) as rig:
            await go(rig, B)
            await rig.press("p")
            await rig.sees("Send a test message", B, f"from {B} · 1 op, 1 more when it comes")
            await rig.press("enter", *"!", "ctrl+s")
            await rig.sees(f"sent to {B}")
            (sent,) = wire.service.sent
            assert (sent["sender"], sent["to"], sent["subject"]) == (B, (B,), "Test message!")
            assert sent["text"]

    async def test_goes_to_any_name_in_a_domain_and_to_whom_is_typed(self) -> None:
        wire = account()
        async with running(wire) as rig:
            await go(rig, "shop.example")
            await rig.press("p")
            await rig.sees("test@shop.example", f"from {B}")
            await rig.press("ctrl+u", "ctrl+s")
            await rig.sees("one address is wanted")
            await rig.press(*"qa+run7", "ctrl+s")
            await rig.sees("sent to qa+run7@mailsac.com")

    async def test_where_the_service_takes_none_it_says_what_to_do(self) -> None:
        wire = account()
        async with running(wire, size=(80, 24)) as rig:
            await go(rig, B)
            wire.service.failures["send"] = [NotFound("it is not there (404)", status=404)]
            await rig.press("p")
            await rig.sees("Send a test message")
            await rig.press("ctrl+s")
            await rig.sees("Mailsac takes no outgoing mail on this account (404)", "own software")
            await rig.press("escape")
            await closed(rig)
