from __future__ import annotations

from msgspec.structs import replace

from sacterm.errors import Rejected, Unreachable
from sacterm.settings.options import Settings
from sacterm.tui.widgets.message_list import MessageList
from tests.tui.running import A, B, Rig, filled, running
from tests.waiting import until

QUIET = Settings(mark_read_after=-1, delete_grace=1000)


def messages(rig: Rig) -> MessageList:
    return rig.app.screen.query_one(MessageList)


def cursor(rig: Rig) -> str:
    row = messages(rig).selected
    return row.id if row else ""


def selected(rig: Rig) -> set[str]:
    return set(messages(rig)._selection)


async def ready(rig: Rig, newest: int = 29) -> None:
    await rig.sees(f"Subject {newest}", f"{newest + 1} messages", "live · 1 of 1")


async def test_selecting_one_a_range_all_and_none() -> None:
    async with running(filled()) as rig:
        await ready(rig)
        await rig.press("x", "j", "x")
        await rig.sees("2 selected", "✓")
        assert selected(rig) == {"m29", "m27"}
        assert cursor(rig) == "m26"
        await rig.press("V", "j", "j", "V", "j")
        assert selected(rig) == {"m29", "m27", "m26", "m25", "m24"}
        await rig.press("g", "x")
        assert selected(rig) == {"m27", "m26", "m25", "m24"}
        await rig.press("asterisk")
        await rig.sees("30 selected")
        await rig.press("ctrl+x")
        await until(lambda: "selected" not in rig.text)
        assert "30 messages" in rig.text


async def test_a_range_goes_up_as_well_and_shrinks_again() -> None:
    async with running(filled()) as rig:
        await ready(rig)
        await rig.press("j", "j", "j", "V", "k", "k")
        assert selected(rig) == {"m28", "m27", "m26"}
        await rig.press("j")
        assert selected(rig) == {"m27", "m26"}
        await rig.press("escape")
        assert selected(rig) == set()


async def test_an_action_on_one_message_goes_on_to_the_next() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("s")
        assert cursor(rig) == "m28"
        await rig.press("m")
        assert cursor(rig) == "m27"
        await rig.press("d")
        await rig.sees("29 messages", "1 deleted · u undoes")
        assert cursor(rig) == "m26"
        service = rig.wire.service
        await until(lambda: len(service.told) == 2)
        assert sorted(service.told) == [("read", "m28", True), ("star", "m29")]


async def test_an_action_on_the_selection_is_for_all_of_it_and_ends_it() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("x", "x", "x", "m")
        await rig.sees("27 unread", "3 messages read · u undoes")
        assert selected(rig) == set()
        await until(lambda: len(rig.wire.service.told) == 3)
        await rig.press("u")
        await rig.sees("30 unread", "3 no longer marked read")


async def test_an_action_that_costs_many_ops_says_so_first() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("asterisk", "m")
        await rig.sees("Mark read: 30 messages", "30 ops of 1,")
        await rig.press("escape")
        assert rig.wire.service.told == []
        await rig.press("m", "y")
        await until(lambda: len(rig.wire.service.told) == 30)
        await rig.sees("30 messages", "30 messages read")


async def test_labels_are_picked_made_up_and_taken_off_by_keys() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("x", "x", "l")
        await rig.sees("Labels of 2 messages", "no labels yet")
        await rig.press(*"urgent")
        await rig.sees("urgent", "new")
        await rig.press("enter")
        await rig.sees("#urgent", "2 messages labelled anew")
        service = rig.wire.service
        await until(lambda: service.at("m29").labels == ("urgent",) == service.at("m28").labels)
        await rig.press("g", "l")
        await rig.sees("[x] urgent")
        await rig.press(*"later", "tab")
        await rig.sees("[+] later", "enter does it, 1 op")
        await rig.press("ctrl+u", *"urg", "tab")
        await rig.sees("[-] urgent", "enter does it, 2 ops")
        await rig.press("enter")
        await until(lambda: service.at("m29").labels == ("later",))
        await rig.press("u")
        await until(lambda: service.at("m29").labels == ("urgent",))


async def test_moving_to_a_folder_by_its_letter() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("v")
        await rig.sees("Move 1 message to", "inbox", "trash")
        await rig.press("t")
        await until(lambda: rig.wire.service.at("m29").folder == "trash")
        await rig.sees("in trash")
        await rig.press("v", "escape")
        assert len(rig.wire.service.told) == 1


async def test_a_refused_change_goes_back_and_says_why() -> None:
    wire = filled()
    wire.service.failures = {"star": [Rejected("no more stars", status=400)]}
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("s")
        await rig.sees("star as before: no more stars")
        assert "★" not in rig.text


async def test_deleting_several_asks_only_where_it_costs_much_or_one_is_starred() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("s", "g", "d")
        await rig.sees("Delete 1 message", "it is starred")
        await rig.press("escape")
        await rig.press("ctrl+d", "asterisk", "d")
        await rig.sees("Delete 30 messages", "1 of them is starred", "30 ops")
        await rig.press("y")
        await rig.sees("30 deleted · u undoes", "No mail yet")
        await rig.press("u")
        await rig.sees("30 messages", "30 not deleted")
        assert ("delete", "m29") not in rig.wire.service.told


