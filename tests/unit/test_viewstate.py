"""What the app remembers of its looks: kept where it can be, never in the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sacterm.settings.viewstate import ViewState, load_view_state, save_view_state


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "view-default.json"


def test_what_is_saved_is_loaded(file: Path) -> None:
    state = ViewState(selected="qa+1@a.example", theme="nord", sidebar_width=28, list_share=0.4)
    assert save_view_state(file, state)
    assert load_view_state(file) == state
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_file_the_defaults_hold_and_none_is_made(file: Path) -> None:
    assert load_view_state(file) == ViewState()
    assert not file.parent.exists()


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"theme": 7}',
        b'{"sidebar_width": -1}',
        b'{"sidebar_width": 100000}',
        b'{"list_share": 1.5}',
        b'{"columns": ' + b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_ignored_and_replaced(file: Path, damaged: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damaged)
    assert load_view_state(file) == ViewState()
    assert save_view_state(file, ViewState(theme="nord"))
    assert load_view_state(file) == ViewState(theme="nord")


def test_a_newer_file_gives_what_is_known_of_it(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b'{"theme": "nord", "columns": [1, 2]}')
    assert load_view_state(file) == ViewState(theme="nord")


def test_a_folder_in_the_place_of_the_file_hurts_nobody(file: Path) -> None:
    file.mkdir(parents=True)
    assert load_view_state(file) == ViewState()
    assert not save_view_state(file, ViewState())
    assert list(file.parent.iterdir()) == [file]


def test_a_file_in_the_place_of_the_folder_hurts_nobody(file: Path) -> None:
    file.parent.touch()
    assert load_view_state(file) == ViewState()
    assert not save_view_state(file, ViewState())


def test_text_that_cannot_be_written_is_not_saved(file: Path) -> None:
    assert not save_view_state(file, ViewState(selected=os.fsdecode(b"\xff@a.example")))
    assert not file.exists()


@settings(deadline=None)
@given(st.binary() | st.from_type(dict[str, int | str | float]).map(msgspec.json.encode))
def test_no_file_makes_loading_fail(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(data)
    assert isinstance(load_view_state(file), ViewState)
