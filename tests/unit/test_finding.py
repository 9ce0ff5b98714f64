from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sacterm.errors import StoreFailed
from sacterm.mailbox.changes import Wish
from sacterm.mailbox.database import Database
from sacterm.mailbox.finding import NEWEST, ORDERS, Found, Order, find
from sacterm.mailbox.opening import Connection
from sacterm.mailbox.search import parse
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, STARRED, Counts, View
from sacterm.model import Recipient
from tests.unit.fakes import START, mail

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT begin() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
)
LIMIT = 10  # seconds


@pytest.fixture(params=["file", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "a.db" if request.param == "file" else None)
    yield opened
    await opened.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "a.db")
    yield opened
    await opened.close()


async def search(store: Store, text: str, view: View = ALL, order: Order = NEWEST) -> Found:
    return await store.find(view, parse(text, now=START), order)


def ids(found: Found, offset: int = 0, limit: int = 100) -> list[str]:
    return [row.id for row in found.page(ALL, offset, limit)]


def asking(sql: str) -> Callable[[Connection], list[tuple[object, ...]]]:
    return lambda db: db.execute(sql).fetchall()


async def test_all_that_fits_is_found_newest_first(store: Store) -> None:
    same = [mail(n, received=START) for n in range(3)]
    await store.upsert([mail(9), mail(7, subject="Other"), *same, mail(8, read=True)], owned=True)
    await store.upsert([mail(5, "public@mailsac.com")], owned=False)
    found = await search(store, "subject")
    assert ids(found) == [id for id in store.ids(ALL, 0, 9) if id != "m7"]
    assert ids(found)[:2] == ["m9", "m8"]
    assert found.counts(ALL) == Counts(5, 4)


async def test_what_was_found_is_read_like_the_store(store: Store) -> None:
    await store.upsert([mail(n) for n in range(6)], owned=True)
    found = await search(store, "subject -5")
    assert ids(found, 1, 2) == ["m3", "m2"]
    assert ids(found, 4, 10) == ["m0"]
    assert ids(found, 5, 10) == ids(found, -3, 2) == []
    assert found.ids(ALL, 1, 3) == ["m3", "m2", "m1"]
    assert found.ids(ALL, 3, 99) == ["m1", "m0"]
    assert [found.position(ALL, f"m{n}") for n in range(6)] == [4, 3, 2, 1, 0, None]
    assert found.position(ALL, "nobody") is None
    assert found.row("m3") == store.row("m3")
    assert found.row("nobody") is None


async def test_the_lines_of_what_was_found_are_as_they_are_now(store: Store) -> None:
    await store.upsert([mail(n) for n in range(4)], owned=True)
    found = await search(store, "is:unread")
    await store.wish([Wish("m2", "read", True)])
    await store.remove(["m1"])
    await store.upsert([mail(9)], owned=True)
    assert ids(found) == ["m3", "m2", "m0"]
    assert [row.unread for row in found.page(ALL, 0, 9)] == [True, False, True]
    assert found.ids(ALL, 0, 3) == ["m3", "m2", "m0"]
    assert found.row("m1") is None
    assert found.counts(ALL) == Counts(4, 4)


async def test_only_the_view_is_searched(store: Store) -> None:
    await store.upsert([mail(1), mail(2, starred=True), mail(3, "b@mailsac.com")], owned=True)
    await store.hide(["m1"], 60)
    assert ids(await search(store, "subject")) == ["m3", "m2"]
    assert ids(await search(store, "subject", STARRED)) == ["m2"]
    assert ids(await search(store, "subject or is:read", View.inbox("b@mailsac.com"))) == ["m3"]


async def test_orders(store: Store) -> None:
    await store.upsert(
        [
            mail(1, "b@x.example", sender=(Recipient("Zoe", "a@x.example"),), subject="beta"),
            mail(2, "a@x.example", sender=(Recipient("", "bob@x.example"),), subject="RE: alpha"),
            mail(3, "c@x.example", sender=(Recipient("anna", "z@x.example"),), subject="Fwd:Gamma"),
            mail(4, "a@x.example", sender=(), subject=None, size=None),
        ],
        owned=True,
    )
    in_order = {
        order.name: "".join(id[1:] for id in ids(await search(store, "", order=order)))
        for order in ORDERS
    }
    assert in_order == {
        "newest": "4321",
        "oldest": "1234",
        "sender": "4321",
        "subject": "4213",
        "inbox": "4213",
        "largest": "3214",
    }
    assert ORDERS[0] == NEWEST


async def endless(database: Database) -> asyncio.Task[list[tuple[object, ...]]]:
    """A search that runs by now, and never ends by itself."""
    await database.search(asking("SELECT 1"))
    running = threading.Event()
    assert database._searcher
    database._searcher.create_function("begin", 0, running.set)
    task = asyncio.create_task(database.search(asking(ENDLESS)))
    assert await asyncio.to_thread(running.wait, LIMIT)
    return task


async def test_a_newer_search_ends_those_before(database: Database) -> None:
    async with asyncio.timeout(LIMIT):
        running = await endless(database)
        waiting = asyncio.create_task(database.search(asking("SELECT 2")))
        newest = asyncio.create_task(find(database, "1", {}))
        *older, found = await asyncio.gather(running, waiting, newest, return_exceptions=True)
    assert [type(outcome) for outcome in older] == [asyncio.CancelledError] * 2
    assert isinstance(found, Found)


async def test_after_a_cancelled_search_the_next_one_works(database: Database) -> None:
    async with asyncio.timeout(LIMIT):
        for _ in range(3):
            task = await endless(database)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await database.search(asking("SELECT 1 + 1")) == [(2,)]


