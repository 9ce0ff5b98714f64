from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sacterm.errors import KeyRefused, OwnedByAnother, RateLimited, Unreachable
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, View
from sacterm.model import Domain, Listening, Lost, MailArrived, Recipient, Refused
from sacterm.settings.options import Settings
from sacterm.settings.viewstate import load_view_state
from sacterm.tui.commands import COMMANDS, Offers
from sacterm.tui.screens.main import MainScreen
from sacterm.tui.widgets.message_list import MessageList
from tests.tui.running import A, B, Rig, filled, running
from tests.unit.fakes import FakeFeed, FakeWire, mail, raw
from tests.waiting import until


def messages(rig: Rig) -> MessageList:
    return rig.app.screen.query_one(MessageList)


def selected(rig: Rig) -> str:
    row = messages(rig).selected
    return row.id if row else ""


def on_list(rig: Rig) -> list[str]:
    """Subjects of the list on screen, from the top."""
    found = [line for line in rig.screen_text if "Subject " in line and "Acme" in line]
    return ["m" + line.split("Subject ")[1].split()[0] for line in found]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_panes_counts_and_marks(size: tuple[int, int]) -> None:
    async with running(filled(), size=size) as rig:
        await rig.sees("All mail · 30 messages · 30 unread", "live · 1 of 1", "Subject 29")
        if size[0] >= 100:
            assert "jeff · 1,487 ops left" in rig.text
            lines = [line.split("│")[1].split() for line in rig.screen_text if "│" in line]
            assert ["●", A, "10"] in lines
            assert ["○", B, "10"] in lines
            assert ["○", "shop.example", "10"] in lines
        else:
            assert "● signup 10" in rig.screen_text[0]
            assert "○ qa-7 10" in rig.screen_text[0]


async def test_a_screen_too_small_asks_for_room_and_comes_back() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("j", "j")
        await rig.pilot.resize_terminal(79, 24)
        await rig.sees("needs a terminal of 80 × 20")
        assert "Subject" not in rig.text
        await rig.pilot.resize_terminal(120, 19)
        await rig.sees("needs a terminal of 80 × 20")
        await rig.pilot.resize_terminal(80, 20)
        await rig.sees("Subject 29")
        assert selected(rig) == "m27"


async def test_moving_through_the_list() -> None:
    async with running(filled(100)) as rig:
        await rig.sees("Subject 99", "100 messages")
        steps = [
            ("j", "m98"),
            ("down", "m97"),
            ("k", "m98"),
            ("G", "m0"),
            ("g", "m99"),
            ("k", "m99"),
            ("end", "m0"),
            ("j", "m0"),
        ]
        for key, id_ in steps:
            await rig.press(key)
            assert selected(rig) == id_, key
        await rig.press("g", "ctrl+d")
        half = selected(rig)
        assert half not in ("m99", "m98")
        await rig.press("ctrl+u")
        assert selected(rig) == "m99"


async def test_new_mail_appears_by_itself_and_never_moves_the_cursor() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("j")
        wire.feed.put(MailArrived(mail(40, A, raw=raw(40))))
        await rig.sees("Subject 40", "31 messages")
        assert on_list(rig)[:3] == ["m40", "m29", "m28"]
        assert selected(rig) == "m28"


async def test_an_untouched_list_always_shows_what_is_newest() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        for number in range(100, 120):
            wire.feed.put(MailArrived(mail(number, A, raw=raw(number))))
            await rig.sees(f"Subject {number}")
        assert on_list(rig)[0] == "m119"
        assert selected(rig) == "m29"
        await rig.sees("▼ the selected line is below")
        await rig.press("j")
        assert selected(rig) == "m28"
        assert "m28" in on_list(rig)
        await until(lambda: "▼" not in rig.text)


