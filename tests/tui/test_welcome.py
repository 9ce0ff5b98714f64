from __future__ import annotations

from sacterm.errors import KeyRefused, KeyringUnavailable
from tests.tui.running import KEY, filled, running


async def test_a_first_run_takes_a_key_masked_checks_it_and_keeps_it() -> None:
    async with running(filled(), key=None, known=False) as rig:
        await rig.sees("It needs an API key", "mailsac.com")
        await rig.press(*KEY)
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
        await rig.press(*KEY, "enter")
        await rig.sees("wrong key", "is it whole?")
        assert rig.kept == []


async def test_a_keyring_that_fails_leaves_this_run() -> None:
    keyring = KeyringUnavailable("there is no keyring here")
    async with running(filled(), key=None, known=False, keyring=keyring) as rig:
        await rig.sees("It needs an API key")
        await rig.press(*KEY, "enter")
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


async def test_escape_leaves() -> None:
    async with running(filled(), key=None, known=False) as rig:
        await rig.sees("It needs an API key")
        await rig.press("escape")
    assert rig.app.return_code == 0
