from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from textual.events import AppBlur, AppFocus

from sacterm.model import MailArrived
from sacterm.reading.cells import cell_len
from sacterm.reading.letter import read_letter
from sacterm.reading.text import display_line
from sacterm.sandbox.samples import samples
from sacterm.tui.forms import Form
from sacterm.tui.head import Head
from sacterm.tui.memory import stay_quick
from sacterm.tui.widgets.letter_view import Page
from sacterm.tui.widgets.preview import Preview
from tests.tui.letters import SIGN_UP, form, pane, preview, reading, sheet
from tests.tui.running import A, filled, running
from tests.unit.fakes import mail, raw
from tests.unit.mailcorpus import READABLE, UNREADABLE, message
from tests.waiting import until

PLAIN = b"Subject: s\r\n\r\njust text\r\n"


def long_text(lines: int) -> bytes:
    return b"Subject: s\r\n\r\n" + b"".join(b"line %d of it\r\n" % n for n in range(lines))


async def test_each_key_shows_its_form_of_the_message_for_one_op() -> None:
    async with reading(SIGN_UP) as rig:
        expected = {
            "1": ("Text", "Your verification code is 493021."),
            "2": ("HTML", "Confirm your address"),
            "3": ("Headers", "multipart/mixed"),
            "5": ("Parts", "b.csv"),
            "6": ("Source", "--c--"),
            "4": ("Links", "https://acme.example/u/8f2c/confirm"),
        }
        for key, (name, words) in expected.items():
            await rig.press(key)
            assert form(rig).value == name
            await rig.press("space", "space")
            await rig.sees(words)
        assert rig.wire.service.asked.count("raw") == 1


async def test_brackets_go_through_the_forms_and_around() -> None:
    async with reading(SIGN_UP) as rig:
        await rig.press("left_square_bracket")
        assert form(rig) is Form.SOURCE
        await rig.press(*["right_square_bracket"] * 2)
        assert form(rig) is Form.HTML
        await rig.press("escape", "3")
        await until(lambda: form(rig) is Form.HEADERS)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_tabs_and_the_head_tell_what_there_is(size: tuple[int, int]) -> None:
    async with reading(SIGN_UP, size=size) as rig:
        await rig.sees("1 Text  2 HTML  3 Headers  4 Links 2  5 Parts 5  6 Source")
        await rig.sees("CODE 493021  c copies", "LINK acme.example/", "L copies")


async def test_the_head_tells_of_trust() -> None:
    received = b"Received: from a by b with ESMTPS; Fri, 20 Nov 2026 08:14:02 +0000\r\n"
    checked = b"Authentication-Results: mx.example; spf=pass; dkim=pass; dmarc=pass\r\n"
    async with reading(received + checked + PLAIN) as rig:
        await rig.sees("TLS · spf dkim dmarc pass")


async def test_a_form_that_a_message_lacks_says_what_to_do() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("2")
        await rig.sees("No HTML to read in this message · 1 shows its text")
        await rig.press("4")
        await rig.sees("No links in this message · 1 shows its text")
        await rig.press("1")
        await rig.sees("just text")


async def test_the_next_message_is_shown_in_the_same_form_from_its_top() -> None:
    async with reading(long_text(200), SIGN_UP) as rig:
        await rig.press("6", "G")
        await rig.sees("line 199 of it")
        await rig.press("escape", "j")
        await rig.sees("multipart/mixed")
        assert form(rig) is Form.SOURCE
        assert sheet(rig).top == 0


async def test_each_form_keeps_its_place() -> None:
    async with reading(long_text(200)) as rig:
        await rig.press(*"jjjjj")
        assert sheet(rig).top == 5
        await rig.press("6", "G")
        bottom = sheet(rig).top
        assert bottom > 100
        await rig.press("1")
        assert sheet(rig).top == 5
        await rig.press("6")
        assert sheet(rig).top == bottom


async def test_another_width_keeps_the_place_about() -> None:
    async with reading(long_text(400)) as rig:
        await rig.press("G")
        await rig.pilot.resize_terminal(80, 24)
        await until(lambda: any("line 37" in line or "line 38" in line for line in pane(rig)))


