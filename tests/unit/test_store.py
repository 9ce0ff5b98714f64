from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sacterm.errors import StoreFailed
from sacterm.mailbox import history, schema
from sacterm.mailbox.changes import Wish
from sacterm.mailbox.search import parse
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, STARRED, Counts, View
from sacterm.model import Account, AccountStats, Address, Domain, Recipient
from tests.unit.fakes import START, FakeService, mail, raw


@pytest.fixture(params=["file", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = Store(tmp_path / "a.db" if request.param == "file" else None)
    yield opened
    await opened.close()


def ids(store: Store, view: View = ALL, offset: int = 0, limit: int = 100) -> list[str]:
    return [row.id for row in store.page(view, offset, limit)]


async def found(store: Store, text: str) -> list[str]:
    result = await store.find(ALL, parse(text, now=START))
    return [row.id for row in result.page(ALL, 0, 100)]


async def test_pages_are_newest_first_whatever_came_first(store: Store) -> None:
    await store.upsert([mail(2), mail(5), mail(1)], owned=True)
    await store.upsert([mail(4), mail(3)], owned=True, pushed=True)
    assert ids(store) == ["m5", "m4", "m3", "m2", "m1"]
    assert [ids(store, offset=i, limit=1) for i in range(5)] == [
        ["m5"],
        ["m4"],
        ["m3"],
        ["m2"],
        ["m1"],
    ]
    assert ids(store, offset=3, limit=10) == ["m2", "m1"]
    assert ids(store, offset=9, limit=10) == []


async def test_a_message_that_comes_twice_is_one(store: Store) -> None:
    first = await store.upsert([mail(1), mail(1)], owned=True)
    again = await store.upsert([mail(1)], owned=True, pushed=True)
    assert first == {"m1"}
    assert not again
    assert store.counts(ALL) == Counts(1, 1)


async def test_history_takes_nothing_from_what_the_socket_brought(store: Store) -> None:
    pushed = mail(1, raw=raw(1), cc=(Recipient("", "c@x.example"),), subject="Whole")
    await store.upsert([pushed], owned=True, pushed=True)
    await store.upsert([mail(1, subject=None, cc=None, size=None)], owned=True, as_of=store.mark())
    message = store.message("m1")
    assert message is not None
    assert (message.subject, message.cc, message.size) == ("Whole", pushed.cc, 1001)
    assert await store.raw("m1") == raw(1)


async def test_the_socket_takes_nothing_from_what_history_told(store: Store) -> None:
    listed = mail(1, read=True, starred=True, labels=("x",), folder="spam")
    await store.upsert([listed], owned=True, as_of=store.mark())
    await store.upsert([mail(1, subject=None, raw=raw(1))], owned=True, pushed=True)
    row = store.row("m1")
    assert row is not None
    assert (row.subject, row.unread, row.starred, row.labels, row.folder) == (
        "Subject 1",
        False,
        True,
        ("x",),
        "spam",
    )
    assert row.pushed
    assert await store.raw("m1") == raw(1)


async def test_a_listing_tells_what_changed_elsewhere(store: Store) -> None:
    await store.upsert([mail(1)], owned=True, pushed=True)
    now = mail(1, read=True, starred=True, labels=("done",), folder="trash")
    await store.upsert([now], owned=True, as_of=store.mark())
    row = store.row("m1")
    assert row is not None
    assert (row.unread, row.starred, row.labels, row.folder) == (False, True, ("done",), "trash")


async def test_a_listing_asked_for_before_a_change_here_does_not_take_it_back(
    store: Store,
) -> None:
    await store.upsert([mail(1)], owned=True, as_of=store.mark())
    asked = store.mark()
    await store.wish([Wish("m1", "starred", True)])
    await store.settle("m1", "starred", True)
    await store.upsert([mail(1, starred=False)], owned=True, as_of=asked)
    assert ids(store, STARRED) == ["m1"]
    await store.upsert([mail(1, starred=False)], owned=True, as_of=store.mark())
    assert ids(store, STARRED) == []


async def test_read_here_holds_until_the_service_changes_its_mind(store: Store) -> None:
    await store.upsert([mail(1)], owned=True, as_of=store.mark())
    await store.wish([Wish("m1", "read", True, tell=False)])
    await store.upsert([mail(1, read=False)], owned=True, as_of=store.mark())
    assert store.counts(ALL).unread == 0
    await store.upsert([mail(1, read=True)], owned=True, as_of=store.mark())
    await store.upsert([mail(1, read=False)], owned=True, as_of=store.mark())
    assert store.counts(ALL).unread == 1


async def test_a_change_that_is_taken_back_leaves_what_the_service_says(store: Store) -> None:
    await store.upsert([mail(1)], owned=True, as_of=store.mark())
    await store.wish([Wish("m1", "read", True)])
    await store.wish([Wish("m1", "starred", True)])
    assert store.counts(STARRED) == Counts(1, 0)
    (star,) = [wish for wish in await store.take_unsent(9) if wish.field == "starred"]
    await store.give_up(star)
    row = store.row("m1")
    assert row is not None
    assert (row.starred, row.unread) == (False, False)


async def test_views_hold_what_belongs_to_them(store: Store) -> None:
    await store.set_addresses([Address(email="a@mailsac.com", owner="jeff")])
    await store.set_domains([Domain(name="shop.example")])
    await store.watch("pub@mailsac.com")
    await store.upsert([mail(1), mail(2, "x@shop.example", starred=True)], owned=True)
    await store.upsert([mail(3, "pub@mailsac.com")], owned=False)
    assert ids(store) == ["m2", "m1"]
    assert ids(store, STARRED) == ["m2"]
    assert ids(store, View.inbox("a@mailsac.com")) == ["m1"]
    assert ids(store, View.domain("shop.example")) == ["m2"]
    assert ids(store, View.inbox("pub@mailsac.com")) == ["m3"]


async def test_reserving_and_releasing_moves_mail_between_mine_and_public(store: Store) -> None:
    await store.watch("pub@mailsac.com")
    await store.upsert([mail(1, "pub@mailsac.com")], owned=False)
    assert store.counts(ALL).total == 0
    await store.put_address(Address(email="pub@mailsac.com", owner="jeff"))
    assert (store.counts(ALL).total, store.watched()) == (1, ())
    await store.drop_address("pub@mailsac.com")
    assert store.counts(ALL).total == 0
    assert [watched.email for watched in store.watched()] == ["pub@mailsac.com"]
    assert ids(store, View.inbox("pub@mailsac.com")) == ["m1"]


async def test_unwatching_forgets_the_inbox_whole(store: Store) -> None:
    await store.watch("pub@mailsac.com")
    await store.upsert([mail(1, "pub@mailsac.com")], owned=False)
    await store.upsert([mail(2)], owned=True)
    await store.unwatch("pub@mailsac.com")
    assert store.counts(View.inbox("pub@mailsac.com")) == Counts(0, 0)
    assert await found(store, "subject") == ["m2"]


async def test_positions_fit_the_pages(store: Store) -> None:
    same = [mail(n, received=START) for n in range(5)]
    await store.upsert([*same, mail(9)], owned=True)
    for place, id_ in enumerate(ids(store)):
        assert [store.position(ALL, id_, near) for near in (0, 5)] == [place, place]
    assert store.position(ALL, "nobody") is None
    assert store.position(STARRED, "m1") is None


async def test_search_finds_words_anywhere_newest_first(store: Store) -> None:
    await store.upsert(
        [
            mail(1, raw=raw(1, "Straße und Käse")),
            mail(2, subject="Ihre Rechnung"),
            mail(3, sender=(Recipient("Käse Müller", "k@m.example"),)),
            mail(4),
        ],
        owned=True,
    )
    assert await found(store, "kase") == ["m3", "m1"]
    assert await found(store, "rechn") == ["m2"]
    assert await found(store, "ihre rechnung") == ["m2"]
    assert await found(store, "'; DROP TABLE messages") == []


async def test_a_raw_fetched_later_is_kept_and_found(store: Store) -> None:
    await store.upsert([mail(1)], owned=True)
    assert await store.raw("m1") is None
    await store.keep_raw("m1", raw(1, "wonderful needle"))
    await store.keep_raw("unknown", b"x")
    assert await store.raw("m1") == raw(1, "wonderful needle")
    assert await found(store, "needle") == ["m1"]
    assert await found(store, "subject 1") == ["m1"]


async def test_text_that_is_no_text_is_stored(store: Store) -> None:
    odd = mail(1, subject="\ud800 \x00 \U000e0041", labels=("\udfff",))
    await store.upsert([odd], owned=True)
    await store.upsert([odd], owned=True, as_of=store.mark())
    row = store.row("m1")
    assert row is not None
    assert row.subject == "� \x00 \U000e0041"


async def test_mail_without_a_time_stands_where_it_came(store: Store) -> None:
    before = datetime.now(UTC).timestamp() * 1000
    await store.upsert([mail(1, received=None)], owned=True)
    row = store.row("m1")
    assert row is not None
    assert before - 1 <= row.received <= datetime.now(UTC).timestamp() * 1000 + 1
    await store.upsert([mail(1)], owned=True, as_of=store.mark())
    row = store.row("m1")
    assert row is not None
    assert row.received == int(mail(1).received.timestamp() * 1000)  # type: ignore[union-attr]


async def test_what_is_gone_comes_back_when_it_is_listed(store: Store) -> None:
    await store.upsert([mail(1)], owned=True)
    await store.set_gone("m1")
    row = store.row("m1")
    assert row is not None
    assert row.gone
    await store.upsert([mail(1)], owned=True, as_of=store.mark())
    row = store.row("m1")
    assert row is not None
    assert not row.gone


async def test_what_the_account_stores_is_kept_with_when_that_was_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    assert (store.stats(), store.told_at("stats"), store.told_at("account")) == (None,) * 3
    stats = AccountStats(stored=7, starred=2, addresses=("a@x.test",))
    await store.set_stats(stats, START)
    await store.set_account(Account(id="jeff"), START)
    await store.set_account(Account(id="jeff", address_credits=2))  # reckoned here
    await store.close()
    store = Store(tmp_path / "a.db")
    assert (store.stats(), store.told_at("stats"), store.told_at("account")) == (
        stats,
        START,
        START,
    )
    await store.close()


@pytest.mark.parametrize("on_disk", [True, False])
async def test_arrivals_are_counted_by_hour_and_inbox(tmp_path: Path, on_disk: bool) -> None:
    store = Store(tmp_path / "a.db" if on_disk else None)
    at = [0, 3599, 3600, 7199, 7200]  # seconds after the hour has begun
    await store.upsert([mail(n, "b@x.test" if n == 3599 else "a@x.test") for n in at], owned=True)
    await store.upsert([mail(10, "public@x.test")], owned=False)
    await store.hide(["m0"], 60)
    first = int(START.timestamp()) // 3600
    assert sorted(await store.arrived(first, first + 2)) == [
        (first, "b@x.test", 1),
        (first + 1, "a@x.test", 2),
    ]
    await store.close()


async def test_account_labels_ops_and_meta_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    await store.set_account(Account(id="jeff", labels=("b", "a")))
    await store.add_ops("2026-11", {"raw": 2, "list": 1})
    await store.add_ops("2026-11", {"raw": 1})
    await store.set_meta({"x": "y"})
    await store.close()
    store = Store(tmp_path / "a.db")
    account = store.account()
    assert account is not None
    assert account.id == "jeff"
    assert store.labels() == ("a", "b")
    assert store.ops("2026-11") == {"raw": 3, "list": 1}
    assert store.ops("2026-12") == {}
    assert store.meta("x") == "y"
    await store.close()


async def test_only_the_user_can_read_the_files(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = Store(tmp_path / "a.db")
        await store.upsert([mail(1)], owned=True)
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    finally:
        os.umask(old)
    await store.close()
    assert set(modes) >= {"a.db"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"this is no database at all" * 100, "damaged"), (None, "newer")],
)
async def test_a_file_that_cannot_be_used_is_set_aside_and_said_once(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "a.db"
    store = Store(path)
    await store.upsert([mail(1)], owned=True)
    if content is None:
        await store._db.write(lambda db: db.execute(f"PRAGMA user_version = {schema.VERSION + 1}"))
    await store.close()
    if content is not None:
        path.write_bytes(content)
    before = path.read_bytes()

    store = Store(path)
    assert len(store.notes) == 1
    assert says in store.notes[0]
    assert store.counts(ALL) == Counts(0, 0)
    await store.upsert([mail(2)], owned=True)
    await store.close()

    aside = [p for p in tmp_path.iterdir() if "set-aside" in p.name]
    assert [p.read_bytes() for p in aside] == [before]
    assert aside[0].name in store.notes[0]
    store = Store(path)
    assert store.notes == ()
    assert ids(store) == ["m2"]
    await store.close()


async def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    store = Store(tmp_path / "a.db")
    assert store.notes == ("the cache was empty: it is filled anew",)
    await store.upsert([mail(1)], owned=True)
    assert ids(store) == ["m1"]
    await store.close()


async def test_a_folder_in_place_of_the_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.db").mkdir()
    (tmp_path / "a.db" / "mine").write_text("kept")
    store = Store(tmp_path / "a.db")
    assert "was a folder" in store.notes[0]
    await store.upsert([mail(1)], owned=True)
    await store.close()
    assert [path.read_text() for path in tmp_path.glob("*.set-aside/mine")] == ["kept"]


async def test_what_is_set_aside_keeps_its_log(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    await store.upsert([mail(1)], owned=True)
    damaged = tmp_path / "b.db"
    for suffix in ("", "-wal"):  # as they are when the process is killed
        shutil.copy(tmp_path / f"a.db{suffix}", tmp_path / f"b.db{suffix}")
    await store.close()
    (tmp_path / f"b.{damaged.stat().st_ino}.damaged").touch()
    store = Store(damaged)
    assert (ids(store), "was damaged" in store.notes[0]) == ([], True)
    await store.close()
    (aside,) = tmp_path.glob("b.*.set-aside")
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT id FROM messages").fetchall() == [("m1",)]


PAGE = 4096  # bytes


async def sound_file(path: Path) -> list[int]:
    """A store with some hundred messages, closed; the first page of each table and index."""
    store = Store(path)
    await store.set_account(Account(id="jeff"))
    many = [mail(n, raw=raw(n, f"body {n} " * 40)) for n in range(150)]
    await store.upsert(many, owned=True, pushed=True)
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 1").fetchall()
    return [root - 1 for (root,) in found]


def spoil(path: Path, pages: list[int], size: int = PAGE) -> None:
    rng = random.Random(7)
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE + rng.randrange(0, PAGE, size))
            file.write(rng.randbytes(size))


async def all_there_is(store: Store) -> None:
    """Read as a screen does: each answer is right, or :class:`StoreFailed`."""
    for view in (ALL, STARRED, View.inbox("a@mailsac.com"), View.folder("inbox")):
        for row in store.page(view, 0, store.counts(view).total):
            number = int(row.id[1:])
            assert row.subject == f"Subject {number}"
            if view == ALL:
                assert await store.raw(row.id) == raw(number, f"body {number} " * 40)


async def test_damage_anywhere_is_told_or_set_aside_and_never_shown_as_mail(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    roots = await sound_file(path)
    sound = path.read_bytes()
    places = [[0], *([root] for root in roots), list(range(1, len(sound) // PAGE, 3))]
    met = 0
    for pages in places:
        path.write_bytes(sound)
        spoil(path, pages)
        for _ in range(2):  # what is not met at once may be met on the way, and is set aside then
            store = Store(path)
            if store.notes:
                assert "was damaged" in store.notes[0]
                assert store.counts(ALL).total == 0
                met += 1
            else:
                try:
                    await all_there_is(store)
                    new = [mail(n, raw=raw(n, f"body {n} " * 40)) for n in range(1000, 1010)]
                    await store.upsert(new, owned=True)
                except StoreFailed as error:
                    assert "a new one is begun at the next start" in str(error)
            await store.close()
            if store.notes:
                break
        for file in tmp_path.iterdir():
            file.unlink()
    assert met > len(places) * 2 // 3


async def test_damage_while_it_runs_is_told_and_set_aside_at_the_next_start(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    await sound_file(path)
    store = Store(path)
    spoil(path, list(range(1, path.stat().st_size // PAGE)), size=512)
    with pytest.raises(StoreFailed, match="damaged") as caught:
        await all_there_is(store)
    assert caught.value.remedy == "start sacterm again"
    await store.close()
    store = Store(path)
    assert "was damaged: it was kept as" in store.notes[0]
    await store.upsert([mail(1)], owned=True)
    await store.close()
    store = Store(path)
    assert (ids(store), store.notes) == (["m1"], ())
    await store.close()


async def test_damage_that_the_first_screen_would_meet_is_met_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    await sound_file(path)
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages_owned'")
        spoil(path, [found.fetchone()[0] - 1])
    store = Store(path)
    assert "was damaged" in store.notes[0]
    await store.close()


async def test_a_schema_that_cannot_even_be_named_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    await sound_file(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_schema SET name = CAST(x'd1' AS TEXT), sql = '' WHERE name = 'ops'"
        )
        db.commit()
    store = Store(path)
    assert "was damaged" in store.notes[0]
    await store.close()


@pytest.mark.parametrize(
    "spoilt", ["raw = x'00'", "raw = x'789c'", "sender = '{'", "subject = CAST(x'ff' AS TEXT)"]
)
async def test_a_value_that_cannot_be_read_is_damage(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "a.db"
    store = Store(path)
    await store.upsert([mail(1, raw=raw(1))], owned=True)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE {'bodies' if 'raw' in spoilt else 'messages'} SET {spoilt}")
        db.commit()
    with pytest.raises(StoreFailed, match="damaged"):
        store.page(ALL, 0, 10)
        store.row("m1")
        await store.raw("m1")
    await store.close()
    store = Store(path)
    assert "was damaged" in store.notes[0]
    await store.close()


def give_room(store: Store, pages: int) -> None:
    """Let the file grow to so many pages more than it has."""
    writer = store._db._writer
    ((count,),) = writer.execute("PRAGMA page_count")
    writer.execute(f"PRAGMA max_page_count = {count + pages}").fetchall()


async def test_a_full_disk_takes_nothing_half_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "a.db")
    await store.upsert([mail(n) for n in range(20)], owned=True)
    before = ids(store)
    give_room(store, 2)
    many = [mail(n, raw=raw(n, f"{n} " * 400)) for n in range(100, 180)]
    for _ in range(2):
        with pytest.raises(StoreFailed, match="the disk is full") as caught:
            await store.upsert(many, owned=True, pushed=True)
        assert "make room" in caught.value.remedy
        assert ids(store) == before
        assert store.counts(ALL) == Counts(20, 20)
    give_room(store, 1_000_000)
    await store.upsert(many, owned=True, pushed=True)
    assert store.counts(ALL) == Counts(100, 100)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_what_a_full_disk_did_not_take_is_listed_again(tmp_path: Path) -> None:
    service = FakeService()
    service.mail = [mail(0)]
    store = Store(tmp_path / "a.db")
    await history.catch_up(service, store)
    service.mail += [mail(n) for n in range(3600, 5000)]
    give_room(store, 20)
    for _ in range(2):
        with pytest.raises(StoreFailed, match="the disk is full"):
            await history.catch_up(service, store)
    assert store.counts(ALL).total < 1401
    await store.close()
    store = Store(tmp_path / "a.db")
    await history.catch_up(service, store)
    assert store.counts(ALL).total == 1401
    await store.close()


async def test_a_writer_waits_a_while_for_another_program(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = Store(path)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ending = threading.Timer(0.7, lambda: other.execute("COMMIT"))
        ending.start()
        await store.upsert([mail(1)], owned=True)
        ending.join()
    assert ids(store) == ["m1"]
    await store.close()


async def test_a_file_that_stays_locked_is_told_and_still_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = Store(path)
    await store.upsert([mail(1)], owned=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store._db._writer.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StoreFailed, match="another program has locked the cache"):
            await store.upsert([mail(2)], owned=True)
        assert ids(store) == ["m1"], "reading waits for nobody"
        second = Store(path)
        assert (ids(second), second.notes) == (["m1"], ())
        await second.close()
    await store.upsert([mail(2)], owned=True)
    assert ids(store) == ["m2", "m1"]
    await store.close()


MAIL = st.builds(
    lambda n, inbox, read, star: mail(n, inbox, read=read, starred=star),
    st.integers(0, 8),
    st.sampled_from(["a@mailsac.com", "b@mailsac.com", "c@shop.example"]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.lists(MAIL, max_size=4)),
        st.tuples(st.just("push"), st.lists(MAIL, max_size=4)),
        st.tuples(st.just("read"), st.integers(0, 8)),
        st.tuples(st.just("star"), st.integers(0, 8)),
        st.tuples(st.just("settle"), st.integers(0, 8)),
        st.tuples(st.just("move"), st.integers(0, 8)),
        st.tuples(st.just("hide"), st.integers(0, 8)),
        st.tuples(st.just("remove"), st.integers(0, 8)),
        st.tuples(st.just("mine"), st.booleans()),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
async def test_counts_are_what_counting_would_give(steps: list[tuple[str, object]]) -> None:
    store = Store(None)
    for kind, what in steps:
        match kind, what:
            case "list", list(messages):
                await store.upsert(messages, owned=True, as_of=store.mark())
            case "push", list(messages):
                await store.upsert(messages, owned=False, pushed=True)
            case "read", int(n):
                await store.wish([Wish(f"m{n}", "read", n % 2 == 0)])
            case "star", int(n):
                await store.wish([Wish(f"m{n}", "starred", n % 3 == 0)])
            case "settle", int(n):
                for wish in await store.take_unsent(n):
                    await store.give_up(wish)
            case "move", int(n):
                await store.wish([Wish(f"m{n}", "folder", ("spam", "inbox")[n % 2])])
            case "hide", int(n):
                await (store.hide([f"m{n}"], 60) if n % 3 else store.show([f"m{n}"]))
            case "remove", int(n):
                await store.remove([f"m{n}"])
            case "mine", bool(mine):
                await store.set_addresses([Address(email="a@mailsac.com")] if mine else [])
                await (store.unwatch if mine else store.watch)("a@mailsac.com")
    views = (ALL, STARRED, View.inbox("a@mailsac.com"), View.domain("shop.example"))
    for view in (*views, View.folder("spam"), View.folder("inbox")):
        rows = store.page(view, 0, 100)
        assert store.counts(view) == Counts(len(rows), sum(row.unread for row in rows))
        assert len({row.id for row in rows}) == len(rows)
        times = [row.received for row in rows]
        assert times == sorted(times, reverse=True)
    await store.close()


ORDERS = st.permutations(
    [
        (mail(1, raw=raw(1), size=None, cc=(Recipient("", "c@x.example"),)), True),
        (mail(1, subject=None, labels=("a",)), False),
        (mail(1, spam=0.5, sender=()), True),
        (mail(2), False),
        (replace(mail(3), raw=raw(3)), True),
    ]
)


@settings(max_examples=30, deadline=None)
@given(ORDERS)
async def test_any_order_ends_the_same(order: list[tuple[object, bool]]) -> None:
    store = Store(None)
    for message, pushed in order:
        as_of = None if pushed else store.mark()
        await store.upsert([message], owned=True, pushed=pushed, as_of=as_of)  # type: ignore[list-item]
    message = store.message("m1")
    assert message is not None
    assert (message.subject, message.size, message.spam, message.labels) == (
        "Subject 1",
        1001,
        0.5,
        ("a",),
    )
    assert message.cc == (Recipient("", "c@x.example"),)
    assert message.sender == (Recipient("Acme", "no-reply@acme.example"),)
    assert await store.raw("m1") == raw(1)
    assert ids(store) == ["m3", "m2", "m1"]
    await store.close()


async def test_a_store_of_the_first_schema_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    old = sqlite3.connect(path)
    old.executescript(schema.MIGRATIONS[0] + "PRAGMA user_version = 1;")
    for number, folder, star in ((1, "inbox", None), (2, "spam", 1)):
        old.execute(
            "INSERT INTO messages (row, id, inbox, domain, received, owned, read, folder, starred,"
            " starred_here, labels) VALUES (?, ?, 'a@x.example', 'x.example', ?, 1, 1, ?, 0, ?, ?)",
            (number, f"m{number}", number, folder, star, '["a"]'),
        )
    old.commit()
    old.close()
    store = Store(path)
    assert store.notes == ()
    assert ids(store) == ["m2", "m1"]
    assert store.counts(View.folder("spam")) == Counts(1, 0)
    assert store.folders() == ("inbox", "spam")
    assert ids(store, STARRED) == ["m2"]
    (wish,) = await store.take_unsent(9)  # asked for by a run that did not hear the answer
    assert (wish.id, wish.field, wish.wanted, wish.doubt) == ("m2", "starred", True, True)
    await store.hide(["m1"], 60)
    assert store.counts(View.folder("inbox")) == Counts(0, 0)
    await store.close()


async def test_what_is_stored_in_haste_is_all_there_and_is_read_later(store: Store) -> None:
    text = "Your verification code is 493021, or https://x.example/verify?token=8f2c1d9b"
    sent = [mail(n, raw=raw(n, text)) for n in range(50)]
    await store.put(await store.read_ahead(sent, in_haste=True), owned=True, pushed=True)
    assert store.counts(ALL).total == 50
    assert await store.raw("m7") == raw(7, text)
    assert len(await found(store, "subject")) == 50
    assert len(await found(store, "verification")) == len(await found(store, "has:code")) == 0
    await store.upsert(sent[:2], owned=True, pushed=True)  # told twice
    await store.remove(["m3"])
    while await store.read_postponed():
        pass
    assert len(await found(store, "verification has:code has:link")) == 49
    await store.remove(["m4"])
    assert len(await found(store, "verification")) == 48


async def test_codes_are_found_in_what_was_kept_without_looking(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = Store(path)
    text = "Your verification code is 493021, or https://x.example/verify?token=8f2c1d9b"
    await store.upsert([mail(n, raw=raw(n, text if n % 2 else "")) for n in range(40)], owned=True)
    await store.close()
    old = sqlite3.connect(path)
    old.executescript(
        "UPDATE messages SET code = NULL, link = NULL; DROP TABLE postponed;"
        " DROP TABLE dictionaries; PRAGMA user_version = 3"
    )
    old.close()
    store = Store(path)
    assert len(await found(store, "has:code")) == 0
    while await store.read_postponed():
        pass
    assert len(await found(store, "has:code has:link")) == 20
    await store.close()


async def test_what_a_store_has_learned_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    text = "\n".join(f"a line of a letter that comes often, {n * 7919}" for n in range(50))
    store, beside = Store(path), Store(path)
    await store.upsert([mail(n, raw=raw(n, text)) for n in range(60)], owned=True)
    await store.upsert([mail(60, raw=raw(60, text))], owned=True)
    await store.close()
    store = Store(path)
    await store.upsert([mail(61, raw=raw(61, text))], owned=True)
    await beside.upsert([mail(62, raw=raw(62, text))], owned=True)  # has not heard of it
    for one in (store, beside):
        assert [await one.raw(f"m{n}") for n in (0, 60, 61, 62)] == [
            raw(n, text) for n in (0, 60, 61, 62)
        ]
    for one, id_ in ((store, "m60"), (beside, "m61")):
        await one.remove([id_])
        await one.close()
    store = Store(path)
    assert {"m0", "m62"} < set(ids(store))
    assert {"m60", "m61"}.isdisjoint(ids(store))
    await store.close()


async def test_mail_that_repeats_itself_is_kept_small(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    text = "\n".join(f"a line of a letter that comes often, {n * 7919}" for n in range(50))
    store = Store(path)
    await store.upsert([mail(n, raw=raw(n, text)) for n in range(60)], owned=True)
    told = await store.read_ahead([mail(60, raw=raw(60, text))], in_haste=True)
    await store.put(told, owned=True, pushed=True)
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        sizes = dict(db.execute("SELECT id, length(raw) FROM bodies JOIN messages USING (row)"))
    assert sizes["m60"] < 0.3 * sizes["m1"]