async def test_the_line_under_the_cursor_stays_in_sight() -> None:
    wire = filled(100)
    async with running(wire) as rig:
        await rig.sees("Subject 99", "100 messages")
        await rig.press("j", "j")
        wire.feed.put(*[MailArrived(mail(200 + n, A, raw=raw(n))) for n in range(30)])
        await rig.sees("130 messages", "▲", "Subject 97")
        assert selected(rig) == "m97"


async def test_further_down_the_lines_stay_and_a_pill_tells() -> None:
    wire = filled(100)
    async with running(wire) as rig:
        await rig.sees("Subject 99", "100 messages")
        await rig.press("G")
        before = on_list(rig)
        wire.feed.put(*[MailArrived(mail(200 + n, A, raw=raw(n))) for n in range(3)])
        await rig.sees("103 messages", "▲ 3 new")
        assert on_list(rig) == before
        assert selected(rig) == "m0"
        await rig.press("g")
        await rig.sees("Subject 202")
        assert "new" not in rig.screen_text[15]
        assert "▲" not in rig.text


async def test_follow_stays_on_the_newest() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("G", "f")
        await rig.sees("following")
        assert selected(rig) == "m29"
        wire.feed.put(MailArrived(mail(40, A, raw=raw(40))))
        await rig.sees("Body of 40")
        assert selected(rig) == "m40"
        await rig.press("j")
        await until(lambda: "following" not in rig.text)


async def test_addresses_are_reached_from_anywhere() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("J", "J")
        await rig.sees(f"{B} · 10 messages")
        assert set(on_list(rig)) == {f"m{n}" for n in range(1, 30, 3)}
        await rig.press("K", "K", "K")
        await rig.sees("shop.example · 10 messages")
        await rig.press("J")
        await rig.sees("All mail · 30 messages")


async def test_the_sidebar_moves_over_headings_and_enter_goes_to_the_list() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("escape", "j", "j")
        await rig.sees(f"{B} · 10 messages")
        await rig.press("enter")
        assert rig.app.focused is messages(rig)
        await rig.press("j")
        assert selected(rig) == "m25"


async def test_reading_from_history_costs_one_op_and_again_none() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages", "enter reads this message · 1 op")
        assert "raw" not in wire.service.asked
        await rig.press("j")
        await rig.sees("Body of 28", "Acme <no-reply@acme.example>", "Fri 16 Jan 2026")
        await rig.press("k")
        await rig.sees("Body of 29")
        await rig.press("j")
        await rig.sees("Body of 28")
        assert wire.service.asked.count("raw") == 2


async def test_passing_over_messages_spends_nothing() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("j", "j", "j", "j", "J", "J")
        await rig.sees(f"{B} · 10 messages")
        await rig.sees("enter reads this message")
        assert wire.service.asked.count("raw") <= 1


async def test_enter_opens_and_escape_goes_back() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("enter")
        await rig.sees("Body of 29")
        assert rig.app.focused is not messages(rig)
        await rig.press("escape")
        assert rig.app.focused is messages(rig)


async def test_the_message_is_paged_without_leaving_the_list() -> None:
    wire = filled()
    wire.service.raws["m29"] = raw(29, "\r\n".join(f"line {n}" for n in range(200)))
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("enter", "escape")
        await rig.sees("line 1")
        await rig.press("space")
        await until(lambda: "line 1\n" not in rig.text and "line 30" in rig.text)
        await rig.press("b")
        await rig.sees("line 1", "Subject 29")
        assert rig.app.focused is messages(rig)


async def test_html_only_mail_is_shown_as_text() -> None:
    wire = filled()
    wire.service.raws["m29"] = (
        b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n"
        b"<h1>Welcome</h1><p>Press <a href='https://x.example/go'>here</a></p>"
    )
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("enter")
        await rig.sees("Welcome", "here [1]")
        await rig.press("4")
        await rig.sees("[1] here", "https://x.example/go")


