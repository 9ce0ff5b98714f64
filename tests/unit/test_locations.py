"""Where files lie, and that they are written whole and for one user alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sacterm.settings.locations import Locations, ensure, user_locations, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    return Locations(tmp_path / "config", tmp_path / "cache", tmp_path / "state")


def test_asking_creates_nothing(places: Locations, tmp_path: Path) -> None:
    assert places.settings_file == tmp_path / "config" / "settings.toml"
    assert places.view_state_file("default") == tmp_path / "state" / "view-default.json"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders are those of Linux")
def test_xdg_variables_move_the_folders_and_importing_creates_none(tmp_path: Path) -> None:
    program = (
        "import sacterm.settings.config, sacterm.settings.keys, sacterm.settings.viewstate\n"
        "from sacterm.settings.locations import user_locations\n"
        "print(*user_locations(), sep='\\n')"
    )
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "elsewhere")}
    shown = subprocess.run(
        [sys.executable, "-c", program], env=home, capture_output=True, text=True, check=True
    )
    assert [Path(line) for line in shown.stdout.splitlines()] == [
        tmp_path / "elsewhere" / "sacterm",
        tmp_path / ".cache" / "sacterm",
        tmp_path / ".local" / "state" / "sacterm",
    ]
    assert list(tmp_path.iterdir()) == []


def test_the_users_folders_are_named_after_the_app() -> None:
    assert all("sacterm" in folder.parts for folder in user_locations())


@pytest.mark.parametrize(
    "profile", ["../../etc/passwd", "/root", "..", ".", "", "a b", "山田", "a\0b", "\udcff"]
)
def test_any_profile_name_stays_in_the_state_folder(places: Locations, profile: str) -> None:
    file = places.view_state_file(profile)
    assert file.parent == places.state
    write_private(file, b"{}")
    assert file.read_bytes() == b"{}"


def test_two_profiles_never_share_a_file(places: Locations) -> None:
    names = ["a/b", "a%2Fb", "a b", "a_b", "a"]
    assert len({places.view_state_file(name) for name in names}) == len(names)


@pytest.mark.usefixtures("open_umask")
def test_made_folders_are_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "newer"
    assert ensure(folder) == folder
    assert [mode(folder), mode(folder.parent)] == [0o700, 0o700]


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    ensure(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        ensure(tmp_path / "file" / "folder")


@pytest.mark.usefixtures("open_umask")
def test_a_written_file_is_for_this_user_alone_even_where_it_was_not(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    write_private(file, b"one")
    assert (mode(file), file.read_bytes()) == (0o600, b"one")
    file.chmod(0o644)
    write_private(file, b"two")
    assert (mode(file), file.read_bytes()) == (0o600, b"two")
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_neither_damage_nor_rubbish(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.mkdir()
    with pytest.raises(OSError):
        write_private(in_the_way, b"data")
    assert list(tmp_path.iterdir()) == [in_the_way]


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_private(file, b"old")
    with file.open("rb") as reader:
        write_private(file, b"new, and longer")
        assert reader.read() == b"old"


def test_a_link_into_dotfiles_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "settings.toml"
    real.parent.mkdir()
    real.write_bytes(b"old")
    link = tmp_path / "settings.toml"
    link.symlink_to(real)
    write_private(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
