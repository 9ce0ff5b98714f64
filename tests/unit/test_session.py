from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sacterm.errors import (
    KeyRefused,
    OwnedByAnother,
    RateLimited,
    Rejected,
    ServerTrouble,
    ServiceError,
    StoreFailed,
    Unreachable,
)
from sacterm.mailbox.addresses import NotReserved, canonical
from sacterm.mailbox.bodies import Outcome
from sacterm.mailbox.changes import Wish
from sacterm.mailbox.ingest import Read
from sacterm.mailbox.ledger import Ledger, utc_now
from sacterm.mailbox.session import Session
from sacterm.mailbox.status import Change, FeedPhase
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import ALL, View
from sacterm.model import (
    Account,
    AccountStats,
    Address,
    Domain,
    Listening,
    Liveness,
    Lost,
    MailArrived,
    Message,
    Notice,
    Refused,
)
from tests.unit.fakes import FakeWire, mail, raw
from tests.waiting import until

A, B = "a@mailsac.com", "b@mailsac.com"


def live(email: str, **fields: object) -> Address:
    return Address(email=email, owner="jeff", websocket=True, **fields)  # type: ignore[arg-type]


@asynccontextmanager
async def running(
    wire: FakeWire,
    store: Store | None = None,
    watch: tuple[str, ...] = (),
    *,
    account: Account | None = None,
    ops_limit: int | None = None,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Session]:
    session = Session(
        store or Store(None),
        wire.connect,
        watch=watch,
        account=account,
        ops_limit=ops_limit,
        now=now,
    )
    session.start()
    try:
        yield session
    finally:
        await session.close()
        if session.failed.done() and not session.failed.cancelled():
            session.failed.result()
        await session.store.close()


def total(session: Session, view: View = ALL) -> int:
    return session.store.counts(view).total


@pytest.fixture
def wire() -> FakeWire:
    made = FakeWire()
    made.service.records = {A: live(A), B: Address(email=B, owner="jeff")}
    made.service.custom_domains = [Domain(name="shop.example", websocket=True)]
    made.service.mail = [mail(1), mail(2, B), mail(3, "x@shop.example")]
    made.service.raws = {m.id: raw(1) for m in made.service.mail}
    return made


async def test_a_cold_start_costs_four_ops_and_goes_live(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        assert sorted(wire.service.asked) == ["addresses", "domains", "list", "me"]
        await until(lambda: session.status.feed is FeedPhase.LISTENING)
        assert session.liveness(A) is Liveness.LIVE
        assert session.liveness("shop.example") is Liveness.LIVE
        assert session.liveness(B) is Liveness.OFF
        assert session.liveness("pub@mailsac.com") is Liveness.CANNOT
        assert (session.status.wanted, session.status.confirmed) == (2, 2)
        assert session.ledger.spent == 4
        assert session.ledger.left == 1500 - 10 - 3  # /me counts itself


async def test_an_account_that_was_just_told_is_not_asked_for_again(wire: FakeWire) -> None:
    async with running(wire, account=wire.service.account) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        assert sorted(wire.service.asked) == ["addresses", "domains", "list"]
        assert session.ledger.spent == 4
        assert session.store.account() == wire.service.account
        assert session.ledger.left == 1500 - 10 - 3


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
async def test_a_limit_of_ops_ends_what_nobody_asked_for(wire: FakeWire, limit: int) -> None:
    wire.service.records = {A: live(A)}
    store = Store(None)
    await store.set_addresses([live(A)])
    async with running(wire, store, ops_limit=limit) as session:
        await until(lambda: session.status.feed is FeedPhase.LISTENING)
        await until(lambda: session.ledger.is_at_limit)
        wire.feed.put(Lost("cut", 1.0))
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset({A})))
        wire.feed.put(MailArrived(mail(9, raw=raw(9))))
        await until(lambda: total(session) == 1)
        assert len(wire.service.asked) == limit
        assert session.status.problem is None
        session.refresh()
        await until(lambda: total(session) == 4)
        assert wire.service.asked[limit:] == ["list"]
        wire.feed.put(Lost("cut", 1.0))
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset({A})))
        wire.feed.put(MailArrived(mail(10, raw=raw(10))))
        await until(lambda: total(session) == 5)
        assert wire.service.asked[limit:] == ["list"]