async def test_hostile_text_is_text() -> None:
    wire = filled(1)
    hostile = "\x1b]52;c;aGk=\x07[/b][@click=app.quit]\u202e\x9b2J"
    wire.service.mail = [
        mail(1, A, subject=hostile, sender=(Recipient(hostile, hostile),), labels=(hostile,))
    ]
    wire.service.raws = {"m1": raw(1, hostile)}
    async with running(wire) as rig:
        await rig.sees("[/b][@click=app.quit]", "␛]52")
        await rig.press("enter")
        await until(lambda: rig.text.count("␛]52") >= 4)
        assert not any(c in rig.text for c in "\x1b\x07\x9b\u202e")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, ("no longer has this message",)),
        (Unreachable("no network"), ("no network", "enter tries again")),
        (RateLimited("quota spent"), ("quota spent", "not read")),
    ],
)
async def test_each_reason_for_no_body_has_its_own_face(
    error: Exception | None, words: tuple[str, ...]
) -> None:
    wire = filled()
    if error is None:
        wire.service.raws = {}
    else:
        wire.service.failures["raw"] = [error]  # type: ignore[list-item]
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("enter")
        await rig.sees(*words)
        if error is None:
            await until(
                lambda: any("†" in line and "Subject 29" in line for line in rig.screen_text)
            )
        else:
            await rig.press("escape", "enter")
            await rig.sees("Body of 29")


async def test_a_message_that_stays_open_counts_as_read_here() -> None:
    wire = filled()
    async with running(wire, settings=Settings(mark_read_after=0)) as rig:
        await rig.sees("30 unread")
        await rig.press("enter")
        await rig.sees("29 unread")
        assert "read" not in wire.service.asked


async def test_turning_forwarding_on_and_off() -> None:
    wire = filled()
    wire.feed.confirms = False
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset()))
        await rig.press("J", "J")
        await rig.sees(f"○ {B}")
        await rig.press("w")
        await rig.sees(f"◐ {B}")
        wire.feed.put(Listening(frozenset({A, B}), frozenset(), frozenset()))
        await rig.sees(f"● {B}", "2 of 2 confirmed")
        await rig.press("w")
        await rig.sees(f"○ {B}", "1 of 1 confirmed")


async def test_asking_twice_for_forwarding_asks_once() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        wire.service.slow = asyncio.Event()
        await rig.press("J", "J", "w", "w", "w")
        await rig.sees("turning on…")
        wire.service.slow.set()
        await rig.sees(f"● {B}")
        assert wire.service.asked.count("forwarding") == 1


async def test_a_burst_leaves_the_selection_where_it_was() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        wire.feed.put(*[MailArrived(mail(n, A, raw=raw(n))) for n in range(1000, 1400)])
        await rig.sees("430 messages", "Subject 1399")
        assert selected(rig) == "m29"
        await rig.press("s")
        await until(lambda: "star" in wire.service.asked)
        await rig.press("j")
        assert selected(rig) == "m28"
        assert "m28" in on_list(rig)


def _is_at(messages: MessageList, wanted: str) -> bool:
    return messages.selected is not None and messages.selected.id == wanted


async def test_moving_while_mail_is_stored_that_is_not_shown_yet() -> None:
    async with running(filled(300)) as rig:
        await rig.sees("300 messages", "Subject 299")
        await rig.press("j", "j", "V")
        messages = rig.main._messages
        stored = [mail(1000 + n, "x@shop.example") for n in range(150)]
        await rig.session.store.upsert(stored, owned=True)  # behind the screen's back
        messages.move_to(92)  # at once: nothing has looked at the store again
        assert _is_at(messages, "m207")
        await until(lambda: len(rig.main._selection) == 91)
        assert rig.main._selection == {f"m{299 - place}" for place in range(2, 93)}
        messages.look_again()
        assert _is_at(messages, "m207")


async def test_a_list_that_grows_past_the_screen_keeps_the_cursor_in_sight() -> None:
    wire = filled(9)
    async with running(wire) as rig:
        await rig.sees("Subject 8", "9 messages")
        await rig.press("j", "j")
        wire.feed.put(*[MailArrived(mail(n, A, raw=raw(n))) for n in range(100, 120)])
        await rig.sees("29 messages", "Subject 6 ")
        assert selected(rig) == "m6"


