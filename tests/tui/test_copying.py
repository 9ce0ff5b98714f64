from __future__ import annotations

import os
import shlex
import subprocess
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from sacterm.mailbox.views import Row
from sacterm.tui.screens.copying import curl_command
from tests.tui.letters import SIGN_UP, reading, wire_with
from tests.tui.running import KEY, Rig, running
from tests.waiting import until

PLAIN = b"Subject: s\r\n\r\njust text\r\n"


def copied(rig: Rig, text: str) -> bool:
    return rig.app.clipboard == text


async def test_c_copies_the_code_and_says_so() -> None:
    async with reading(SIGN_UP) as rig:
        await rig.press("c")
        await rig.sees("copied the code 493021")
        assert rig.app.clipboard == "493021"


async def test_shift_l_copies_the_link() -> None:
    async with reading(SIGN_UP) as rig:
        await rig.press("L")
        await rig.sees("copied the link acme.example/")
        assert rig.app.clipboard == "https://acme.example/u/8f2c/confirm"


async def test_what_is_not_there_is_not_copied() -> None:
    async with reading(PLAIN) as rig:
        await rig.press("c")
        await rig.sees("no code was found")
        await rig.press("L")
        await rig.sees("no link in this message asks to be followed")
        assert rig.app.clipboard == ""


async def test_copying_from_the_list_reads_the_message_once() -> None:
    wire = wire_with(SIGN_UP)
    async with running(wire) as rig:
        await rig.sees("Subject 0", "1 message")
        rig.main.environ = {"TERM": "xterm"}
        await rig.press("c")
        await rig.sees("reading the message · 1 op", "copied the code 493021")
        await rig.sees("Your verification code is 493021.")
        await rig.press("c", "L")
        await rig.sees("copied the link")
        assert wire.service.asked.count("raw") == 1


async def test_a_code_that_the_row_knows_is_copied_for_nothing() -> None:
    wire = wire_with(PLAIN)
    subject = "493021 is your verification code"
    wire.service.mail = [replace(each, subject=subject) for each in wire.service.mail]
    async with running(wire) as rig:
        await rig.sees("493021 is your")
        rig.main.environ = {"TERM": "xterm"}
        await rig.press("c")
        await rig.sees("copied the code 493021")
        assert rig.app.clipboard == "493021"
        assert "raw" not in wire.service.asked


async def test_the_menu_copies_each_thing_by_its_key() -> None:
    async with reading(SIGN_UP) as rig:
        row = rig.main._messages.selected
        assert row is not None
        expected = {
            "c": "493021",
            "l": "https://acme.example/u/8f2c/confirm",
            "a": row.original_inbox,
            "f": "no-reply@acme.example",
            "s": "Subject 0",
            "i": "m0",
            "u": curl_command(row, "https://mailsac.com/api"),
        }
        for key, value in expected.items():
            await rig.press("y")
            await rig.sees("Copy", "curl command")
            await rig.press(key)
            await until(partial(copied, rig, value))
        await rig.press("y", "t")
        await until(lambda: rig.app.clipboard.startswith("Your verification code is 493021."))
        await rig.press("y", "j", "enter")
        await until(lambda: rig.app.clipboard == expected["l"])
        await rig.press("y", "escape")
        await until(lambda: rig.at_mail)
        assert rig.app.clipboard == expected["l"]


async def test_the_menu_of_an_unread_message_offers_its_text_for_an_op() -> None:
    wire = wire_with(PLAIN)
    async with running(wire) as rig:
        await rig.sees("Subject 0", "1 message")
        rig.main.environ = {"TERM": "xterm"}
        await rig.press("y")
        await rig.sees("1 op reads the message")
        assert "raw" not in wire.service.asked
        await rig.press("t")
        await until(lambda: rig.app.clipboard.strip() == "just text")


async def test_in_the_links_y_copies_the_link_under_the_cursor() -> None:
    async with reading(SIGN_UP) as rig:
        await rig.press("4", "j", "y")
        await rig.sees("copied the link")
        letter = rig.main._preview._letter
        assert letter is not None
        assert rig.app.clipboard == letter.links[1].target


async def test_what_is_copied_holds_no_control_characters() -> None:
    hostile = b"Subject: s\r\n\r\nls \x1b[201~; rm -rf ~\x07\r\x9b\r\nhttps://a.example/\x07x\r\n"
    async with reading(hostile) as rig:
        await rig.press("y", "t")
        await until(lambda: "rm -rf" in rig.app.clipboard)
        copied = rig.app.clipboard.replace("\n", "")
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in copied)


async def test_the_tool_of_the_system_copies_too(tmp_path: Path) -> None:
    tool = tmp_path / "xclip"
    tool.write_text(f'#!/bin/sh\ncat > "{tmp_path}/copied"\n')
    tool.chmod(0o755)
    before = os.environ["PATH"]
    async with reading(SIGN_UP) as rig:
        os.environ["PATH"] = f"{tmp_path}:{before}"
        try:
            rig.main.environ = {"TERM": "linux", "DISPLAY": ":0"}
            await rig.press("c")
            await rig.sees("copied the code")
        finally:
            os.environ["PATH"] = before
        assert (tmp_path / "copied").read_text() == "493021"
        assert rig.app.clipboard == ""
        rig.main.environ = {"TERM": "linux"}
        await rig.press("c")
        await rig.sees("nothing here can copy the code 493021")


@pytest.mark.parametrize("inbox", ["a+b@x.example", "$(id)'\"`;@x.example", "é@x.example"])
def test_the_curl_command_holds_no_key_and_one_argument(inbox: str) -> None:
    row = Row(
        id="m/1 '",
        inbox=inbox,
        original_inbox=inbox,
        sender_name="",
        sender_address="",
        subject="",
        received=0,
        size=None,
        attachments=0,
        labels=(),
        folder="inbox",
        unread=False,
        starred=False,
        gone=False,
        pushed=False,
    )
    command = curl_command(row, "https://mailsac.com/api")
    assert KEY not in command
    words = shlex.split(command)
    assert words[:3] == ["curl", "-H", "Mailsac-Key: $MAILSAC_KEY"]
    assert words[3].startswith("https://mailsac.com/api/raw/")
    assert words[3].count("/") == 6
    shell = f"curl() {{ printf '%s\\n' \"$@\"; }}; MAILSAC_KEY=k_x; {command}"
    printed = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == ["-H", "Mailsac-Key: k_x", words[3]]