async def test_links_are_gone_through_one_by_one() -> None:
    async with reading(SIGN_UP, size=(80, 24)) as rig:
        await rig.press("4")
        letter = preview(rig)._letter
        assert letter is not None
        await rig.sees("enter opens · y copies · a number jumps")
        assert preview(rig).link is letter.links[0]
        await rig.press("j")
        assert preview(rig).link is letter.links[1]
        await rig.press("G")
        assert preview(rig).link is letter.links[-1]
        await rig.press("g", "k")
        assert preview(rig).link is letter.links[0]
        assert sheet(rig).top == 0
        await rig.press("escape")
        assert preview(rig).link is None


async def test_a_number_jumps_to_its_link_and_several_digits_make_one() -> None:
    links = b"".join(b"https://acme.example/%d\r\n" % n for n in range(1, 31))
    async with reading(b"Subject: s\r\n\r\n" + links) as rig:
        await rig.press("4", "3")
        assert form(rig) is Form.LINKS
        link = preview(rig).link
        assert link is not None
        assert link.number == 3
        preview(rig)._typed = 0.0  # long ago
        await rig.press("2", "7")
        link = preview(rig).link
        assert link is not None
        assert link.number == 27
        assert any("acme.example/27" in line for line in pane(rig))
        await rig.press("escape", "3")
        await until(lambda: form(rig) is Form.HEADERS)


async def test_finding_shows_where_and_goes_around() -> None:
    async with reading(long_text(300)) as rig:
        await rig.press("slash", *"LINE 29")
        await rig.sees("“LINE 29” 1 of 11", "line 29 of it")
        await rig.press("enter", "n")
        await rig.sees("2 of 11", "line 290 of it")
        await rig.press("N", "N")
        await rig.sees("11 of 11", "line 299 of it")
        await rig.press("n")
        await rig.sees("1 of 11", "line 29 of it")
        await rig.press("escape")
        await until(lambda: "of 11" not in rig.text)
        assert rig.app.focused is preview(rig)
        await rig.press("escape")
        assert rig.app.focused is not preview(rig)


async def test_a_terminal_that_loses_the_focus_ends_no_finding() -> None:
    async with reading(long_text(30)) as rig:
        await rig.press("slash", *"line")
        rig.app.post_message(AppBlur())
        await until(lambda: rig.app.focused is None)
        rig.app.post_message(AppFocus())
        await until(lambda: rig.app.focused is not None)
        await rig.press(*" 29")
        await rig.sees("“line 29” 1 of 1")


async def test_finding_nothing_says_so() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("slash", *"[/b]")
        await rig.sees("“[/b]” is not in it")
        await rig.press("escape", "n", "N")
        assert "is not in it" not in rig.text


async def test_what_is_looked_for_stays_when_the_message_changes() -> None:
    async with reading(PLAIN, long_text(5)) as rig:
        await rig.press("slash", *"line", "enter", "tab")
        await rig.sees("“line” is not in it")
        rig.app.screen.query_one("#messages").focus()
        await rig.press("j")
        await rig.sees("“line” is 5 times in it")


async def test_headers_are_filtered_as_one_types() -> None:
    raw = b"X-One: alpha\r\nX-Two: beta\r\nSubject: s\r\n\r\nbody\r\n"
    async with reading(raw) as rig:
        await rig.press("3")
        await rig.sees("X-One", "X-Two", "/ filters")
        await rig.press("slash", *"two")
        await until(lambda: "X-One" not in rig.text and "X-Two" in rig.text)
        await rig.press("enter")
        await rig.sees("only “two” · esc shows all")
        await rig.press("escape")
        await rig.sees("X-One", "X-Two")


