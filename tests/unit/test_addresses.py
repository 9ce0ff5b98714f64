from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sacterm.errors import (
    KeyRefused,
    NotFound,
    OwnedByAnother,
    RateLimited,
    Rejected,
    ServerTrouble,
    ServiceError,
    TimedOut,
    Unreachable,
)
from sacterm.mailbox.addresses import (
    LONGEST_NOTE,
    AddressBook,
    NoOutgoing,
    NotReserved,
    TooFewCredits,
    canonical,
    field_fault,
    keeping,
    parse_list,
    split_list,
)
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import View
from sacterm.model import Account, Address, Domain
from tests.unit.fakes import START, FakeService, mail

A, B = "a@mailsac.com", "b@mailsac.com"
RECORD = Address(
    email=A,
    owner="jeff",
    info="for CI",
    forward="team@x.example",
    webhook="https://h.example/x",
    webhook_slack="https://slack.example/x",
    webhook_slack_to_from=True,
    websocket=True,
    encrypted_inbox="inbox-1@mailsac.com",
)


class Rig:
    """An address book over a fake service."""

    def __init__(self) -> None:
        self.store = Store(None)
        self.service = FakeService()
        self.online = True
        self.changed = 0
        self.book = AddressBook(self.store, self._get_service, self._count)

    def _get_service(self) -> FakeService | None:
        return self.service if self.online else None

    def _count(self) -> None:
        self.changed += 1

    async def own(self, *records: Address) -> None:
        """Give the account addresses, and tell the store of them."""
        self.service.records = {record.email: record for record in records}
        await self.store.set_addresses(records)

    async def credit(self, credits: int | None) -> None:
        await self.store.set_account(Account(id="jeff", address_credits=credits))

    @property
    def credits(self) -> int | None:
        account = self.store.account()
        return account.address_credits if account else None

    @property
    def emails(self) -> list[str]:
        """What the store takes for the account's own."""
        return [address.email for address in self.store.addresses()]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    yield made
    await made.store.close()


def many(count: int) -> list[str]:
    return [f"n{number}@mailsac.com" for number in range(count)]


class TestUpdate:
    async def test_sends_the_whole_record_back_with_what_was_changed(self, rig: Rig) -> None:
        await rig.own(RECORD)
        told = await rig.book.update(RECORD, replace(RECORD, info="for staging"))
        assert rig.service.records[A] == replace(RECORD, info="for staging") == told
        assert rig.store.address(A) == told
        assert rig.service.asked == ["address", "forwarding", "address"]
        assert (rig.changed, rig.book.changes) == (1, 1)

    async def test_keeps_what_was_changed_elsewhere_meanwhile(self, rig: Rig) -> None:
        await rig.own(RECORD)
        elsewhere = replace(RECORD, websocket=False, forward="new@x.example")
        rig.service.records[A] = elsewhere
        await rig.book.update(RECORD, replace(RECORD, info=""))
        assert rig.service.records[A] == replace(elsewhere, info="")

    async def test_asks_nothing_where_nothing_is_changed(self, rig: Rig) -> None:
        bare = Address(email=A, owner="jeff")
        await rig.own(bare)
        assert await rig.book.update(bare, replace(bare, info="", webhook="")) == bare
        assert rig.service.asked == []

    async def test_believes_an_answer_that_shows_the_change(self, rig: Rig) -> None:
        await rig.own(RECORD)

        class Telling(FakeService):
            async def put_forwarding(self, record: Address) -> Address | None:
                await super().put_forwarding(record)
                return replace(record, email="other@mailsac.com", owner=None, encrypted_inbox=None)

        rig.service.__class__ = Telling
        told = await rig.book.update(RECORD, replace(RECORD, info="new"))
        assert rig.service.asked == ["address", "forwarding"]
        assert told == replace(RECORD, info="new")
        assert rig.emails == [A]

    @pytest.mark.parametrize("lacking", [{"info": None}, {"webhook": None}, {"websocket": False}])
    async def test_does_not_believe_an_answer_that_leaves_something_out(
        self, rig: Rig, lacking: dict[str, object]
    ) -> None:
        await rig.own(RECORD)

        class Silent(FakeService):
            async def put_forwarding(self, record: Address) -> Address | None:
                await super().put_forwarding(record)
                return replace(record, **lacking)

        rig.service.__class__ = Silent
        told = await rig.book.update(RECORD, replace(RECORD, info=""))
        assert rig.service.asked == ["address", "forwarding", "address"]
        assert told == replace(RECORD, info="")

    async def test_says_what_the_service_kept(self, rig: Rig) -> None:
        await rig.own(RECORD)
        rig.service.put_is_ignored = True
        wanted = replace(RECORD, info="", websocket=False, forward="x@y.example")
        with pytest.raises(Rejected) as refusal:
            await rig.book.update(RECORD, wanted)
        assert str(refusal.value) == (
            "Mailsac left note as “for CI”, forward as “team@x.example”,"
            f" forwarding to the web socket on for {A}"
        )
        assert rig.store.address(A) == RECORD

    @pytest.mark.parametrize("answer", [None, NotFound("gone", status=404)])
    async def test_of_an_address_that_nobody_owns(
        self, rig: Rig, answer: ServiceError | None
    ) -> None:
        if answer:
            rig.service.failures["address"] = [answer]
        with pytest.raises(NotReserved):
            await rig.book.update(RECORD, replace(RECORD, info="x"))
        assert "forwarding" not in rig.service.asked

    async def test_leaves_the_store_alone_when_it_is_refused(self, rig: Rig) -> None:
        await rig.own(RECORD)
        rig.service.failures["forwarding"] = [TimedOut("no answer")]
        with pytest.raises(TimedOut):
            await rig.book.update(RECORD, replace(RECORD, info="x"))
        assert rig.store.address(A) == RECORD
        rig.online = False
        with pytest.raises(Unreachable):
            await rig.book.update(RECORD, replace(RECORD, info="x"))


