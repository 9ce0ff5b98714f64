from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from sacterm.errors import RateLimited
from tests.tui.letters import SIGN_UP, preview, reading
from tests.tui.running import Rig, filled, running
from tests.unit.mailcorpus import message
from tests.waiting import until

PLAIN = b"Subject: s\r\n\r\njust text\r\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "Downloads").mkdir()
    return tmp_path


def saved(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "Downloads").iterdir()}


async def go_to_part(rig: Rig, name: str) -> None:
    await rig.press("5", "g")
    letter = preview(rig)._letter
    assert letter is not None
    place = [part.name or part.content_type for part in letter.parts].index(name)
    await rig.press(*["j"] * place)


async def test_a_command_gets_the_raw_or_the_text_and_its_output_is_shown() -> None:
    async with reading(SIGN_UP) as rig:
        await rig.press("vertical_line")
        await rig.sees("Pipe the message to", "it reads the raw")
        await rig.press(*"echo $(grep -c pdf) found; exit 3", "enter")
        await rig.sees("exit status 3", "1 found")
        await rig.press("escape", "vertical_line")
        await rig.sees("echo $(grep -c pdf) found")
        await rig.press("tab")
        await rig.sees("it reads the text")
        await rig.press("ctrl+u", *"cat", "enter")
        await rig.sees("exit status 0", "Your verification code is 493021.")
        assert "multipart" not in rig.text
        await rig.press("q")
        await until(lambda: rig.at_mail)
        assert rig.wire.service.asked.count("raw") == 1


async def test_what_a_command_prints_cannot_steer_the_terminal() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("vertical_line", *r"printf '\033[2Jred\007[/b]'", "enter")
        await rig.sees("red␇[/b]")
        assert "\x1b" not in rig.text


@pytest.mark.parametrize("key", ["e", "E"])
async def test_where_no_program_can_have_the_terminal_that_is_said(key: str) -> None:
    async with reading(PLAIN) as rig:
        await rig.press(key)
        await rig.sees("this terminal cannot be handed to another program")


async def test_saving_writes_the_message_as_sent_and_never_over_another(home: Path) -> None:
    async with reading(SIGN_UP, home=home) as rig:
        await rig.press("S")
        await rig.sees("saved as")
        await rig.press("S")
        await until(lambda: len(saved(home)) == 2)
        first, second = sorted(saved(home))
        assert set(saved(home).values()) == {SIGN_UP}
        assert first.endswith("Subject 0 (2).eml")
        assert second.endswith("Subject 0.eml")


async def test_a_part_is_saved_under_a_harmless_name(home: Path) -> None:
    async with reading(SIGN_UP, home=home) as rig:
        await go_to_part(rig, "../../evil.desktop")
        await rig.press("S")
        await rig.sees("saved as")
        assert saved(home) == {"evil.desktop": b"%PDF-1.4"}


async def test_all_attachments_are_saved(home: Path) -> None:
    async with reading(SIGN_UP, home=home) as rig:
        await rig.press("W")
        await rig.sees("saved 2 files in")
        assert saved(home).keys() == {"evil.desktop", "b.csv"}


async def test_where_nothing_is_attached_that_is_said(home: Path) -> None:
    async with reading(PLAIN, home=home) as rig:
        await rig.press("W")
        await rig.sees("nothing is attached to this message")


async def test_a_text_part_is_shown_and_closed() -> None:
    async with reading(SIGN_UP) as rig:
        await go_to_part(rig, "b.csv")
        await rig.press("enter")
        await rig.sees("one,two", "esc closes")
        await rig.press("escape")
        await until(lambda: rig.at_mail)


async def test_an_image_is_painted() -> None:
    pytest.importorskip("PIL")
    async with reading(SIGN_UP) as rig:
        await go_to_part(rig, "image/png")
        await rig.press("enter")
        await rig.sees("▀", "esc closes")


async def test_opening_with_a_program_asks_and_saves_under_a_name_of_its_type(home: Path) -> None:
    async with reading(SIGN_UP, home=home) as rig:
        await go_to_part(rig, "../../evil.desktop")
        await rig.press("enter")
        await rig.sees("Open evil.desktop.pdf", "application/pdf")
        await rig.press("escape")
        await until(lambda: rig.at_mail)
        assert not saved(home)
        await rig.press("enter")
        await rig.sees("Open evil.desktop.pdf")
        await rig.press("y")
        await rig.sees("nothing here opens it: saved as")
        assert saved(home).keys() == {"evil.desktop.pdf"}


async def test_what_programs_would_run_is_not_opened(home: Path) -> None:
    shell = message(b"application/x-sh", b"rm -rf ~", b"Content-Disposition: attachment")
    async with reading(shell, home=home) as rig:
        await rig.press("5", "enter")
        await rig.sees("application/x-sh is not opened from here · S saves it")


async def test_a_link_without_a_browser_is_copied() -> None:
    async with reading(SIGN_UP) as rig:
        letter = preview(rig)._letter
        assert letter is not None
        place = next(n for n, link in enumerate(letter.links) if not link.warnings)
        await rig.press("4", *"j" * place, "enter")
        await rig.sees("no browser is here")
        assert rig.app.clipboard == letter.links[place].target


