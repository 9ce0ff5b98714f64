"""The sandbox's journal, on real files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sacterm.sandbox.journal import Journal, JournalInvalid
from sacterm.sandbox.records import Marks, Ops, Record

RECORDS: tuple[Record, ...] = tuple(Marks(id=name) for name in "abc")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A journal of three records."""
    path = tmp_path / "mail.jsonl"
    journal = Journal(path)
    journal.open(())
    journal.keep(RECORDS)
    journal.close()
    return path


def test_gives_back_what_it_was_given(file: Path) -> None:
    assert tuple(Journal(file).read()) == RECORDS


def test_a_missing_or_empty_file_is_an_empty_journal(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert list(Journal(tmp_path / "missing").read()) == list(Journal(empty).read()) == []


def test_a_torn_last_line_is_left_out_wherever_it_was_torn(file: Path) -> None:
    whole = file.read_bytes()
    last = whole.rstrip(b"\n").rindex(b"\n") + 1
    for length in range(last, len(whole)):
        file.write_bytes(whole[:length])
        assert tuple(Journal(file).read()) == RECORDS[:2]


def test_after_a_torn_line_it_goes_on(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])
    journal = Journal(file)
    journal.open(list(journal.read()))
    journal.keep((Marks(id="d"),))
    journal.close()
    assert tuple(Journal(file).read()) == (*RECORDS[:2], Marks(id="d"))


@pytest.mark.parametrize("damage", [b"nonsense\n", b'{"type":"unknown"}\n', b"\xff\n"])
def test_damage_before_the_end_is_said_with_its_line(file: Path, damage: bytes) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join((*lines[:2], damage, *lines[2:])))
    with pytest.raises(JournalInvalid, match=f"{file.name} is damaged in line 3"):
        list(Journal(file).read())


@pytest.mark.parametrize("foreign", [b"years of work\n", b"{}\n", b"no line end"])
def test_a_foreign_file_is_refused(tmp_path: Path, foreign: bytes) -> None:
    file = tmp_path / "thesis.txt"
    file.write_bytes(foreign)
    with pytest.raises(JournalInvalid, match=r"thesis\.txt is not a file of this sandbox"):
        list(Journal(file).read())


def test_two_sandboxes_cannot_share_it(file: Path) -> None:
    first = Journal(file)
    first.open(list(first.read()))
    with pytest.raises(JournalInvalid, match="in use"):
        list(Journal(file).read())
    first.close()
    assert tuple(Journal(file).read()) == RECORDS


def test_compacting_replaces_it_and_leaves_nothing_else(file: Path) -> None:
    before = file.stat().st_size
    journal = Journal(file)
    journal.open(RECORDS[:1])
    journal.close()
    assert file.stat().st_size < before
    assert list(file.parent.iterdir()) == [file]


def test_a_compaction_that_was_cut_short_costs_nothing(file: Path) -> None:
    file.with_name(file.name + ".new").write_bytes(b"half")
    journal = Journal(file)
    journal.open(list(journal.read()))
    journal.close()
    assert tuple(Journal(file).read()) == RECORDS


def test_is_readable_by_its_owner_alone(file: Path) -> None:
    file.chmod(0o644)
    journal = Journal(file)
    journal.open(list(journal.read()))
    journal.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_is_on_the_disk_before_it_returns(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    journal = Journal(file)
    journal.open(())
    synced.clear()
    journal.keep(RECORDS)
    assert synced == [file.stat().st_size]
    journal.keep((Ops("me", "2026-11", 1),))
    assert len(synced) == 1, "ops alone may wait"
    journal.close()


def test_a_write_that_fails_in_the_middle_leaves_no_trace(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(file)
    journal.open(RECORDS)
    write = os.write
    left = iter([3])

    def full_disk(handle: int, data: bytes) -> int:
        for size in left:
            return write(handle, data[:size])
        raise OSError("no space left")

    monkeypatch.setattr(os, "write", full_disk)
    with pytest.raises(OSError, match="no space left"):
        journal.keep((Marks(id="d"),))
    monkeypatch.undo()
    journal.keep((Marks(id="e"),))
    journal.close()
    assert tuple(Journal(file).read()) == (*RECORDS, Marks(id="e"))