async def test_a_deletion_is_carried_out_after_the_grace() -> None:
    settings = Settings(mark_read_after=-1, delete_grace=0.05)
    async with running(filled(), settings=settings) as rig:
        await ready(rig)
        await rig.press("d")
        await until(lambda: rig.wire.service.told == [("delete", "m29")])
        await rig.press("u")
        await rig.sees("nothing to undo")


async def test_quitting_deletes_first_what_is_to_be_deleted() -> None:
    wire = filled()
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("x", "x", "d", "q")
        await until(lambda: len(wire.service.told) == 2)
        await until(lambda: not rig.app.is_running)
    assert sorted(wire.service.told) == [("delete", "m28"), ("delete", "m29")]


async def test_deletes_are_refused_offline_and_marks_wait() -> None:
    wire = filled()
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        wire.service.failing = Unreachable("no network")
        await rig.press("r")
        await rig.sees("offline")
        await rig.press("d")
        await rig.sees("can only be deleted while connected")
        assert "30 messages" in rig.text
        await rig.press("s")
        await rig.sees("↑ waits", "★")
        wire.service.failing = None
        await rig.press("r")
        await until(lambda: wire.service.at("m29").starred is True)
        await until(lambda: "waits" not in rig.text)


async def test_a_whole_inbox_offers_the_purge_and_says_what_it_spares() -> None:
    wire = filled()
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("J", "J", "s")
        await rig.sees(f"{B} · 10 messages")
        await rig.press("asterisk", "d")
        await rig.sees(f"This is all of {B}", "1 op · 1 starred stays", "10 ops")
        await rig.press("p")
        await rig.sees(f"{B} purged")
        assert ("purge", B) in wire.service.told
        await rig.sees(f"{B} · 1 message")


async def test_purging_an_address_wants_its_name() -> None:
    wire = filled()
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("D")
        await rig.sees("select an address or a domain first")
        await rig.press("J", "J", "J", "D")
        await rig.sees(f"Purge {A}", "10 known here · 1 op", "no undo")
        await rig.press(*"wrong", "enter")
        await rig.sees("that is not its name")
        await rig.press("ctrl+u", *A, "enter")
        await rig.sees(f"{A} purged")
        assert wire.service.told == [("purge", A)]


async def test_purging_a_domain() -> None:
    wire = filled()
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("K")
        await rig.sees("shop.example · 10 messages")
        await rig.press("D", *"shop.example", "enter")
        await rig.sees("shop.example purged")
        assert wire.service.told == [("purge domain", "shop.example")]


async def test_a_label_typed_whole_is_the_one_that_is_meant() -> None:
    wire = filled()
    wire.service.account = replace(wire.service.account, labels=("bugfix", "fix", "urgent-old"))
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("l", *"fix")
        await rig.sees("enter puts on fix, 1 op")
        await rig.press("enter")
        await until(lambda: wire.service.at("m29").labels == ("fix",))
        await rig.press("l", *"urg")
        await rig.sees("enter puts on urgent-old")
        await rig.press("escape", "l", *"made up", "enter")
        await until(lambda: wire.service.at("m28").labels == ("made up",))
        await rig.press("l")
        await rig.sees("[ ] made up")


async def test_keys_that_follow_each_other_delete_one_after_the_other() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        await rig.press("d", "d", "d")
        await rig.sees("27 messages")
        await rig.press("u")
        await rig.sees("28 messages", "1 not deleted")
        await rig.press("x", "V", "j", "d", "j")
        await until(lambda: "selected" not in rig.text)


async def test_the_frameworks_own_key_for_quitting_deletes_first() -> None:
    wire = filled()
    async with running(wire, settings=QUIET) as rig:
        await ready(rig)
        await rig.press("d", "ctrl+q")
        await until(lambda: not rig.app.is_running)
    assert wire.service.told == [("delete", "m29")]


async def test_what_mailsac_no_longer_has_is_left_for_nothing_and_said() -> None:
    async with running(filled(), settings=QUIET) as rig:
        await ready(rig)
        service = rig.wire.service
        service.mail = service.mail[:-1]
        await rig.press("s")
        await rig.sees("star as before: Mailsac no longer has the message")
        service.asked.clear()
        await rig.press("g", "s")
        await rig.sees("left as it was: Mailsac no longer has it · no op")
        await rig.press("g", "x", "x", "s")
        await rig.sees("1 message starred", "1 left: Mailsac no longer has them")
        await until(lambda: "star" in service.asked)
        await rig.press("g", "m")
        await until(lambda: not rig.session.store.rows(["m29"])[0].unread)
        assert set(service.asked) <= {"star", "raw"}, "raw: of the message that is there"
        assert service.asked.count("star") == 1