async def test_a_bad_line_costs_few_listings(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: session.status.feed is FeedPhase.LISTENING and total(session) == 3)
        for _ in range(20):
            wire.feed.put(Lost("cut", 1.0))
            wire.feed.put(Listening(frozenset({A}), frozenset({"shop.example"}), frozenset({A})))
        wire.service.mail.append(mail(4))
        await until(lambda: total(session) == 4, limit=5)
        assert wire.service.asked.count("list") == 2


async def test_rest_that_works_again_hurries_the_socket(wire: FakeWire) -> None:
    wire.service.failing = Unreachable("no way")
    async with running(wire) as session:
        await until(lambda: session.status.problem)
        assert wire.feed.retried == 0
        wire.service.failing = None
        await until(lambda: session.status.online, limit=10)
        assert wire.feed.retried == 1


async def test_a_key_that_changed_hands_mixes_nothing(wire: FakeWire, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with running(wire, Store(path)) as session:
        await until(lambda: total(session) == 3 and session.status.online)
    other = FakeWire()
    other.service.account = Account(id="anna")
    other.service.mail = [mail(99)]
    other.service.records = {A: live(A)}
    moved: list[Account] = []
    session = Session(Store(path), other.connect, moved=moved.append)
    session.start()
    await until(lambda: session.status.problem)
    assert session.status.problem is not None
    assert "belongs to anna" in session.status.problem.text
    session.refresh()
    with pytest.raises(KeyRefused):
        await session.list_inbox(A)
    assert [account.id for account in moved] == ["anna"]
    assert total(session) == 3
    assert set(other.service.asked) == {"me"}
    await session.close()
    await session.store.close()


async def test_without_anything_to_listen_for_history_comes_at_once(wire: FakeWire) -> None:
    wire.service.records = {B: Address(email=B, owner="jeff")}
    wire.service.custom_domains = []
    async with running(wire) as session:
        await until(lambda: total(session) == 3, limit=2)
        assert session.status.feed is FeedPhase.IDLE


async def test_what_is_not_confirmed_is_not_called_live(wire: FakeWire) -> None:
    wire.feed.confirms = False
    async with running(wire) as session:
        await until(lambda: session.status.wanted == 2)
        assert session.liveness(A) is Liveness.WAITING
        wire.feed.put(Listening(frozenset(), frozenset({"shop.example"}), frozenset()))
        await until(lambda: session.liveness("shop.example") is Liveness.LIVE)
        assert session.liveness(A) is Liveness.WAITING
        assert (session.status.confirmed, session.status.wanted) == (1, 2)


async def test_mail_of_the_socket_is_stored_told_and_read_for_nothing(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        spent = session.ledger.spent
        told: list[Change] = []
        session.listen(told.append)
        wire.feed.put(*[MailArrived(mail(n, raw=raw(n))) for n in range(10, 260)])
        wire.feed.put(*[MailArrived(mail(n, raw=raw(n))) for n in range(10, 260)])
        await until(lambda: total(session) == 253)
        await until(lambda: any(change & Change.MAIL for change in told))
        reading = await session.bodies.read("m10", fetch=True)
        assert reading.outcome is Outcome.HERE
        assert reading.letter is not None
        assert "Body of 10" in reading.letter.text
        assert session.ledger.spent == spent


async def test_a_gap_is_closed_by_one_listing(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        wire.feed.put(Lost("cut", 1.0))
        await until(lambda: session.status.feed is FeedPhase.LOST)
        assert session.liveness(A) is Liveness.WAITING
        wire.service.mail.append(mail(9))
        spent = session.ledger.spent
        wire.feed.put(Listening(frozenset({A}), frozenset({"shop.example"}), frozenset({A})))
        await until(lambda: total(session) == 4)
        assert session.ledger.spent == spent + 1
        assert session.status.feed_problem is None


async def test_a_confirmation_without_a_gap_costs_nothing(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        spent = session.ledger.spent
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset()))
        await until(lambda: session.status.confirmed == 1)
        assert session.ledger.spent == spent


async def test_a_garbled_frame_may_have_been_mail_so_it_is_listed(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        wire.service.mail.append(mail(9))
        wire.feed.put(Notice("ok"), Notice("not JSON", garbled=True))
        await until(lambda: total(session) == 4)
        assert wire.service.asked.count("list") == 2


async def test_offline_shows_what_was_known_and_recovers_by_itself(
    wire: FakeWire, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"
    async with running(wire, Store(path)) as session:
        await until(lambda: total(session) == 3 and session.status.contact)
        contact = session.status.contact

    wire = FakeWire()
    wire.service.failing = Unreachable("no network")
    wire.feed.confirms = False
    wire.feed.put(Lost("no network", 1.0))
    async with running(wire, Store(path)) as session:
        assert total(session) == 3
        assert session.status.contact == contact
        await until(lambda: session.status.problem)
        assert session.status.problem is not None
        assert session.status.problem.text == "no network"
        assert session.status.problem.retry_at is not None
        assert not session.status.online
        wire.service.failing = None
        wire.service.mail = [mail(7)]
        wire.service.records = {A: live(A)}
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset({A})))
        await until(lambda: total(session) == 4 and session.status.online)
        assert session.status.problem is None


async def test_a_refused_key_is_not_tried_again_until_somebody_asks(wire: FakeWire) -> None:
    wire.service.failing = KeyRefused("wrong key", status=401)
    wire.feed.confirms = False
    async with running(wire) as session:
        wire.feed.put(Refused("401", "set a valid key"))
        await until(lambda: session.status.problem and session.status.feed is FeedPhase.REFUSED)
        assert session.status.problem is not None
        assert session.status.problem.retry_at is None
        wire.feed.put(Listening(frozenset({A}), frozenset(), frozenset({A})))
        wire.feed.put(MailArrived(mail(9, raw=raw(9))))
        await until(lambda: total(session) == 1)
        assert wire.service.asked == ["me"]
        wire.service.failing = None
        session.refresh()
        await until(lambda: session.status.online and total(session) == 4)
        assert wire.feed.retried == 1
        assert sorted(wire.service.asked) == ["addresses", "domains", "list", "me", "me"]


@pytest.mark.parametrize(
    "error", [RateLimited("quota", retry_after=900.0), ServerTrouble("x", retry_after=900.0)]
)
async def test_no_request_comes_before_the_service_wants_one(
    wire: FakeWire, error: ServiceError
) -> None:
    async with running(wire) as session:
        await until(lambda: session.status.online and total(session) == 3)
        wire.service.failing = error
        session.refresh()
        await until(lambda: session.status.problem)
        asked = len(wire.service.asked)
        session.refresh()
        wire.feed.put(Notice("x", garbled=True), MailArrived(mail(50)))
        await until(lambda: total(session) == 4)
        assert len(wire.service.asked) == asked


async def test_turning_on_changes_one_thing_and_waits_for_the_feed(wire: FakeWire) -> None:
    record = Address(
        email=B, owner="jeff", info="note", forward="f@x.example", webhook="https://h.example"
    )
    wire.service.records[B] = record
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        wire.feed.confirms = False
        seen: list[bool | None] = []
        session.listen(lambda change: seen.append(session.addresses.pending(B)))
        await session.addresses.set_websocket(B, True)
        assert True in seen
        assert session.addresses.pending(B) is None
        assert session.liveness(B) is Liveness.WAITING
        assert B in wire.feed.names
        sent = wire.service.records[B]
        assert sent.websocket
        assert (sent.info, sent.forward, sent.webhook) == (
            "note",
            "f@x.example",
            "https://h.example",
        )
        wire.feed.put(Listening(frozenset({A, B}), frozenset(), frozenset({B})))
        await until(lambda: session.liveness(B) is Liveness.LIVE)

        await session.addresses.set_websocket(B, False)
        assert session.liveness(B) is Liveness.OFF
        assert B not in wire.feed.names
        assert wire.service.records[B] == record


async def test_turning_on_rolls_back_with_the_reason(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        with pytest.raises(NotReserved):
            await session.addresses.set_websocket("nobody@mailsac.com", True)
        wire.service.failures["address"] = [OwnedByAnother("somebody's", status=401)]
        with pytest.raises(OwnedByAnother):
            await session.addresses.set_websocket("taken@mailsac.com", True)
        wire.service.put_is_ignored = True
        with pytest.raises(Rejected, match="left forwarding"):
            await session.addresses.set_websocket(B, True)
        assert session.liveness(B) is Liveness.OFF
        assert session.addresses.pending(B) is None


async def test_reserving_and_releasing(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: session.status.online and total(session) == 3)
        email = session.addresses.new_test_address()
        spent = session.ledger.spent
        await session.addresses.watch(email)
        assert session.ledger.spent == spent
        await session.addresses.reserve(email)
        assert session.liveness(email) is Liveness.OFF
        account = session.store.account()
        assert account is not None
        assert account.address_credits == 2
        await session.addresses.release(email)
        assert session.liveness(email) is Liveness.CANNOT
        assert [w.email for w in session.store.watched()] == [email]


async def test_reading_costs_one_op_once(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        spent = session.ledger.spent
        assert (await session.bodies.read("m1", fetch=False)).outcome is Outcome.NOT_ASKED
        for _ in range(3):
            assert (await session.bodies.read("m1", fetch=True)).outcome is Outcome.HERE
        assert session.ledger.spent == spent + 1
        assert await session.store.raw("m1") == raw(1)


async def test_a_message_the_service_lost_is_kept_and_asked_for_no_more(wire: FakeWire) -> None:
    wire.service.raws = {}
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        assert (await session.bodies.read("m1", fetch=True)).outcome is Outcome.GONE
        asked = len(wire.service.asked)
        assert (await session.bodies.read("m1", fetch=True)).outcome is Outcome.GONE
        assert len(wire.service.asked) == asked
        row = session.store.row("m1")
        assert row is not None
        assert row.gone


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Unreachable("away"), Outcome.OFFLINE), (ServerTrouble("x"), Outcome.FAILED)],
)
async def test_a_body_that_cannot_be_had_is_tried_again_when_asked(
    wire: FakeWire, error: ServiceError, outcome: Outcome
) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3)
        wire.service.failures["raw"] = [error]
        assert (await session.bodies.read("m1", fetch=True)).outcome is outcome
        assert (await session.bodies.read("m1", fetch=True)).outcome is Outcome.HERE