@pytest.mark.parametrize("year", [1, 9999])
async def test_odd_dates_are_shown(year: int) -> None:
    wire = filled(1)
    wire.service.mail = [mail(1, A, received=datetime(year, 1, 1, tzinfo=UTC))]
    async with running(wire) as rig:
        await rig.sees("Subject 1")
        await rig.press("enter")
        await rig.sees("date")


async def test_forwarding_that_is_refused_says_why_and_stays_off() -> None:
    wire = filled()
    wire.service.put_is_ignored = True
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("J", "J", "w")
        await rig.sees("Mailsac left forwarding", f"○ {B}")
        wire.service.failures["address"] = [OwnedByAnother("owned by somebody", status=401)]
        await rig.press("w")
        await rig.sees("owned by somebody")


async def test_forwarding_of_a_public_inbox_offers_to_reserve_it() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("n")
        await rig.sees("copied try-", "r looks for mail")
        await rig.sees("WATCHED (public)", "r asks Mailsac · 1 op")
        email = rig.app.clipboard
        assert email.startswith("try-")
        asked = len(wire.service.asked)
        await rig.press("w")
        await rig.sees("Only reserved addresses can be live", "1 of 3 credits left")
        await rig.press("escape")
        await until(lambda: rig.at_mail)
        assert email not in wire.service.records
        await rig.press("w")
        await rig.sees("Only reserved addresses can be live")
        await rig.press("y")
        await rig.sees(f"● {email}")
        assert wire.service.records[email].websocket
        assert len(wire.service.asked) > asked


async def test_an_inbox_in_a_live_domain_of_ones_own_can_still_be_reserved() -> None:
    wire = filled()
    wire.service.custom_domains = [Domain(name="shop.example", websocket=True)]
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages", "● shop.example")
        await rig.press("o", *"new@shop.example", "enter")
        await rig.sees("● new@shop.example")
        await rig.press("R")
        await rig.sees("Reserve new@shop.example")
        await rig.press("escape")
        await until(lambda: rig.at_mail)
        await rig.press("w")
        await rig.sees("Only reserved addresses can be live")
        await rig.press("y")
        await until(lambda: "new@shop.example" in wire.service.records)
        await until(lambda: wire.service.records["new@shop.example"].websocket)


async def test_a_new_address_costs_nothing_until_it_is_asked_for() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        asked = list(wire.service.asked)
        await rig.press("n")
        await rig.sees("copied")
        assert wire.service.asked == asked
        email = rig.app.clipboard
        wire.service.mail.append(mail(77, email))
        await rig.press("r")
        await rig.sees("Subject 77", f"{email} · 1 message")
        assert wire.service.asked == [*asked, "list"]
        await rig.press("U")
        await rig.sees("All mail · 30 messages")
        assert "WATCHED" not in rig.text


async def test_opening_any_inbox() -> None:
    wire = filled()
    wire.service.mail.append(mail(78, "other@mailsac.com"))
    wire.service.public.add("other@mailsac.com")
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("o")
        await rig.sees("Open an inbox")
        await rig.press(*"Other+tag", "enter")
        await rig.sees("other@mailsac.com · 1 message", "Subject 78")
        await rig.press("o", *"a b", "enter")
        await rig.sees("“a b” is no address", "Open an inbox")
        await rig.press("escape")
        wire.service.failures["list"] = [OwnedByAnother("owned by another account", status=403)]
        await rig.press("o", *"taken", "enter")
        await rig.sees("owned by another account")