async def test_closing_ends_a_search(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")
    async with asyncio.timeout(LIMIT):
        task = await endless(database)
        await database.close()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_searches_that_supersede_each_other_disturb_no_writing(store: Store) -> None:
    writing = asyncio.create_task(store.upsert([mail(n) for n in range(200)], owned=True))
    tasks = []
    while not writing.done():
        tasks.append(asyncio.create_task(search(store, "subject or acme -is:read")))
        await asyncio.sleep(0)
    assert len(await writing) == 200
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in done} <= {Found, asyncio.CancelledError}
    assert (await search(store, "subject")).counts(ALL).total == 200


async def test_the_searching_connection_writes_nothing(database: Database) -> None:
    with pytest.raises(StoreFailed):
        await database.search(asking("DELETE FROM messages"))


async def test_what_is_written_meanwhile_is_found_by_the_same_words(store: Store) -> None:
    await store.upsert([mail(1), mail(2)], owned=True)
    assert ids(await search(store, "subject")) == ["m2", "m1"]
    await store.upsert([mail(3), mail(0)], owned=True)
    assert ids(await search(store, "subject")) == ["m3", "m2", "m1", "m0"]
    assert (await search(store, "subject", View.inbox("nobody@mailsac.com"))).counts(ALL).total == 0
    found = await search(store, "subject")
    assert found.unread == 4
    await store.wish([Wish("m2", "read", True)])
    await store.remove(["m3"])
    found = await search(store, "subject or nothing")
    assert ids(found) == ["m2", "m1", "m0"]
    assert found.unread == 2


async def test_words_and_the_same_words_by_the_long_way_find_the_same(store: Store) -> None:
    await store.upsert(
        [mail(n, starred=n % 3 == 0, read=n % 2 == 0) for n in range(60)], owned=True
    )
    for text in (
        "",
        "s",
        "subject",
        "subject 1",
        "4 or 5",
        "subject -12",
        "from:acme",
        '"subject 7"',
    ):
        soon, long = await search(store, text), await search(store, f"{text} larger:0")
        by_hand = await search(store, text, order=Order("received", True, "the same"))
        assert list(soon.rows) == list(by_hand.rows)
        assert soon.unread == by_hand.unread
        assert set(long.rows) <= set(soon.rows)


WORDS = ("invoice", "inbox", "instead", "code", "cafés", "Straße", "tomorrow", "order-77")


def letter(number: int, words: str) -> bytes:
    return f"From: a@acme.example\r\nSubject: Mail {number}\r\n\r\n{words}\r\n".encode()


async def test_the_first_of_what_is_found_is_what_all_of_it_begins_with(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    told = [
        mail(n, read=n % 3 == 0, raw=letter(n, " ".join(WORDS[n % 6 :][:3]))) for n in range(300)
    ]
    await store.upsert(told, owned=True, pushed=True)
    await search(store, "")
    for text in ("in", "inv", "invoice inbox", "caf", "stra", "order-77", "body:to", "in -code"):
        first = await store.find_first(ALL, parse(text, now=START), 20)
        found = await search(store, text)
        assert first is not None, text
        shown = ids(first)
        assert shown == ids(found)[: len(shown)]
        assert len(shown) >= 20
        assert not first.counts(ALL).is_whole
        assert found.counts(ALL).is_whole
    await store.close()


async def test_what_is_rare_is_found_as_a_whole_alone(store: Store) -> None:
    rare = mail(0, starred=True, raw=letter(0, "needle"))
    await store.upsert([rare, *(mail(n) for n in range(1, 300))], owned=True, pushed=True)
    for text in ("needle", "is:starred", "is:starred subject"):
        assert await store.find_first(ALL, parse(text, now=START), 20) is None


async def test_the_first_for_which_a_condition_holds_are_found_without_words(store: Store) -> None:
    told = [mail(n, read=n % 2 == 0) for n in range(300)]
    await store.upsert(told, owned=True)
    for text in ("is:unread", "is:unread subject", "-is:unread"):
        first = await store.find_first(ALL, parse(text, now=START), 20)
        assert first is not None
        assert ids(first) == ids(await search(store, text))[: len(first.rows)]
        assert len(first.rows) > 30


async def test_what_is_known_already_needs_no_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    await store.upsert([mail(n) for n in range(300)], owned=True)
    assert await store.find_first(ALL, parse("subject", now=START), 1) is not None
    assert await store.find_first(ALL, parse("is:unread", now=START), 1) is not None
    for text in ("subject", "is:unread"):
        await search(store, text)
    assert await store.find_first(ALL, parse("subject", now=START), 1) is None
    assert await store.find_first(ALL, parse("is:unread", now=START), 1) is None
    await store.close()


async def test_what_has_come_or_was_read_since_is_among_the_first(store: Store) -> None:
    await store.upsert([mail(n) for n in range(300)], owned=True)

    async def first(text: str) -> list[str]:
        found = await store.find_first(ALL, parse(text, now=START), 1)
        return ids(found) if found else []

    assert (await first("subj"))[0] == "m299"
    assert await first("needle") == []
    await store.keep_raw("m299", letter(299, "needle"))
    assert await first("need") == ["m299"]
    await store.upsert([mail(300)], owned=True)
    assert (await first("subj"))[0] == "m300"
    assert await first("need") == ["m299"]


async def test_the_first_end_before_what_takes_long_to_read(store: Store) -> None:
    noise = random.Random(1).randbytes(60_000).hex()
    told = [mail(n, raw=letter(n, "needle")) for n in range(200)]
    told[150] = mail(150, raw=letter(150, f"needle {noise}"))
    await store.upsert(told, owned=True, pushed=True)
    first = await store.find_first(ALL, parse("need", now=START), 40)
    assert first is not None
    assert ids(first) == [f"m{n}" for n in range(199, 150, -1)]