@pytest.mark.usefixtures("seldom_collected")
async def test_a_large_message_holds_nobody_up() -> None:
    body = b"".join(b"line %d of a mail that is long\r\n" % n for n in range(70_000))
    large = b"Subject: s\r\nContent-Type: text/plain\r\n\r\n" + body
    assert len(large) > 2_400_000
    wire = filled(2)
    async with running(wire) as rig:
        await rig.sees("Subject 1", "2 messages")
        wire.feed.put(MailArrived(mail(99, A, raw=large, size=len(large))))
        await rig.sees("Subject 99")
        longest = asyncio.create_task(_longest_stall())
        await rig.press("g", "enter")
        await rig.sees("line 0 of a mail", limit=10)
        for key, words in (("6", "Content-Type"), ("1", "line 0 of"), ("3", "Subject")):
            await rig.press(key)
            await rig.sees(words, limit=10)
        await rig.press("1", "G")
        await rig.sees("line 69999 of", limit=10)
        await rig.press("slash", *"line 34567 ")
        await rig.sees("1 of 1", limit=10)
        longest.cancel()
        assert await longest < 0.5  # it takes seconds in all


async def _longest_stall() -> float:
    """Seconds for which the event loop could not turn, the longest of them, until cancelled."""
    longest = 0.0
    try:
        while True:
            begin = time.thread_time()
            await asyncio.sleep(0.02)
            longest = max(longest, time.thread_time() - begin)
    except asyncio.CancelledError:
        return longest


@pytest.fixture
def seldom_collected() -> Iterator[None]:
    before = gc.get_threshold()
    stay_quick()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.thorough
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_form_of_every_demo_mail_is_painted(size: tuple[int, int]) -> None:
    async with reading(PLAIN, size=size) as rig:
        for number, sample in enumerate(samples(now=datetime.now(UTC))):
            head = Head(subject=display_line(f"{number}"))
            preview(rig).show(Page(id=f"{number}", head=head, letter=read_letter(sample.raw)))
            for each in Form:
                preview(rig).turn(each)
                await until(partial(is_shown, preview(rig)))
                strips = [sheet(rig).render_line(y) for y in range(sheet(rig).page_height)]
                assert {strip.cell_length for strip in strips} == {sheet(rig).room + 1}
                assert_no_controls("".join(strip.text for strip in strips))
                widest = max(cell_len(line.text) for line in sheet(rig).lines)
                assert widest <= sheet(rig).room


def is_shown(preview: Preview) -> bool:
    return preview._seen == (preview._page.id, preview.form)


def assert_no_controls(text: str) -> None:
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in text if char != "\n")


HOSTILE = b"\x1b]52;c;aGk=\x07\x1b[2J\xc2\x9b31m[@click=app.quit]x[/b]\xe2\x80\xae"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_hostile_mail_paints_nothing_but_text(size: tuple[int, int]) -> None:
    body = (
        b'--b\r\nContent-Type: text/html; name="' + HOSTILE + b'"\r\n'
        b"Content-Disposition: attachment\r\n\r\n<p>x\r\n"
        b'--b\r\nContent-Type: text/html\r\n\r\n<a href="https://a.example/' + HOSTILE + b'">'
        b"" + HOSTILE + b"</a>\r\n--b--\r\n"
    )
    hostile = message(b"multipart/mixed; boundary=b", body, b"X-Hostile: " + HOSTILE)
    wire = filled(1)
    subject = HOSTILE.decode()
    async with running(wire, size=size) as rig:
        await rig.sees("Subject 0")
        wire.feed.put(MailArrived(mail(100, A, raw=hostile, subject=subject)))
        await rig.sees("2 messages")
        await rig.press("g", "enter")
        await rig.sees("[/b]")
        for number in "123456":
            await rig.press(number)
            await rig.pilot.pause()
            assert_no_controls("\n".join(line.text for line in sheet(rig).lines))
            assert "\u202e" not in rig.text
        assert rig.app.is_running


@pytest.mark.parametrize("name", [*READABLE, *UNREADABLE])
async def test_broken_mail_shows_something_in_every_form(name: str) -> None:
    broken = {**READABLE, **UNREADABLE}[name]()
    wire = filled(1)
    async with running(wire, size=(80, 24)) as rig:
        await rig.sees("Subject 0")
        wire.feed.put(MailArrived(mail(100, A, raw=broken or raw(1))))
        await rig.sees("Subject 100")
        await rig.press("g", "enter")
        for each in Form:
            preview(rig).turn(each)
            await until(partial(is_shown, preview(rig)))
            assert any(line.text.strip() for line in sheet(rig).lines[3:])
