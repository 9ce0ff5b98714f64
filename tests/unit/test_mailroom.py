"""The sandbox's rules, without a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sacterm.sandbox.mailroom import Mailroom
from sacterm.sandbox.records import Forwarding, Gone, Marks, Message, Ops, Plan, Record, Released
from sacterm.sandbox.registry import Refusal, new_id, new_key, normal

ME, OTHER = "me", "other"
BOX = "box@mailsac.com"
START = datetime(2026, 11, 20, 12, 0, 0, 123_999, tzinfo=UTC)


def letter(subject: str = "x") -> bytes:
    return f"Subject: {subject}\r\n\r\n".encode()


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> Mailroom:
    room = Mailroom(now=clock)
    room.create_account(ME, key="k_me")
    room.create_account(OTHER, key="k_other")
    return room


def deliver(room: Mailroom, *to: str, subject: str = "x", raw: bytes | None = None) -> Message:
    return room.deliver(raw or letter(subject), "a@example.com", to)[0]


def subjects(messages: list[Message]) -> list[str]:
    return [message.letter.subject for message in messages]


def refused(act: Callable[[], object]) -> int:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.status


class TestNames:
    @pytest.mark.parametrize(
        ("written", "inbox"),
        [
            ("a+tag@x.example", "a@x.example"),
            ("A+b+c@X.Example", "a@x.example"),
            ("+tag@x.example", "+tag@x.example"),
            ("*@x.example", "*@x.example"),
            ('"a@b"@x.example', '"a@b"@x.example'),
            ("postmaster", "postmaster"),
        ],
    )
    def test_plus_tags_and_case_do_not_matter(self, written: str, inbox: str) -> None:
        assert normal(written) == inbox

    def test_ids_and_keys_are_opaque_unique_and_safe_in_urls(self) -> None:
        ids = {new_id() for _ in range(1000)}
        assert len(ids) == 1000
        assert all(one.isalnum() for one in ids)
        assert new_key() != new_key()


class TestDelivery:
    def test_goes_to_each_recipient_once(self, room: Mailroom) -> None:
        stored = room.deliver(letter(), "", ["a@x.example", "b@x.example", "a@x.example"])
        assert [message.mail.inbox for message in stored] == ["a@x.example", "b@x.example"]
        assert len({message.mail.id for message in stored}) == 2

    def test_original_inbox_keeps_what_was_written(self, room: Mailroom) -> None:
        mail = deliver(room, "Box+Tag@mailsac.com").mail
        assert (mail.inbox, mail.original_inbox) == (BOX, "Box+Tag@mailsac.com")

    def test_a_catch_all_takes_what_no_reserved_address_does(self, room: Mailroom) -> None:
        room.add_domain(ME, "own.example")
        assert deliver(room, "any@own.example").mail.inbox == "any@own.example"
        room.reserve(ME, ["*@own.example", "own@own.example"])
        caught = deliver(room, "any+t@own.example").mail
        assert (caught.inbox, caught.original_inbox) == ("*@own.example", "any+t@own.example")
        assert deliver(room, "own+t@own.example").mail.inbox == "own@own.example"
        assert deliver(room, "any@other.example").mail.inbox == "any@other.example"

    def test_the_alternate_address_hides_the_inbox(self, room: Mailroom) -> None:
        (address,) = room.reserve(ME, [BOX])
        assert address.encrypted_inbox.startswith("inbox-")
        assert address.encrypted_inbox.endswith("@mailsac.com")
        mail = deliver(room, address.encrypted_inbox.upper()).mail
        assert (mail.inbox, mail.original_inbox) == (BOX, address.encrypted_inbox.upper())
        room.release(ME, BOX)
        assert deliver(room, address.encrypted_inbox).mail.inbox == address.encrypted_inbox

    def test_time_is_told_in_whole_milliseconds(self, room: Mailroom) -> None:
        assert deliver(room, BOX).mail.received == START.replace(microsecond=123_000)

    def test_listeners_see_it_stored_with_its_marks(self, room: Mailroom) -> None:
        seen: list[tuple[bool, bool]] = []

        def listen(message: Message) -> int:
            seen.append((message in room.of_inbox(BOX), message.marks.read))
            return 1

        room.listeners.append(listen)
        room.deliver(letter(), "", [BOX], marks=Marks(id="", read=True))
        assert seen == [(True, True)]


class TestKeeping:
    def test_a_public_inbox_keeps_the_newest_six(self, room: Mailroom, clock: Clock) -> None:
        for number in range(8):
            clock.time += timedelta(seconds=1)
            deliver(room, BOX, subject=str(number))
        assert subjects(room.of_inbox(BOX)) == list("765432")

    def test_what_is_starred_stays_and_counts(self, room: Mailroom, clock: Clock) -> None:
        first = deliver(room, BOX, subject="starred")
        room.mark(first, Marks(id=first.mail.id, saved_by=ME))
        for number in range(8):
            clock.time += timedelta(seconds=1)
            deliver(room, BOX, subject=str(number))
        assert subjects(room.of_inbox(BOX)) == [*"765432", "starred"]

    def test_public_mail_goes_after_four_days(self, room: Mailroom, clock: Clock) -> None:
        message = deliver(room, BOX)
        clock.time += timedelta(days=4, seconds=-1)
        assert len(room.public_inbox(ME, BOX)) == 1
        clock.time += timedelta(seconds=2)
        assert refused(lambda: room.message(ME, BOX, message.mail.id)) == 404
        assert room.public_inbox(ME, BOX) == []

    def test_owned_mail_goes_at_the_message_limit_oldest_first(
        self, room: Mailroom, clock: Clock
    ) -> None:
        room.create_account(ME, key="k_me", plan=Plan(messages=3))
        room.reserve(ME, [BOX, "b@mailsac.com"])
        first = deliver(room, BOX, subject="starred")
        room.mark(first, Marks(id=first.mail.id, saved_by=ME))
        for number in range(4):
            clock.time += timedelta(days=30)
            deliver(room, (BOX, "b@mailsac.com")[number % 2], subject=str(number))
        deliver(room, "public@mailsac.com")
        assert subjects(room.of_account(ME)) == ["3", "2", "starred"]

    def test_reserving_saves_public_mail(self, room: Mailroom, clock: Clock) -> None:
        deliver(room, BOX)
        room.reserve(ME, [BOX])
        clock.time += timedelta(days=40)
        assert len(room.public_inbox(ME, BOX)) == 1


class TestOwners:
    def test_reserving_is_all_or_nothing(self, room: Mailroom) -> None:
        room.create_account(ME, key="k_me", plan=Plan(credits=2))
        room.reserve(OTHER, [BOX])
        assert refused(lambda: room.reserve(ME, ["a@mailsac.com", BOX])) == 401
        three = [f"{name}@mailsac.com" for name in "abc"]
        assert refused(lambda: room.reserve(ME, three)) == 400
        assert room.addresses(ME) == []
        room.reserve(ME, three[:2])
        assert room.credits(ME) == 0
        assert refused(lambda: room.reserve(ME, three[:1])) == 400

    def test_a_domain_owns_its_addresses(self, room: Mailroom) -> None:
        room.add_domain(OTHER, "Theirs.example")
        assert room.owner("any@theirs.example") == OTHER
        assert refused(lambda: room.reserve(ME, ["any@theirs.example"])) == 401
        assert refused(lambda: room.accessible(ME, "any@theirs.example", status=403)) == 403

    def test_a_catch_all_needs_a_domain(self, room: Mailroom) -> None:
        assert refused(lambda: room.reserve(ME, ["*@mailsac.com"])) == 400

    def test_releasing_an_address_of_an_own_domain_keeps_its_mail(self, room: Mailroom) -> None:
        room.add_domain(ME, "own.example")
        room.reserve(ME, ["a@own.example"])
        for _ in range(9):
            deliver(room, "a@own.example")
        room.release(ME, "a@own.example")
        assert len(room.of_account(ME)) == 9

    def test_forwards_what_is_the_accounts_own_and_on(self, room: Mailroom) -> None:
        room.reserve(ME, [BOX], Forwarding(enablews=True))
        room.reserve(ME, ["off@mailsac.com"])
        room.add_domain(ME, "on.example", websocket=True)
        room.add_domain(ME, "off.example")
        wanted = [BOX, "off@mailsac.com", "public@mailsac.com", "on.example", "off.example"]
        assert [name for name in wanted if room.forwards(ME, name)] == [BOX, "on.example"]
        assert not any(room.forwards(OTHER, name) for name in wanted)
        room.release(ME, BOX)
        assert not room.forwards(ME, BOX)


class TestOps:
    def test_mail_costs_its_owner_one(self, room: Mailroom) -> None:
        room.add_domain(ME, "own.example")
        room.reserve(ME, [BOX])
        deliver(room, BOX, "any@own.example", "public@mailsac.com")
        assert (room.ops(ME), room.ops(OTHER)) == (2, 0)

    @pytest.mark.parametrize(
        ("sockets", "webhooks", "cost"), [(0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 2), (3, 2, 5)]
    )
    def test_each_publish_after_the_first_costs_one(
        self, room: Mailroom, sockets: int, webhooks: int, cost: int
    ) -> None:
        room.listeners.append(lambda _: sockets)
        hooks = ["https://hook.example"] * webhooks + ["", ""]
        room.reserve(ME, [BOX], Forwarding(webhook=hooks[0], webhook_slack=hooks[1]))
        deliver(room, BOX)
        assert room.ops(ME) == cost

    def test_begin_anew_on_the_first_utc(self, room: Mailroom, clock: Clock) -> None:
        clock.time = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
        room.charge(ME, room.plan(ME).ops)
        assert room.spent(ME)
        clock.time += timedelta(seconds=1)
        assert not room.spent(ME)
        assert (room.ops(ME), room.ops(ME, months_ago=1)) == (0, room.plan(ME).ops)


class TestJournal:
    def test_what_cannot_be_kept_does_not_happen(self, room: Mailroom) -> None:
        message = deliver(room, BOX)
        announced: list[Message] = []

        def listen(message: Message) -> int:
            announced.append(message)
            return 1

        def full_disk(_: object) -> None:
            raise OSError("no space left")

        room.listeners.append(listen)
        room.keep = full_disk
        for change in (
            lambda: deliver(room, BOX),
            lambda: room.reserve(ME, [BOX]),
            lambda: room.mark(message, Marks(id=message.mail.id, read=True)),
            lambda: room.delete([message]),
        ):
            with pytest.raises(OSError, match="no space"):
                change()
        assert announced == []
        assert room.of_inbox(BOX) == [message]
        assert room.address(BOX) is None

    def test_records_bring_everything_back(self, room: Mailroom, clock: Clock) -> None:
        kept: list[Record] = []
        room.keep = kept.extend
        room.add_domain(ME, "own.example", websocket=True)
        room.reserve(ME, [BOX, "gone@mailsac.com"], Forwarding(info="x"))
        room.release(ME, "gone@mailsac.com")
        first = deliver(room, BOX, subject="first")
        room.mark(first, Marks(id=first.mail.id, labels=("x",), saved_by=ME))
        room.delete([deliver(room, BOX)])
        deliver(room, "any@own.example")
        assert {type(record) for record in kept} >= {Gone, Released, Marks, Ops}
        for records in (kept, list(room.records())):
            again = Mailroom(now=clock)
            again.create_account(ME, key="k_me")
            again.load(records)
            assert again.of_account(ME) == room.of_account(ME)
            assert again.addresses(ME) == room.addresses(ME)
            assert again.domains(ME) == room.domains(ME)
            assert again.ops(ME) == room.ops(ME)
            newest = deliver(again, BOX, subject="newest")
            assert again.of_inbox(BOX)[0] == newest, "equal times: it arrived last"