class TestReserveMany:
    async def test_takes_one_op_for_a_hundred(self, rig: Rig) -> None:
        await rig.credit(300)
        result = await rig.book.reserve_many(many(250))
        assert (rig.service.asked, rig.book.changes) == (["reserve"] * 3, 3)
        assert list(result.new) == many(250)
        assert (result.already, result.refused) == ((), ())
        assert set(rig.emails) == set(many(250))
        assert rig.credits == 50

    async def test_skips_what_is_ours_and_what_is_named_twice(self, rig: Rig) -> None:
        await rig.own(RECORD)
        await rig.credit(1)
        result = await rig.book.reserve_many([A, B, B, A])
        assert (result.new, result.already) == ((B,), (A,))
        assert (await rig.book.reserve_many([A, B])).already == (A, B)
        assert rig.service.asked == ["reserve"]
        assert rig.store.address(A) == RECORD

    async def test_asks_nothing_where_the_credits_do_not_suffice(self, rig: Rig) -> None:
        await rig.credit(2)
        with pytest.raises(TooFewCredits, match="addresses to reserve: 3, credits left: 2"):
            await rig.book.reserve_many(many(3))
        assert rig.service.asked == []
        await rig.credit(None)
        assert len((await rig.book.reserve_many(many(3))).new) == 3

    async def test_a_refusal_is_told_for_each_address_and_nothing_is_assumed(
        self, rig: Rig
    ) -> None:
        await rig.credit(300)
        rig.service.taken = {"n1@mailsac.com"}
        result = await rig.book.reserve_many(many(102))
        assert rig.service.asked == ["reserve", "reserve", "addresses"]
        assert result.new == ("n100@mailsac.com", "n101@mailsac.com")
        reasons = dict(result.refused)
        assert list(reasons) == many(100)
        assert "owned by another" in reasons["n1@mailsac.com"]
        assert reasons["n0@mailsac.com"] == "asked for together with n1@mailsac.com"
        assert sorted(rig.emails) == sorted(result.new)
        assert rig.credits == 298

    async def test_what_a_refused_op_did_reserve_is_found_out(self, rig: Rig) -> None:
        await rig.credit(10)
        rig.service.failures["reserve"] = [Rejected("some of them", status=400)]
        rig.service.records["n1@mailsac.com"] = Address(email="n1@mailsac.com", owner="jeff")
        result = await rig.book.reserve_many(many(2))
        assert result.new == ("n1@mailsac.com",)
        assert result.refused == (("n0@mailsac.com", "some of them"),)
        assert rig.emails == ["n1@mailsac.com"]

    async def test_what_an_answer_does_not_show_is_looked_up(self, rig: Rig) -> None:
        class Silent(FakeService):
            async def reserve_many(self, emails: object) -> tuple[Address, ...]:
                self._ask("reserve")
                return (Address(email="n0@mailsac.com"), Address(email="odd@mailsac.com"))

        rig.service.__class__ = Silent
        rig.service.records["n1@mailsac.com"] = Address(email="n1@mailsac.com", owner="jeff")
        result = await rig.book.reserve_many(many(3))
        assert result.new == ("n0@mailsac.com", "n1@mailsac.com")
        assert result.refused == (("n2@mailsac.com", "Mailsac does not show it"),)
        assert rig.emails == ["n0@mailsac.com", "n1@mailsac.com"]
        assert all(address.owner for address in rig.store.addresses())

    async def test_after_a_failure_nothing_more_is_asked_for(self, rig: Rig) -> None:
        rig.service.failures["reserve"] = [RateLimited("slow down", status=429)]
        result = await rig.book.reserve_many(many(250))
        assert rig.service.asked == ["reserve", "addresses"]
        assert result.new == ()
        assert dict(result.refused) == dict.fromkeys(many(250), "slow down")

    async def test_what_was_reserved_before_the_connection_went_is_kept(self, rig: Rig) -> None:
        gone = Unreachable("no connection")

        class Going(FakeService):
            async def reserve_many(self, emails: object) -> tuple[Address, ...]:
                reserved = await super().reserve_many(emails)  # type: ignore[arg-type]
                self.failing = gone
                return reserved

        rig.service.__class__ = Going
        with pytest.raises(Unreachable):
            await rig.book.reserve_many(many(150))
        assert sorted(rig.emails) == sorted(many(100))
        rig.service.failing = None
        rig.service.__class__ = FakeService
        result = await rig.book.reserve_many(many(150))
        assert (len(result.already), len(result.new)) == (100, 50)


