from __future__ import annotations

import stat
from pathlib import Path

from sacterm.mailbox.caches import Caches

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