async def test_a_link_that_deceives_is_opened_after_a_word_only() -> None:
    async with reading(SIGN_UP) as rig:
        letter = preview(rig)._letter
        assert letter is not None
        place = next(n for n, link in enumerate(letter.links) if link.warnings)
        await rig.press("4", *"j" * place, "enter")
        await rig.sees("may not be what it seems", "https://evil.example/pay")
        await rig.press("enter")
        await until(lambda: rig.at_mail)
        assert rig.app.clipboard == ""
        await rig.press("enter", "y")
        await until(lambda: rig.app.clipboard == "https://evil.example/pay")


async def test_the_html_is_served_once_without_what_is_remote_until_asked() -> None:
    async with reading(SIGN_UP) as rig:
        await rig.press("H")
        await rig.sees("copied the address of the page: no browser is here", limit=20)
        page = await asyncio.to_thread(fetch, rig.app.clipboard)
        assert "Confirm your address" in page
        assert "data:image/png;base64" in page
        assert "track.example" not in page
        first = rig.app.clipboard
        await rig.press("H")
        await rig.sees("Load the images of this message from the web", "learns that it was read")
        await rig.press("escape")
        await until(lambda: rig.at_mail)
        await rig.press("H")
        await rig.sees("Load the images")
        await rig.press("y")
        await until(lambda: rig.app.clipboard != first, 20)
        assert "track.example" in await asyncio.to_thread(fetch, rig.app.clipboard)


def fetch(url: str) -> str:
    assert url.startswith("http://127.0.0.1:")
    with urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


async def test_a_message_without_html_says_so() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("H")
        await rig.sees("this message has no HTML")


async def test_exporting_the_view_leaves_out_or_fetches_what_is_not_here(home: Path) -> None:
    wire = filled(5)
    async with running(wire) as rig:
        await rig.sees("Subject 4", "5 messages")
        rig.main.environ = {"HOME": str(home)}
        await rig.press("enter")
        await rig.sees("Body of 4")
        await rig.press("X")
        await rig.sees("Export 5 messages")
        await rig.press("j")
        await rig.sees("4 of 5 are not here yet", "leave them out", "fetch 4", "4 ops")
        await rig.press("l")
        await rig.sees("exported 1 message to")
        assert wire.service.asked.count("raw") == 1
        await rig.press("X", "m", "f")
        await rig.sees("exported 5 messages to")
        assert wire.service.asked.count("raw") == 5
        files = saved(home)
        told = next(json.loads(data) for name, data in files.items() if name.endswith(".json"))
        assert len(told) == 1
        mbox = next(data for name, data in files.items() if name.endswith(".mbox"))
        assert mbox.index(b"Body of 0") < mbox.index(b"Body of 4")
        await rig.press("X", "e")
        await until(lambda: any(path.is_dir() for path in (home / "Downloads").iterdir()))
        folder = next(path for path in (home / "Downloads").iterdir() if path.is_dir())
        await until(lambda: len(list(folder.iterdir())) == 5)


async def test_exporting_the_selection_takes_that_alone(home: Path) -> None:
    wire = filled(5)
    async with running(wire) as rig:
        await rig.sees("Subject 4", "5 messages")
        rig.main.environ = {"HOME": str(home)}
        await rig.press("x", "x", "X")
        await rig.sees("Export 2 messages")
        await rig.press("m", "f")
        await rig.sees("exported 2 messages")
        (mbox,) = saved(home).values()
        assert b"Body of 3" in mbox
        assert b"Body of 2" not in mbox


async def test_an_export_asks_no_more_once_the_service_refuses(home: Path) -> None:
    wire = filled(5)
    async with running(wire) as rig:
        await rig.sees("Subject 4", "5 messages")
        rig.main.environ = {"HOME": str(home)}
        await rig.press("enter")
        await rig.sees("Body of 4")
        wire.service.failing = RateLimited("the month's ops are spent", status=429)
        await rig.press("X", "m", "f")
        await rig.sees("exported 1 message to", "4 left out: the month's ops are spent")
        assert wire.service.asked.count("raw") == 2


async def test_an_export_that_is_ended_leaves_nothing(home: Path) -> None:
    wire = filled(5)
    stuck = asyncio.Event()
    fetch_raw = wire.service.raw

    async def slow(email: str, id: str) -> bytes:
        await stuck.wait()
        return await fetch_raw(email, id)

    wire.service.raw = slow  # type: ignore[method-assign]
    async with running(wire) as rig:
        await rig.sees("Subject 4", "5 messages")
        rig.main.environ = {"HOME": str(home)}
        await rig.press("X", "m", "f")
        await rig.sees("Exporting", "nothing stays of it")
        await rig.press("escape")
        await rig.sees("nothing was exported")
        await until(lambda: not list((home / "Downloads").iterdir()))
        stuck.set()


async def test_what_a_command_prints_is_scrolled_through() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("vertical_line", *"seq 1001 1500", "enter")
        await rig.sees("exit status 0", "1001")
        await rig.press("G")
        await rig.sees("1500")
        await rig.press("g", "j")
        await until(lambda: rig.text.count("1001") == 1)  # in the title


async def test_a_command_that_takes_long_is_shown_and_can_be_ended() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("vertical_line", *"sleep 60", "enter")
        await rig.sees("Running", "sleep 60", "esc ends it")
        await rig.press("escape")
        await until(lambda: "Running" not in rig.text)
        await rig.press("x")
        await rig.sees("1 selected")
