"""Where the panes stand, how large they are, and how the list tells of a message."""

from __future__ import annotations

from pathlib import Path

from sacterm.mailbox.views import Row
from sacterm.model import MailArrived
from sacterm.settings.options import Settings
from sacterm.settings.viewstate import load_view_state
from sacterm.tui.widgets.message_list import MessageList
from tests.tui.running import A, Rig, filled, running
from tests.unit.fakes import mail, raw
from tests.waiting import until


def messages(rig: Rig) -> MessageList:
    return rig.app.screen.query_one(MessageList)


def selected(rig: Rig) -> str:
    row: Row | None = messages(rig).selected
    return row.id if row else ""


def subjects(rig: Rig) -> list[tuple[int, str]]:
    """The line and the words of each subject on the screen."""
    found = (line.partition("Subject ")[2].split() for line in rig.screen_text)
    return [(number, words[0]) for number, words in enumerate(found) if words]


def left_of(rig: Rig, word: str) -> int:
    """Where a word begins on the screen, in cells."""
    return next(line.index(word) for line in rig.screen_text if word in line)


def below(rig: Rig, word: str) -> int:
    """The line of the screen that has a word."""
    return next(number for number, line in enumerate(rig.screen_text) if word in line)


async def test_the_message_stands_beside_the_list_where_there_is_room(tmp_path: Path) -> None:
    state, store = tmp_path / "view.json", tmp_path / "a.db"
    async with running(filled(), view_state=state, store=store) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("backslash")
        await until(lambda: below(rig, "All mail ·") == below(rig, "1 Text"))
        size = messages(rig).outer_size
        assert (size.width, left_of(rig, "1 Text")) == (44, 30 + 44 + 3)
        await rig.press("plus")
        await until(lambda: messages(rig).outer_size.width > 44)
        await rig.press("minus")
        await until(lambda: messages(rig).outer_size.width == 44)
        await rig.press("greater_than_sign")
        await until(lambda: below(rig, "All mail ·") < below(rig, "1 Text"))
        await rig.press("plus", "less_than_sign")
        await until(lambda: below(rig, "All mail ·") == below(rig, "1 Text"))
        await rig.press("q")
    assert load_view_state(state).beside
    async with running(filled(), view_state=state, store=store, size=(80, 24)) as rig:
        await rig.sees("Subject 29", "1 Text")
        assert below(rig, "All mail ·") < below(rig, "1 Text")
        await rig.pilot.resize_terminal(200, 50)
        await until(lambda: below(rig, "All mail ·") == below(rig, "1 Text"))
        await rig.pilot.resize_terminal(80, 24)
        await until(lambda: below(rig, "All mail ·") < below(rig, "1 Text"))
        await rig.press("backslash", "backslash")
        await rig.sees("the message stays below: beside the list needs a terminal 90 wide")


async def test_the_message_takes_the_screen_and_gives_it_back() -> None:
    async with running(filled()) as rig:
        await rig.sees("Subject 29", "30 messages")
        await rig.press("j", "z")
        await rig.sees("Body of 28")
        assert "Subject 29" not in rig.text and "ADDRESSES" not in rig.text
        assert left_of(rig, "1 Text") == 3
        await rig.press("full_stop", "full_stop")
        await rig.sees("Body of 26")
        await rig.press("comma")
        await rig.sees("Body of 27")
        await rig.press("escape")
        await rig.sees("Subject 29", "ADDRESSES")
        assert rig.app.focused is messages(rig)
        assert selected(rig) == "m27"
        await rig.press("2", "full_stop")
        assert selected(rig) == "m25"
        await rig.press("z", "h")
        await rig.sees("Subject 29", "ADDRESSES")
        assert rig.app.focused is messages(rig)
        await rig.press("enter", "z", "z")
        await rig.sees("Subject 29", "ADDRESSES")
        assert rig.app.focused is rig.app.screen.query_one("#preview")


async def test_two_lines_a_message_work_as_one_does(tmp_path: Path) -> None:
    wire, state = filled(100), tmp_path / "view.json"
    async with running(wire, view_state=state) as rig:
        await rig.sees("Subject 99", "100 messages")
        rows = messages(rig).size.height
        assert rows % 2  # the last is cut
        await rig.press("equals_sign")
        await rig.sees("Subject 99")
        shown = [line for line in rig.screen_text if "Subject " in line or "Acme  " in line]
        assert ["Subject" in line for line in shown[:4]] == [False, True, False, True]
        await rig.press("ctrl+d")
        assert selected(rig) == f"m{99 - rows // 2 // 2}"
        await rig.press("g", "j", "V", "j", "j")
        await rig.sees("3 selected")
        await rig.press("escape")
        await rig.pilot.click("#messages", offset=(20, 1))
        assert selected(rig) == "m99"
        await rig.pilot.click("#messages", offset=(20, 3))
        assert selected(rig) == "m98"
        await rig.press("G")
        await rig.sees("Subject 0 ")
        assert selected(rig) == "m0"
        assert any("Subject 0 " in line and "signup@…" in line for line in rig.screen_text)
        messages(rig).scroll_to(y=175, animate=False)
        assert messages(rig).scroll_y == 174  # the first is whole
        await rig.press("k", "G")
        before = subjects(rig)
        wire.feed.put(*[MailArrived(mail(200 + n, A, raw=raw(n))) for n in range(3)])
        await rig.sees("103 messages", "▲ 3 new")
        assert subjects(rig) == before
        await rig.press("equals_sign")
        await rig.sees("Subject 0 ", "Subject 12 ")
        assert selected(rig) == "m0"
        await rig.press("equals_sign", "q")
    assert load_view_state(state).density == "roomy"


async def test_columns_and_dates_are_those_of_the_settings_until_others_are_picked(
    tmp_path: Path,
) -> None:
    state = tmp_path / "view.json"
    chosen = Settings(
        columns_show=("age", "subject"), density="roomy", dates="absolute", mark_read_after=-1
    )
    async with running(filled(3), settings=chosen, view_state=state, size=(80, 24)) as rig:
        await rig.sees("Subject 2")
        line = next(line for line in rig.screen_text if "Subject 2" in line)
        when = line.split("│")[1].partition("Subject")[0].strip()
        assert when.endswith(("Jan", "Jan 2026")) or ":" in when
        assert "Acme" not in line and "kB" not in line
        await rig.press("x")
        await rig.sees("│✓")
        await rig.press("equals_sign", "at", "q")
    looks = load_view_state(state)
    assert (looks.density, looks.dates) == ("compact", "relative")
    async with running(filled(3), settings=chosen, view_state=state) as rig:
        await rig.sees("Subject 2", "Subject 1")
        assert below(rig, "Subject 2") + 1 == below(rig, "Subject 1")
        await rig.press("equals_sign", "at", "q")
    looks = load_view_state(state)
    assert (looks.density, looks.dates) == ("", "")
