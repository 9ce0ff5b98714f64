from __future__ import annotations

from pathlib import Path

from sacterm.settings.viewstate import load_view_state
from tests.tui.running import filled, running


async def test_the_tour_goes_on_by_its_keys_is_ended_by_escape_and_is_shown_once(
    tmp_path: Path,
) -> None:
    state = tmp_path / "view.json"
    async with running(filled(), view_state=state, size=(80, 24)) as rig:
        await rig.sees("hint 1 of 5", "j goes down")
        assert "Subject 29" in rig.screen_text[2]
        await rig.press("j")
        await rig.sees("hint 2 of 5", "Body of 28")  # the key did what it does
        await rig.press("x")
        await rig.sees("1 selected", "hint 2 of 5")
        await rig.press("i", "slash")
        await rig.sees("hint 4 of 5", "from: subject:")
        await rig.press("escape", "escape")  # of the field, of the selection
        await rig.sees("hint 4 of 5")
        await rig.press("escape")
        await rig.pilot.pause()
        assert "hint" not in rig.text
        assert rig.app.focused is not None
        assert rig.app.focused.id == "messages"
    assert load_view_state(state).toured
    async with running(filled(), view_state=state) as rig:
        await rig.sees("Subject 29", "live ·")
        await rig.press("i")  # by hand it can be had again
        await rig.sees("hint 1 of 5")
        await rig.press(*["i"] * 4)
        await rig.sees("hint 5 of 5")
        await rig.press("question_mark", "question_mark")
        await rig.pilot.pause()
        assert "hint" not in rig.text