async def test_reserving_and_releasing_ask_first() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("n")
        await rig.sees("copied")
        email = rig.app.clipboard
        await rig.press("R")
        await rig.sees(f"Reserve {email}", "1 of 3 credits left · 1 op")
        await rig.press("enter")
        await until(lambda: rig.at_mail)
        assert "reserve" not in wire.service.asked
        await rig.press("R", "y")
        await rig.sees(f"○ {email}", "is yours")
        await rig.press("R")
        await rig.sees(f"Release {email}", "by anyone")
        await rig.press("y")
        await rig.sees("WATCHED (public)")
        assert email not in wire.service.records


async def test_older_mail_is_loaded_when_asked_for() -> None:
    wire = filled(1500)
    async with running(wire) as rig:
        await rig.sees("1,000 messages")
        await rig.press("G")
        await rig.sees("older mail is at Mailsac · O loads 1,000 more · 1 op")
        await rig.press("O")
        await rig.sees("1,500 messages")
        await rig.press("G")
        await rig.sees("Subject 0 ")
        assert "older mail" not in rig.text
        await rig.press("O")
        await rig.sees("nothing older")


async def test_refresh_brings_mail_that_is_not_forwarded() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("Subject 29", "30 messages")
        wire.service.mail.append(mail(50, B))
        await rig.press("r")
        await rig.sees("Subject 50", "31 messages")


async def test_trouble_is_told_with_a_remedy_and_passes() -> None:
    wire = filled()
    async with running(wire) as rig:
        await rig.sees("live ·")
        wire.feed.put(Lost("the service closed the connection", 7.0))
        await rig.sees("not live · tries again in", "the service closed the connection")
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset({A})))
        await rig.sees("live · 1 of 1")
        wire.service.failing = KeyRefused("wrong key", status=401)
        await rig.press("r")
        await rig.sees(
            "set a valid key: sacterm key set, or MAILSAC_KEY · r tries again · wrong key"
        )
        assert "Subject 29" in rig.text
        wire.service.failing = None
        wire.feed.put(Refused("the key was refused", "set a valid key"))
        await rig.press("r")
        await rig.sees("not live · set a valid key · r tries again · the key was refused")


async def test_offline_shows_all_that_was_seen_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with running(filled(), store=path) as rig:
        await rig.sees("Subject 29", "30 messages", "live ·")
        await until(lambda: Store(path).meta("contact"))
    wire = FakeWire()
    wire.feed = FakeFeed(confirms=False)
    wire.service.failing = Unreachable("the network is unreachable")
    wire.feed.put(Lost("the network is unreachable", 2.0))
    async with running(wire, store=path) as rig:
        await rig.sees("30 messages", "Subject 29", f"◐ {A}")
        await rig.sees("offline since", "the network is unreachable", "tries again in")


async def test_empty_states_teach() -> None:
    async with running(FakeWire()) as rig:
        await rig.sees("No mail yet", "n makes a test address", "NO ADDRESSES YET", "o  any inbox")
        await rig.press("J")
        await rig.sees("Nothing is starred", "s stars the message")


async def test_offline_with_nothing_kept_the_key_that_helps_is_told() -> None:
    wire = FakeWire()
    wire.service.failing = Unreachable("the network is unreachable")
    async with running(wire, size=(80, 24)) as rig:
        await rig.sees("nothing is kept here", "r tries again", "No message here · ? shows all")
        await rig.press("s")
        await rig.sees("there is no message under the cursor · J goes on")
        wire.service.failing = None
        await rig.press("r")
        await rig.sees("No mail yet", "n makes a test address")
        wire.service.failing = Unreachable("the network is unreachable")
        await rig.press("r")
        await rig.sees("nothing is kept here", "r tries again")


async def test_an_address_that_is_off_says_how_its_mail_is_had() -> None:
    wire = filled()
    wire.service.mail = []
    async with running(wire) as rig:
        await rig.sees("All mail · 0 messages", B)
        await rig.press("J", "J")
        await rig.sees("w makes it live: mail then comes by itself")


async def test_a_long_subject_can_be_read_whole() -> None:
    wire = filled(1)
    subject = " ".join(f"word{n}" for n in range(50))
    wire.service.mail = [mail(1, A, subject=subject)]
    async with running(wire) as rig:
        await rig.sees("word0", "word49")


