"""Files that are saved: in the folder that was chosen, whole, and never over another."""

from __future__ import annotations

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sacterm.desktop.files import SaveFailed, downloads, save
from sacterm.reading.attachments import safe_name, without_clash
from tests.unit.hostilestrings import HOSTILE


def test_a_new_file_is_private_and_gives_its_path(tmp_path: Path) -> None:
    path = save(tmp_path, "offer.pdf", b"%PDF\x00")
    assert path == tmp_path / "offer.pdf"
    assert path.read_bytes() == b"%PDF\x00"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    assert save(tmp_path / "a" / "b", "x", b"").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    paths = [save(tmp_path, "offer.tar.gz", data) for data in (b"1", b"2", b"3")]
    assert len(set(paths)) == 3
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3"]
    (tmp_path / "folder").mkdir()
    assert save(tmp_path, "folder", b"") == tmp_path / "folder (2)"


def test_no_link_leads_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    (chosen / "offer.pdf").symlink_to(elsewhere)
    assert save(chosen, "offer.pdf", b"x") == chosen / "offer (2).pdf"
    assert not elsewhere.exists()


NASTY = {
    **HOSTILE,
    "parent": "../../outside",
    "absolute": "/etc/passwd",
    "drive": "C:\\Users\\x\\outside",
    "share": "\\\\server\\share\\outside",
    "stream": "outside:hidden",
    "device": "NUL.txt",
    "port": "COM1",
    "console": "con",
    "long": "x" * 300,
    "long in bytes": "\u65e5" * 300 + ".pdf",
    "dots": "outside. . .",
    "dot": ".",
    "two dots": "..",
    "hidden": ".bashrc",
    "home": "~/outside",
    "nothing": "",
    "case": "OUTSIDE",
}


@pytest.mark.parametrize("name", NASTY)
def test_whatever_a_part_is_called_it_is_a_new_file_in_the_folder(
    name: str, tmp_path: Path
) -> None:
    outside, chosen = tmp_path / "outside", tmp_path / "chosen"
    outside.write_bytes(b"kept")
    chosen.mkdir()
    safe = safe_name(NASTY[name])
    (chosen / safe).symlink_to(outside)
    saved = [save(chosen, safe, data) for data in (b"1", b"2")]
    assert [path.read_bytes() for path in saved] == [b"1", b"2"]
    assert {path.parent for path in saved} == {chosen}
    assert {path.name for path in saved} == {without_clash(safe, {safe}), saved[1].name}
    assert outside.read_bytes() == b"kept"
    assert len(list(tmp_path.rglob("*"))) == 2 + 3


def test_a_link_that_leads_nowhere_and_a_folder_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "missing")
    (tmp_path / "b").mkdir()
    assert save(tmp_path, "a", b"x").name == "a (2)"
    assert save(tmp_path, "b", b"x").name == "b (2)"
    assert not (tmp_path / "missing").exists()
    assert list((tmp_path / "b").iterdir()) == []


def test_a_folder_that_is_a_link_is_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    save(tmp_path / "link", "x", b"")
    assert (tmp_path / "real" / "x").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc/x", "a/b", "a\\b", "a\0b"])
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SaveFailed, match="no name for a file"):
        save(tmp_path / "chosen", name, b"x")
    assert list(tmp_path.iterdir()) == []


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """The system refuses to write more than so many bytes to a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_there_is_no_room_no_half_file_stays(tmp_path: Path) -> None:
    with disk_full_after(1_000), pytest.raises(SaveFailed, match=r"offer\.pdf cannot be saved in"):
        save(tmp_path, "offer.pdf", bytes(100_000))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SaveFailed, match="/file") as failed:
            save(folder, "x", b"")
        assert failed.value.remedy


def test_a_name_that_is_too_long_is_an_error_for_a_person(tmp_path: Path) -> None:
    with pytest.raises(SaveFailed, match="too long"):
        save(tmp_path, "x" * 300, b"")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home" / ".config").mkdir(parents=True)
    (tmp_path / "current").mkdir()
    monkeypatch.chdir(tmp_path / "current")
    return tmp_path / "home"


def test_downloads_are_where_the_desktop_has_them(home: Path, tmp_path: Path) -> None:
    (home / "Downloads").mkdir()
    dirs = home / ".config" / "user-dirs.dirs"
    dirs.write_text('# XDG_DOWNLOAD_DIR="$HOME/no"\nXDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n')
    assert downloads({}, home) == home / "Téléchargements"
    dirs.write_text('XDG_DESKTOP_DIR="$HOME/x"\nXDG_DOWNLOAD_DIR="/srv/get"\n')
    assert downloads({}, home) == Path("/srv/get")
    config = tmp_path / "config"
    config.mkdir()
    (config / "user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="/srv/other"\n')
    assert downloads({"XDG_CONFIG_HOME": str(config)}, home) == Path("/srv/other")


def test_downloads_are_in_the_usual_folder_or_the_current_one(home: Path, tmp_path: Path) -> None:
    assert downloads({}, home) == tmp_path / "current"
    (home / "Downloads").mkdir()
    assert downloads({}, home) == home / "Downloads"
    (home / ".config" / "user-dirs.dirs").write_bytes(b'\xff\nXDG_DOWNLOAD_DIR="elsewhere"\n')
    assert downloads({}, home) == home / "Downloads"
    assert list((tmp_path / "current").iterdir()) == []
