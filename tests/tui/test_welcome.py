from __future__ import annotations

import threading
from pathlib import Path

from textual.events import Paste

from sacterm.errors import KeyRefused, KeyringUnavailable, SactermError
from sacterm.tui.launch import Launch
from sacterm.tui.screens.welcome import Welcome
from tests.tui.running import KEY, filled, running
from tests.waiting import until


async def test_a_first_run_takes_a_key_masked_checks_it_and_keeps_it() -> None:
    async with running(filled(), key=None, known=False) as rig:
        await rig.sees("It needs an API key", "mailsac.com/api-keys")
        await rig.press("e", *KEY)
        await rig.pilot.pause()
        assert KEY not in rig.text
        assert "canary" not in rig.text
        await rig.press("enter")
        await rig.sees("Subject 29", "live ·")
        assert rig.kept == [KEY]


async def test_a_wrong_key_is_asked_for_again() -> None:
    refused = KeyRefused("wrong key", status=401)
    async with running(filled(), key=None, known=False, refused=refused) as rig:
        await rig.sees("It needs an API key")
        await rig.press("e", *KEY, "enter")
        await rig.sees("wrong key", "is it whole?")
        assert rig.kept == []


async def test_a_keyring_that_fails_leaves_this_run() -> None:
    keyring = KeyringUnavailable("there is no keyring here")
    async with running(filled(), key=None, known=False, keyring=keyring) as rig:
        await rig.sees("It needs an API key")
        await rig.press("e", *KEY, "enter")
        await rig.sees("could not be kept", "no keyring here", "for this run only", "MAILSAC_KEY")
        await rig.press("enter")
        await rig.sees("Subject 29")
        assert rig.kept == []


async def test_a_key_that_is_there_but_new_is_checked_by_itself() -> None:
    async with running(filled(), known=False) as rig:
        await rig.sees("Subject 29", "live ·")
        assert rig.kept == []


async def test_why_there_is_no_key_is_said() -> None:
    async with running(filled(), key=None, key_problem="the keyring is locked") as rig:
        await rig.sees("the keyring is locked")


async def test_what_is_pasted_at_once_is_a_key() -> None:
    async with running(filled(), key=None, known=False) as rig:
        await rig.sees("It needs an API key")
        rig.app.post_message(Paste(f"{KEY}\n"))
        await rig.sees("•" * len(KEY))
        await rig.press("enter")
        await rig.sees("Subject 29")
        assert rig.kept == [KEY]


async def test_a_demo_is_started_without_blocking_and_why_it_cannot_be_is_said() -> None:
    begun, go = threading.Event(), threading.Event()

    def fail() -> Launch:
        begun.set()
        assert go.wait(10)
        raise SactermError("the sandbox did not start: no room")

    async with running(filled(), key=None, known=False, demo=fail) as rig:
        await rig.sees("d  try the demo")
        await rig.press("d")
        await rig.sees("Starting a Mailsac")
        await until(begun.is_set)
        go.set()
        await rig.sees("did not start: no room", "d  try the demo")
        await rig.press("j", "k", "e")
        await rig.sees("paste it here", "esc goes back")
        await rig.press("escape")
        await rig.sees("p  see a public inbox", "esc quits")
        await rig.press("escape")
    assert rig.app.return_code == 0


async def test_a_public_inbox_is_looked_at_in_the_browser(tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o700)
    async with running(filled(), key=None, known=False, size=(80, 24)) as rig:
        await rig.sees("p  see a public inbox")
        screen = rig.app.screen
        assert isinstance(screen, Welcome)
        screen.environ = {"BROWSER": str(browser)}
        await rig.press("p")
        await rig.sees("without a key the API gives nothing away")
        await rig.press(*"a b", "enter")
        await rig.sees("is no address")
        await rig.press("ctrl+u", *"QA-7", "enter")
        await rig.sees("opened https://mailsac.com/inbox/qa-7%40mailsac.com")
        await until(lambda: opened.is_file() and opened.read_text().endswith("%40mailsac.com"))
        screen.environ = {}
        await rig.press("p", *"QA-8", "enter")
        await rig.sees("no browser is here to open https://mailsac.com/inbox/qa-8%40mailsac.com")
