"""Keys of one's own, numbers before motions, and what the screen says of keys."""

from __future__ import annotations

from sacterm.settings.options import Settings
from sacterm.tui.forms import Form
from tests.tui.letters import form
from tests.tui.running import B, Rig, filled, running
from tests.tui.test_main import selected
from tests.waiting import until


def footer(rig: Rig) -> str:
    return rig.screen_text[-1]


async def test_numbers_before_motions_and_digits_that_are_views() -> None:
    async with running(filled(60), size=(120, 40)) as rig:
        await rig.sees("Subject 59", "60 messages")
        for keys, id_ in (("5j", "m54"), ("3k", "m57"), ("20G", "m40"), ("1g", "m59")):
            await rig.press(*keys)
            assert selected(rig) == id_, keys
        assert form(rig) is Form.TEXT, "1 was a number"
        await rig.press("4", "d")
        await rig.sees("59 messages", "1 deleted · u undoes")
        assert form(rig) is Form.LINKS, "d is no motion, so 4 was the view"
        await rig.press("2", "0", "d")
        await rig.sees("58 messages")
        assert form(rig) is Form.LINKS
        await rig.press("3")
        await until(lambda: form(rig) is Form.HEADERS)
        await rig.press("2", "J")
        await rig.sees(f"{B} · 19 messages")
        await rig.press("tab", "6")
        assert form(rig) is Form.SOURCE, "in the message no digit waits"


async def test_the_screen_speaks_of_the_users_own_keys() -> None:
    keys = {"delete": "del, Z", "undo": "^l", "toggle-star": "", "back": "^g", "find": "f7, /"}
    settings = Settings(mark_read_after=-1, keymap="mutt", keys=keys)
    async with running(filled(), settings=settings) as rig:
        await rig.sees("Subject 29", "enter reads this message", "30 messages")
        assert "t select  y code  del delete  f7 find  ? help" in footer(rig)
        await rig.press("d", "u", "x")  # the last quits in mutt
        await until(lambda: not rig.app.is_running)
    async with running(filled(), settings=settings) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("d", "F", "delete")
        await rig.sees("29 messages", "1 deleted · ^l undoes")
        await rig.press("ctrl+l", "t")
        await rig.sees("30 messages", "1 selected", "N read  Y label  s move  del delete  ^x none")
        await rig.press("ctrl+g", "f7", *"nothing")
        await rig.sees("^r asks Mailsac too · 1 op", "^r asks Mailsac, 1 op")
        await rig.press("ctrl+g")
        await rig.sees("30 messages")
        await rig.press("asterisk")
        assert selected(rig) == "m0"
        await rig.press("enter")
        await rig.sees("Body of 0", "q list", "y code")
        await rig.press("h")
        await rig.sees("/ filters")
        await rig.press("q")
        await rig.sees("del delete")
        await rig.press("colon", *"star")
        await rig.sees("Star, or take the star away", "Triage")
        await rig.press("enter")
        await rig.press("enter")
        await until(lambda: rig.session.store.rows(["m0"])[0].starred)


async def test_help_begins_with_the_pane_and_can_be_searched() -> None:
    async with running(filled(), settings=Settings(keys={"help": "f1", "purge": "P"})) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("tab", "f1")
        await rig.sees("/ finds · f1 closes", "Reading")
        assert "Triage" not in rig.text
        await rig.press("G")
        await rig.sees("Marks")
        await rig.press("slash", *"purge")
        await rig.sees("P              Purge the address")
        assert "View: text" not in rig.text
        await rig.press("escape")
        await rig.sees("View: text")
        await rig.press("f1")
        await until(lambda: rig.at_mail)
        await rig.press("escape", "f1")
        await rig.sees("Triage")
        await rig.press("slash", "P", "enter", "escape", "escape")
        await until(lambda: rig.at_mail)


async def test_dialogs_and_cards_follow_the_keys_but_keep_their_own() -> None:
    keys = {"cursor-down": "Z", "move": "M", "reserve-many": "", "address": "Y", "reserve": "v"}
    async with running(filled(), settings=Settings(mark_read_after=-1, keys=keys)) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("M", "Z", "enter")
        await until(lambda: rig.session.store.rows(["m29"])[0].folder != "inbox")
        await rig.press("n", "Y")
        await rig.sees("can it be reserved?", "v reserve")
        await rig.press("v")
        await rig.sees("It is free: v reserves it")
        await rig.press("Y")
        await until(lambda: rig.at_mail)