async def test_releasing_gives_a_credit_back(rig: Rig) -> None:
    await rig.own(RECORD)
    await rig.credit(0)
    await rig.book.release(A)
    assert (rig.credits, rig.emails) == (1, [])
    await rig.book.reserve(A)
    assert (rig.credits, rig.emails) == (0, [A])


class TestCheck:
    async def test_costs_an_op_for_one_and_for_each_fifty(self, rig: Rig) -> None:
        rig.service.mistaken = {"x"}
        assert await rig.book.check([]) == ()
        (one,) = await rig.book.check(["x"])
        assert not one.valid_format
        assert rig.service.asked == ["validate"]
        checks = await rig.book.check(many(101))
        assert [check.email for check in checks] == many(101)
        assert rig.service.asked == ["validate"] * 4


class TestSendTest:
    async def test_comes_from_an_address_of_the_account(self, rig: Rig) -> None:
        await rig.own(Address(email="*@own.example", owner="jeff"), RECORD)
        await rig.book.send_test("a+tag@mailsac.com", "S", "T")
        await rig.book.send_test("else@x.example", "S", "T")
        sent = [(mail["sender"], mail["to"]) for mail in rig.service.sent]
        assert sent == [
            ("a+tag@mailsac.com", ("a+tag@mailsac.com",)),
            (A, ("else@x.example",)),
        ]
        await rig.own()
        assert rig.book.sender(B) == B

    @pytest.mark.parametrize(
        "refusal",
        [
            NotFound("it is not there (404)", status=404),
            OwnedByAnother("it belongs to another account (403)", status=403),
            Rejected("the service refuses this (405)", status=405),
            ServerTrouble("the service has trouble (501)", status=501),
        ],
    )
    async def test_a_refusal_says_what_to_do_instead(self, rig: Rig, refusal: ServiceError) -> None:
        rig.service.failures["send"] = [refusal]
        with pytest.raises(NoOutgoing, match="Mailsac takes no outgoing mail") as told:
            await rig.book.send_test(B, "S", "T")
        assert told.value.remedy == f"send to {B} from your own software"
        assert str(refusal.status) in str(told.value)
        assert told.value.status == refusal.status

    @pytest.mark.parametrize(
        "refusal",
        [
            KeyRefused("no such key", status=401),
            RateLimited("spent", status=429),
            ServerTrouble("trouble", status=503),
            Unreachable("offline"),
        ],
    )
    async def test_other_faults_are_what_they_are(self, rig: Rig, refusal: ServiceError) -> None:
        rig.service.failures["send"] = [refusal]
        with pytest.raises(type(refusal)) as told:
            await rig.book.send_test(B, "S", "T")
        assert told.value is refusal


async def test_a_domain_is_read_anew_and_kept(rig: Rig) -> None:
    await rig.store.set_domains([Domain(name="a.example"), Domain(name="b.example")])
    rig.service.custom_domains = [Domain(name="b.example", verified=True, websocket=True)]
    rig.service.mail = [mail(1, "x@b.example")]
    assert (await rig.book.domain("b.example")).total_messages == 1
    assert [domain.websocket for domain in rig.store.domains()] == [False, True]
    assert (rig.changed, rig.service.asked) == (1, ["domains"])


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", []),
        (" \n,;\t ", []),
        ("a@x.example, b@x.example;c@x.example d@x.example\r\ne@x.example", "abcde"),
        ("a@x.example\na@x.example", "a"),
        ("Jane Doe <a@x.example>, b@x.example", "ab"),
        ('"Doe, Jane" <a@x.example>; "b@x.example" <b@x.example>', "ab"),
        ("a@x.example Bob <b@x.example> c@x.example", "abc"),
        ('["a@x.example", "b@x.example"]', "ab"),
        ('"a@x.example","Doe, Bob" <b@x.example>', "ab"),
        ("<a@x.example><b@x.example>", "ab"),
        ("<a@x.example", "a"),
        ('a@x.example "', "a"),
    ],
)
def test_lists_as_people_paste_them(text: str, entries: str) -> None:
    assert split_list(text) == tuple(f"{letter}@x.example" for letter in entries)