async def test_help_names_every_key_and_closes_by_it() -> None:
    async with running(filled(), size=(120, 130)) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("question_mark")
        await rig.sees("Help", "Marks")
        for command in COMMANDS:
            assert command.label in rig.text
        await rig.press("question_mark")
        await rig.sees("Subject 29")


async def test_every_command_has_its_action_where_it_is_offered() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        ids = [command.id for command in COMMANDS]
        assert len(set(ids)) == len(ids)
        nodes = [rig.app.screen, *rig.app.screen.query("*")]
        for command in COMMANDS:
            offering = [n for n in nodes if isinstance(n, Offers) and command.id in n.OFFERS]
            assert offering, command.id
            for node in offering:
                assert callable(getattr(node, f"action_{command.action}")), command.id


async def test_the_palette_does_what_the_key_does() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("ctrl+p", *"new test")
        await rig.sees("Watch a new test address")
        await rig.press("down", "enter")
        await rig.sees("WATCHED (public)")


async def test_clicks_select_and_open() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.pilot.click("#messages", offset=(20, 4))
        assert selected(rig) == "m26"
        await rig.pilot.click("#messages", offset=(20, 2), times=2)
        await rig.sees("Body of 28")
        await rig.pilot.click("#addresses", offset=(5, 5))
        await rig.sees(f"{B} · 10 messages")


async def test_the_looks_are_remembered(tmp_path: Path) -> None:
    state, store = tmp_path / "view.json", tmp_path / "a.db"
    async with running(filled(), view_state=state, store=store) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("J", "J", "greater_than_sign", "plus")
        await rig.sees(f"{B} · 10 messages")
        await rig.press("T")
        await rig.sees("enter keeps it")
        await rig.press("down", "enter")
        await until(lambda: rig.app.theme == "sacterm-light")
        await rig.press("q")
    looks = load_view_state(state)
    assert looks.selected == View.inbox(B).scope
    assert (looks.theme, looks.sidebar_width, looks.list_share) == ("sacterm-light", 32, 0.45)
    async with running(filled(), view_state=state, store=store) as rig:
        await rig.sees(f"{B} · 10 messages")
        assert rig.app.theme == "sacterm-light"


async def test_a_view_that_is_no_more_gives_way_to_all_mail(tmp_path: Path) -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("J", "J")
        await rig.sees(f"{B} · 10 messages")
        del rig.wire.service.records[B]
        screen = rig.app.screen
        assert isinstance(screen, MainScreen)
        screen._session._needs.add("addresses", screen._session._load_names)
        await rig.sees("All mail · 30 messages")
        assert screen.view == ALL


async def test_the_status_line_counts_ops_and_what_is_left() -> None:
    for size, said in (((120, 40), "4 ops this run, 1,487 left"), ((80, 24), "4 ops, 1,487 left")):
        async with running(filled(), size=size) as rig:
            await rig.sees("live · 1 of 1", f"· {said}")


async def test_at_the_limit_of_ops_nothing_is_asked_unless_by_key() -> None:
    async with running(filled(), ops_limit=4) as rig:
        await rig.sees("live · 1 of 1", "· limit of 4 ops: r asks · 4 ops this run", "Subject 29")
        await rig.sees("enter reads this message")
        await rig.press("j", "j")
        assert "raw" not in rig.wire.service.asked
        await rig.press("enter")
        await rig.sees("Body of 27", "5 ops this run")
        rig.wire.service.mail.append(mail(77))
        await rig.press("tab", "r")
        await rig.sees("Subject 77", "6 ops this run")


async def test_ages_are_right_though_the_clock_is_wrong() -> None:
    wire = filled(1)
    wire.service.mail = [mail(1, received=datetime.now(UTC) + timedelta(hours=45))]
    wire.service.skew = timedelta(hours=48)
    async with running(wire) as rig:
        await rig.sees("Subject 1", " 3h ")