async def test_mail_that_arrives_while_closing_is_kept(wire: FakeWire, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with running(wire, Store(path)) as session:
        await until(lambda: total(session) == 3)
        wire.feed.put(*[MailArrived(mail(n, raw=raw(n))) for n in range(100, 400)])
        await until(lambda: total(session) > 3)
    store = Store(path)
    assert store.counts(ALL).total == 303
    assert sum(Ledger(store).month.values()) == 4
    await store.close()


class FullDisk(Store):
    """A store whose disk is full for the next mail that is pushed."""

    async def put(
        self, told: Sequence[Read], *, owned: bool, pushed: bool, as_of: int | None = None
    ) -> frozenset[str]:
        if pushed and told and self.counts(ALL).total == 3 and not self.meta("failed"):
            await self.set_meta({"failed": "once"})
            raise StoreFailed("the cache cannot be used: disk full")
        return await super().put(told, owned=owned, pushed=pushed, as_of=as_of)


async def test_a_disk_that_fails_is_told_and_loses_nothing(wire: FakeWire, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with running(wire, FullDisk(path)) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        wire.feed.put(MailArrived(mail(70, raw=raw(70))))
        await until(lambda: session.status.cache_problem)
        assert session.status.cache_problem is not None
        assert "disk full" in session.status.cache_problem.text
        assert session.status.online
        wire.feed.put(MailArrived(mail(71, raw=raw(71))))
    store = Store(path)
    assert {row.id for row in store.page(ALL, 0, 10)} >= {"m70"}
    await store.close()


class HeldDisk(Store):
    """A store that writes no pushed mail until it may."""

    may_write = asyncio.Event()

    async def put(
        self, told: Sequence[Read], *, owned: bool, pushed: bool, as_of: int | None = None
    ) -> frozenset[str]:
        if pushed:
            await self.may_write.wait()
        return await super().put(told, owned=owned, pushed=pushed, as_of=as_of)


async def test_a_burst_is_taken_in_as_fast_as_it_is_written(wire: FakeWire) -> None:
    HeldDisk.may_write = asyncio.Event()
    async with running(wire, HeldDisk(None)) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        wire.feed.put(*[MailArrived(mail(n, raw=raw(n))) for n in range(100, 1100)])
        await until(lambda: len(session._arrivals._mail) > 300)
        for _ in range(100):
            await asyncio.sleep(0)  # all that can go on does
        assert len(session._arrivals._mail) < 400
        HeldDisk.may_write.set()
        await until(lambda: total(session) == 1003)


async def test_a_burst_is_taken_in_whole_while_the_disk_fails(wire: FakeWire) -> None:
    class Full(Store):
        async def put(
            self, told: Sequence[Read], *, owned: bool, pushed: bool, as_of: int | None = None
        ) -> frozenset[str]:
            if pushed:
                raise StoreFailed("the disk is full")
            return await super().put(told, owned=owned, pushed=pushed, as_of=as_of)

    async with running(wire, Full(None)) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        wire.feed.put(*[MailArrived(mail(n, raw=raw(n))) for n in range(100, 1100)])
        await until(lambda: len(session._arrivals._mail) == 1000)


async def test_garbage_costs_one_listing_however_much_comes(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        listed = wire.service.asked.count("list")
        wire.feed.put(*[Notice("not JSON", garbled=True)] * 100, MailArrived(mail(77)))
        await until(lambda: total(session) == 4)
        await until(lambda: wire.service.asked.count("list") == listed + 1)


async def test_one_route_that_fails_leaves_the_rest(wire: FakeWire) -> None:
    wire.service.failures["domains"] = [ServerTrouble("down")] * 5
    async with running(wire) as session:
        await until(lambda: session.liveness(A) is Liveness.LIVE)
        await until(lambda: total(session) == 3)


async def test_text_that_is_no_text_in_a_record(wire: FakeWire) -> None:
    wire.service.records[A] = live(A, info="half an emoji \ud83d")
    wire.service.account = Account(id="jeff", labels=("\udfff",))
    async with running(wire) as session:
        await until(lambda: session.liveness(A) is Liveness.LIVE)
        address = session.store.address(A)
        assert address is not None
        assert address.info == "half an emoji �"


async def test_an_inbox_in_a_domain_of_ones_own_is_ones_own(wire: FakeWire) -> None:
    async with running(wire) as session:
        await until(lambda: session.liveness("shop.example") is Liveness.LIVE)
        assert session.liveness("y@shop.example") is Liveness.LIVE
        wire.service.mail.append(mail(50, "y@shop.example"))
        await session.addresses.watch("y@shop.example")
        await session.list_inbox("y@shop.example")
        assert total(session, View.domain("shop.example")) == 2
        assert total(session) == 4


async def test_watched_inboxes_are_listed_at_the_start(wire: FakeWire) -> None:
    wire.service.mail.append(mail(4, "pub@mailsac.com"))
    async with running(wire, watch=("pub@mailsac.com",)) as session:
        await until(lambda: total(session, View.inbox("pub@mailsac.com")) == 1)


async def test_ops_are_kept_for_the_month(wire: FakeWire, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with running(wire, Store(path)) as session:
        await until(lambda: session.status.online and "list" in wire.service.asked)
        await until(lambda: sum(session.ledger.month.values()) == 4)
    store = Store(path)
    assert sum(Ledger(store).month.values()) == 4
    await store.close()


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("  Jeff@Mailsac.com ", "jeff@mailsac.com"),
        ("jeff", "jeff@mailsac.com"),
        ("a+tag@x.example", "a@x.example"),
        ("é@x.example", "é@x.example"),
        ("*@x.example", "*@x.example"),
        ("", None),
        ("@x.example", None),
        ("a b@x.example", None),
        ("a@nodot", None),
        ("a/b@x.example", None),
        ("a@x.example\x1b[2J", None),
        ("x" * 300 + "@x.example", None),
    ],
)
def test_addresses_are_named_as_their_inbox_is(typed: str, email: str | None) -> None:
    assert canonical(typed) == email


async def test_with_a_wrong_clock_months_and_contacts_are_those_of_the_service(
    wire: FakeWire,
) -> None:
    here = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    wire.service.skew = timedelta(days=2)
    async with running(wire, now=lambda: here) as session:
        await until(lambda: total(session) == 3 and session.status.online)
        assert session.now() == here + timedelta(days=2)
        assert session.status.contact == here + timedelta(days=2)
        assert session.ledger.left == 1500 - 10 - 3
        await until(lambda: sum(session.store.ops("2026-12").values()) == 4)
        assert session.store.ops("2026-11") == {}


async def test_after_sleep_the_way_is_made_anew_at_once(wire: FakeWire) -> None:
    clock = [datetime(2026, 11, 20, 8, 0, tzinfo=UTC)]
    wire.service.failing = ServerTrouble("down", status=503)
    async with running(wire, now=lambda: clock[0]) as session:
        await until(lambda: session.status.problem)
        wire.service.failing = None
        clock[0] += timedelta(hours=9)
        await until(lambda: wire.feed.renewed, limit=8)
        await until(lambda: total(session) == 3 and session.status.online, limit=2)


async def test_at_the_limit_what_an_earlier_run_left_is_not_told_until_a_person_changes_something(
    wire: FakeWire,
) -> None:
    store = Store(None)
    await store.upsert(wire.service.mail, owned=True)
    await store.wish([Wish("m1", "starred", True)])
    async with running(wire, store, ops_limit=0) as session:
        await until(lambda: session.status.feed is FeedPhase.IDLE and session._begun)
        wire.feed.put(MailArrived(mail(9, raw=raw(9))))
        await until(lambda: total(session) == 4)
        assert wire.service.asked == []
        assert session.status.contact is None, "nobody was asked"
        await session.triage.set_starred(["m2"], True)
        await until(lambda: store.count_unsent() == 0)
        assert wire.service.asked == ["star", "star"]


async def test_at_the_limit_one_key_lists_all_that_is_new(wire: FakeWire) -> None:
    async with running(wire, ops_limit=4) as session:
        await until(lambda: session.ledger.is_at_limit and session.store.meta("listed-to"))
        wire.service.mail += [mail(n) for n in range(100, 2300)]
        session.refresh()
        await until(lambda: total(session) == 2203, limit=30)
        assert wire.service.asked[4:] == ["list"] * 3


async def test_a_watched_inbox_that_is_somebody_elses_now_is_told_and_holds_up_nothing(
    wire: FakeWire,
) -> None:
    refusals: list[str] = []

    async def messages(email: str, **_: object) -> tuple[Message, ...]:
        raise OwnedByAnother("it belongs to another account (403)", status=403)

    wire.service.messages = messages  # type: ignore[method-assign]
    session = Session(Store(None), wire.connect, watch=("pub@mailsac.com",))
    session.hear_refusals(refusals.append)
    session.start()
    await until(lambda: refusals and session.status.online and total(session) == 3)
    assert refusals == ["pub@mailsac.com is not listed: it belongs to another account (403)"]
    assert session.status.problem is None
    await session.close()
    await session.store.close()


async def test_the_accounts_figures_are_asked_for_when_wanted_and_what_came_is_kept(
    wire: FakeWire,
) -> None:
    async with running(wire, ops_limit=4) as session:
        await until(lambda: session.status.online and total(session) == 3)
        assert session.store.stats() is None
        assert "stats" not in wire.service.asked
        wire.service.account = replace(wire.service.account, ops_used=100)
        await session.ask_account()
        assert wire.service.asked[4:] == ["me", "stats"]
        assert session.ledger.used == 101  # /me counts itself
        assert session.store.stats() == AccountStats(stored=3, starred=0)
        wire.service.account = replace(wire.service.account, ops_used=200)
        wire.service.failures["stats"] = [Unreachable("no way")]
        with pytest.raises(Unreachable):
            await session.ask_account()
        assert session.ledger.used == 200
        assert session.store.stats() == AccountStats(stored=3, starred=0)
