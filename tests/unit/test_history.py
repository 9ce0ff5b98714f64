from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sacterm.errors import ServerTrouble
from sacterm.mailbox import history
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, View
from tests.unit.fakes import START, FakeService, mail


@pytest.fixture
async def store():  # type: ignore[no-untyped-def]
    opened = Store(None)
    yield opened
    await opened.close()


def known(store: Store) -> set[str]:
    return {row.id for row in store.page(ALL, 0, 100_000)}


async def test_the_first_listing_is_one_page_and_says_what_it_left(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(n) for n in range(2500)]
    await history.catch_up(service, store)
    assert service.asked == ["list"]
    assert known(store) == {f"m{n}" for n in range(1500, 2500)}
    assert history.has_older(store)

    await history.older(service, store)
    assert len(known(store)) == 1975
    await history.older(service, store)
    assert len(known(store)) == 2500
    assert not history.has_older(store)
    assert len(service.asked) == 3


async def test_a_small_account_has_nothing_older(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(n) for n in range(3)]
    await history.catch_up(service, store)
    assert not history.has_older(store)


async def test_later_listings_are_paged_until_nothing_is_missing(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(0)]
    await history.catch_up(service, store)
    service.mail += [mail(n) for n in range(1, 2501)]
    await history.catch_up(service, store)
    assert known(store) == {f"m{n}" for n in range(2501)}
    assert service.asked == ["list"] * 4


async def test_an_account_that_was_empty_is_listed_whole(store: Store) -> None:
    service = FakeService()
    await history.catch_up(service, store)
    service.mail = [mail(n) for n in range(1200)]
    await history.catch_up(service, store)
    assert len(known(store)) == 1200


async def test_only_what_is_new_is_asked_for(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(n * 60) for n in range(900)]
    await history.catch_up(service, store)
    service.mail.append(mail(900 * 60))
    before = service.asked.copy()
    await history.catch_up(service, store)
    assert len(service.asked) == len(before) + 1
    assert known(store) == {f"m{n * 60}" for n in range(901)}


async def test_a_service_that_ignores_since_is_paged_to_known_mail(store: Store) -> None:
    service = FakeService()
    service.ignores_since = True
    service.mail = [mail(n * 10) for n in range(3000)]
    await history.catch_up(service, store)
    service.mail += [mail(30_000 + n) for n in range(3)]
    await history.catch_up(service, store)
    assert len(service.asked) == 2
    assert {"m30000", "m30001", "m30002"} <= known(store)


async def test_mail_of_the_socket_does_not_hide_what_came_before_it(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(0)]
    await history.catch_up(service, store)
    missed = [mail(n * 3600) for n in range(1, 30)]
    service.mail += [*missed, mail(100_000)]
    await store.upsert([mail(100_000)], owned=True, pushed=True)
    await history.catch_up(service, store)
    assert known(store) == {m.id for m in service.mail}


async def test_a_listing_that_breaks_off_is_done_again_whole(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(0)]
    await history.catch_up(service, store)
    service.mail += [mail(n) for n in range(3600, 5700)]
    service.failures["list"] = []

    def break_second(skip: int) -> None:
        if skip:
            service.before_page = lambda skip: None
            raise ServerTrouble("down", status=503)

    service.before_page = break_second
    with pytest.raises(ServerTrouble):
        await history.catch_up(service, store)
    assert len(known(store)) == 1001
    await history.catch_up(service, store)
    assert len(known(store)) == 2101


async def test_mail_of_the_future_hides_nothing(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(1, received=datetime(2099, 1, 1, tzinfo=UTC))]
    await history.catch_up(service, store)
    service.mail += [mail(n, received=datetime.now(UTC)) for n in range(2, 50)]
    await history.catch_up(service, store)
    assert len(known(store)) == 49


async def test_a_service_that_ignores_skip_is_not_paged_for_ever(store: Store) -> None:
    service = FakeService()
    service.ignores_skip = True
    await history.catch_up(service, store)
    service.mail = [mail(n) for n in range(1500)]
    await history.catch_up(service, store)
    assert len(service.asked) < 5


@pytest.mark.parametrize("deleted", [10, 400, 1000, 1700])
async def test_deletions_between_two_pages_hide_nothing(store: Store, deleted: int) -> None:
    service = FakeService()
    await history.catch_up(service, store)
    service.mail = [mail(n) for n in range(2600)]

    def delete_newest(skip: int) -> None:
        if skip:
            service.before_page = lambda skip: None
            del service.mail[-deleted:]

    service.before_page = delete_newest
    await history.catch_up(service, store)
    assert {m.id for m in service.mail} <= known(store)


async def test_older_mail_is_found_though_much_is_gone_at_the_service(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(n) for n in range(3000)]
    await history.catch_up(service, store)
    del service.mail[-900:]
    while history.has_older(store):
        await history.older(service, store)
    assert {m.id for m in service.mail} <= known(store)


async def test_mail_received_out_of_order_within_minutes_is_caught(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(0), mail(1000)]
    await history.catch_up(service, store)
    service.mail.append(mail(2, received=START + timedelta(seconds=700)))
    await history.catch_up(service, store)
    assert "m2" in known(store)


async def test_what_was_listed_a_moment_ago_is_not_paged_again(store: Store) -> None:
    """However much came within the margin for clocks that differ."""
    service = FakeService()
    moment = timedelta(milliseconds=1)
    service.mail = [mail(n, received=START + n * moment) for n in range(3000)]
    await history.catch_up(service, store)
    service.mail += [mail(n, received=START + n * moment) for n in range(3000, 3500)]
    service.asked.clear()
    await history.catch_up(service, store)
    assert service.asked == ["list"]
    assert len(known(store)) == 1500


async def test_mail_that_came_late_among_what_was_listed_is_paged_for(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(n) for n in range(500)]
    await history.catch_up(service, store)
    service.mail += [
        mail(n + 5000, received=START + timedelta(seconds=n // 3)) for n in range(1000)
    ]
    service.asked.clear()
    await history.catch_up(service, store)
    assert len(known(store)) == 1500
    assert service.asked == ["list"] * 2


async def test_pushes_do_not_count_as_listed(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(n) for n in range(200)]
    await history.catch_up(service, store)
    pushed = [mail(n) for n in range(700, 1900)]
    await store.upsert(pushed, owned=True, pushed=True)
    service.mail += [mail(n) for n in range(200, 1900)]
    await history.catch_up(service, store)
    assert len(known(store)) == 1900


async def test_a_public_inbox_is_not_the_accounts(store: Store) -> None:
    service = FakeService()
    service.mail = [mail(1, "pub@mailsac.com"), mail(2)]
    await store.watch("pub@mailsac.com")
    assert not await history.list_inbox(service, store, "pub@mailsac.com")
    assert store.counts(ALL).total == 0
    assert store.counts(View.inbox("pub@mailsac.com")).total == 1
    assert store.watched()[0].listed is not None
    service.mail.append(mail(3, "pub@mailsac.com"))
    assert await history.list_inbox(service, store, "pub@mailsac.com") == {"m3"}