def test_a_list_means_inboxes_and_says_what_is_none() -> None:
    emails, faults = parse_list("A+tag@x.example a@X.example signup, a@@b x@y <>")
    assert emails == ("a@x.example", "signup@mailsac.com")
    assert faults == ("a@@b", "x@y")


_LOCAL = st.text("abcxyz0189._-", min_size=1, max_size=12)
_EMAIL = st.builds("{}@{}.example".format, _LOCAL, st.text("abc09", min_size=1, max_size=8))
_NAME = st.sampled_from(["", "Jane ", '"Doe, Jane" ', "山田 太郎 ", "'J' "])
_BETWEEN = st.sampled_from(["\n", "\r\n", ",", "; ", " ,\n", "\n\n"])


@settings(max_examples=75, deadline=None)
@given(st.lists(st.tuples(_NAME, _EMAIL, _BETWEEN), max_size=12))
def test_every_address_of_a_list_is_found_once_in_order(
    entries: list[tuple[str, str, str]],
) -> None:
    text = "".join(
        f"{name}<{email}>{after}" if name else f"{email}{after}" for name, email, after in entries
    )
    emails, faults = parse_list(text)
    assert emails == tuple(dict.fromkeys(email for _, email, _ in entries))
    assert faults == ()


@settings(max_examples=75, deadline=None)
@given(st.text('ab@.x<>",;: \n[]“\u202e\x1b', max_size=60))
def test_any_text_is_a_list_of_addresses_and_faults(text: str) -> None:
    emails, faults = parse_list(text)
    assert all(canonical(email) == email for email in emails)
    assert all(fault and canonical(fault) is None for fault in faults)
    assert len(set(emails)) == len(emails)


def test_long_lists_are_read_at_once() -> None:
    for text in ('"' * 100_000, "<" * 100_000, '" ' * 50_000, "a " * 50_000, "<a" * 50_000):
        split_list(text)  # a quadratic reader would take minutes
    assert len(parse_list("\n".join(many(10_000)))[0]) == 10_000


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("info", "", True),
        ("info", "é\n👩‍👧", True),
        ("info", "x" * LONGEST_NOTE, True),
        ("info", "x" * (LONGEST_NOTE + 1), False),
        ("forward", "", True),
        ("forward", "a+b@x.example", True),
        ("forward", "bare", False),
        ("forward", "a@x.example, b@x.example", False),
        ("webhook", "", True),
        ("webhook", "http://localhost:8080/x?y=1", True),
        ("webhook", "https://h.example", True),
        ("webhook", "ftp://h.example", False),
        ("webhook", "h.example/x", False),
        ("webhook", "https://", False),
        ("webhook", "https://h.example/a b", False),
        ("webhook", "https://h.example:x/", False),
        ("webhook", "https://[::1", False),
        ("webhook", "https://h.example/\u202e", False),
        ("webhook_slack", "", True),
        ("webhook_slack", "https://hooks.slack.com/x", True),
        ("webhook_slack", "http://hooks.slack.com/x", False),
    ],
)
def test_what_a_field_takes(name: str, value: str, good: bool) -> None:
    assert (field_fault(name, value) == "") is good


async def test_what_a_public_inbox_keeps(rig: Rig) -> None:
    def told(hours: float) -> tuple[str, str] | None:
        rows = rig.store.page(View.inbox(A), 0, 10)
        found = keeping(rows, START + timedelta(hours=hours))
        return (found.kept, found.left) if found else None

    assert told(0) is None
    await rig.store.upsert([mail(0, A), mail(3600, A)], owned=False)
    assert told(1) == ("2 of 6 kept", "3 days")
    assert told(49) == ("2 of 6 kept", "1 day")
    assert told(73) == ("2 of 6 kept", "23 h")
    assert told(95.9) == ("2 of 6 kept", "1 h")
    assert told(96.5) == ("1 of 6 kept", "1 h")
    assert told(98) is None
    await rig.store.upsert([mail(7200 + n, A) for n in range(6)], owned=False)
    assert told(2.5) == ("6 of 6 kept", "3 days")
    assert told(97.9) == ("6 of 6 kept", "1 h")
    await rig.store.set_gone("m7205")
    assert told(2.5) == ("5 of 6 kept", "3 days")
