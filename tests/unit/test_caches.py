from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from sacterm.mailbox.caches import Caches
from sacterm.mailbox.changes import Wish
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, STARRED
from tests.unit.fakes import mail

KEY, OTHER, BASE = "k_canary0123456789", "k_second0123456789", "https://mailsac.com/api"


def test_a_key_finds_the_store_it_led_to(tmp_path: Path) -> None:
    caches = Caches(tmp_path / "cache")
    assert caches.find(KEY, BASE) is None
    path = caches.bind(KEY, BASE, "jeff")
    assert caches.find(KEY, BASE) is None, "nothing is there yet"
    path.touch()
    assert caches.find(KEY, BASE) == path


def test_two_keys_of_one_account_share_its_store(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    assert caches.bind(KEY, BASE, "jeff") == caches.bind(OTHER, BASE, "jeff")


def test_accounts_and_bases_never_mix(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    paths = {
        caches.bind(KEY, BASE, "jeff"),
        caches.bind(OTHER, BASE, "anna"),
        caches.bind(KEY, "http://127.0.0.1:1/api", "jeff"),
    }
    assert len(paths) == 3


def test_a_key_that_changed_hands_leads_to_its_new_account(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    caches.bind(KEY, BASE, "jeff").touch()
    anna = caches.bind(KEY, BASE, "anna")
    anna.touch()
    assert caches.find(KEY, BASE) == anna


def test_the_key_is_nowhere_and_nobody_else_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    Caches(folder).bind(KEY, BASE, "jeff")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert KEY[2:] not in file.name
        assert KEY.encode() not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_spoiled_pointer_leads_nowhere(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    caches.bind(KEY, BASE, "jeff").touch()
    (pointer,) = tmp_path.glob("*.account")
    for text in ("../../etc/passwd", "", "\xff", "nothing.db", "/etc/x.db"):
        pointer.write_text(text, "latin-1")
        assert caches.find(KEY, BASE) is None


async def filled(caches: Caches) -> Path:
    """A store with two messages, and a star that the service was not told of; its file."""
    store = caches.open(KEY, BASE, "jeff")
    assert store is not None
    assert store.notes == ()
    await store.upsert([mail(1), mail(2)], owned=True)
    await store.wish([Wish("m1", "starred", True)])
    await store.close()
    path = caches.find(KEY, BASE)
    assert path is not None
    return path


def total(store: Store) -> int:
    return store.counts(ALL).total


async def test_a_store_is_opened_by_its_key_once_the_account_is_known(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    assert caches.open(KEY, BASE, None) is None
    await filled(caches)
    store = caches.open(KEY, BASE, None)
    assert store is not None
    assert (total(store), store.keeps_nothing, store.notes) == (2, False, ())
    await store.close()


async def test_without_a_folder_all_is_kept_in_memory_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    store = Caches(tmp_path / "cache").open(KEY, BASE, "jeff")
    assert store is not None
    assert store.keeps_nothing
    assert store.notes == (
        "nothing is kept on this disk in this run: the cache folder cannot be used: File exists",
    )
    await store.upsert([mail(1)], owned=True)
    assert total(store) == 1
    await store.close()


async def test_what_can_only_be_read_is_shown_and_left_as_it_is(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    path = await filled(caches)
    log = path.with_name(path.name + "-wal")
    log.mkdir()  # no permission would keep root from writing
    before = path.read_bytes()
    for account_id in (None, "jeff"):
        store = caches.open(KEY, BASE, account_id)
        assert store is not None
        assert store.keeps_nothing
        assert "nothing is kept" in store.notes[0]
        assert (total(store), store.counts(STARRED).total) == (2, 1)
        await store.upsert([mail(3)], owned=True)
        assert [row.id for row in store.page(ALL, 0, 9)] == ["m3", "m2", "m1"]
        assert store.count_unsent() == 0, "told twice, a star would be taken away again"
        await store.close()
    assert path.read_bytes() == before
    log.rmdir()
    store = caches.open(KEY, BASE, None)
    assert store is not None
    assert (total(store), store.count_unsent(), store.keeps_nothing) == (2, 1, False)
    await store.close()


async def test_what_is_too_large_for_the_memory_is_not_read_into_it(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    path = await filled(caches)
    os.truncate(path, 300_000_000)
    path.with_name(path.name + "-wal").mkdir()
    store = caches.open(KEY, BASE, None)
    assert store is not None
    assert (total(store), store.keeps_nothing) == (0, True)
    await store.close()


async def test_a_file_that_another_program_has_locked_is_left_to_it(tmp_path: Path) -> None:
    caches = Caches(tmp_path)
    path = await filled(caches)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE messages SET read = 1")
        store = caches.open(KEY, BASE, None)
        assert store is not None
        assert store.notes[0].endswith("another program has locked the cache")
        await store.upsert([mail(3)], owned=True)
        assert total(store) == 1
        await store.close()
    store = caches.open(KEY, BASE, None)
    assert store is not None
    assert (total(store), store.notes) == (2, ())
    await store.close()
