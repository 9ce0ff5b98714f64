from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sacterm.errors import (
    CertificateRefused,
    NotFound,
    RateLimited,
    Rejected,
    ServerTrouble,
    ServiceError,
    TimedOut,
    Unexpected,
    Unreachable,
)
from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.mailbox.triage import ReadSync
from sacterm.mailbox.views import ALL, STARRED, Row, View
from sacterm.model import Address, Domain, Message
from tests.unit.fakes import FakeWire, mail, raw
from tests.waiting import until

A = "a@mailsac.com"


class Desk:
    """A session over a fake wire, and what it said of refused changes."""

    def __init__(self, session: Session, wire: FakeWire) -> None:
        self.session = session
        self.triage = session.triage
        self.store = session.store
        self.service = wire.service
        self.refusals: list[str] = []
        session.hear_refusals(self.refusals.append)

    def row(self, number: int) -> Row:
        row = self.store.row(f"m{number}")
        assert row is not None
        return row

    async def told(self) -> None:
        """Wait until the service was told of everything, and what it refused was said."""
        sending = self.session._outbox._sending
        await until(lambda: not self.store.count_unsent() and not sending.locked())


@asynccontextmanager
async def desk(
    count: int = 5,
    *,
    grace: float = 1000.0,
    read_sync: ReadSync = "manual",
    path: Path | None = None,
    wire: FakeWire | None = None,
) -> AsyncIterator[Desk]:
    if wire is None:
        wire = FakeWire()
        wire.service.records = {A: Address(email=A, owner="jeff")}
        wire.service.mail = [mail(n, A) for n in range(count)]
        wire.service.raws = {m.id: raw(n) for n, m in enumerate(wire.service.mail)}
    session = Session(Store(path), wire.connect, delete_grace=grace, read_sync=read_sync)
    found = Desk(session, wire)
    session.start()
    try:
        await until(lambda: bool(session.status.contact) and "list" in wire.service.asked)
        await until(lambda: session.store.counts(ALL).total >= len(wire.service.mail))
        yield found
    finally:
        await session.close()
        await session.store.close()
        if session.failed.done() and not session.failed.cancelled():
            session.failed.result()


async def test_a_change_shows_at_once_and_is_told_behind() -> None:
    async with desk() as d:
        assert await d.triage.set_starred(["m1", "m2"], True) == 2
        assert d.store.counts(STARRED).total == 2
        await d.told()
        assert d.service.at("m1").starred
        assert d.service.at("m2").starred
        assert d.service.asked.count("star") == 2


async def test_what_is_so_already_costs_nothing() -> None:
    async with desk() as d:
        assert d.triage.price(["m1", "m2"], "starred", False) == 0
        assert await d.triage.set_starred(["m1", "m2"], False) == 0
        assert d.store.count_unsent() == 0


async def test_a_refused_change_is_taken_back_with_its_reason() -> None:
    async with desk() as d:
        d.service.failures = {"folder": [Rejected("no such folder", status=400)]}
        await d.triage.set_folder(["m1", "m2"], "spam")
        await d.told()
        assert sorted([d.row(1).folder, d.row(2).folder]) == ["inbox", "spam"]
        assert d.refusals == ["folder as before: no such folder"]


async def test_a_message_that_is_gone_says_so_and_is_not_asked_for_again() -> None:
    async with desk() as d:
        d.service.mail = d.service.mail[1:]
        await d.triage.set_starred(["m0"], True)
        await d.told()
        assert d.row(0).gone
        assert not d.row(0).starred
        assert len(d.refusals) == 1


async def test_labels_cost_one_op_for_each_that_changes() -> None:
    async with desk() as d:
        assert d.triage.price_of_labels(["m1", "m2"], {"a", "b"}, set()) == 4
        await d.triage.set_labels(["m1", "m2"], add={"a", "b"})
        await d.told()
        assert d.service.at("m1").labels == ("a", "b")
        assert await d.triage.set_labels(["m1"], add={"c"}, remove={"a"}) == 1
        await d.told()
        assert d.service.at("m1").labels == ("b", "c")
        assert d.row(1).labels == ("b", "c")
        assert d.service.asked.count("label") == 6


async def test_offline_changes_wait_and_are_sent_when_the_service_answers() -> None:
    async with desk() as d:
        d.service.failing = Unreachable("no network")
        await d.triage.set_starred(["m1"], True)
        await d.triage.set_labels(["m1"], add={"later"})
        await until(lambda: not d.session.status.online)
        assert d.row(1).starred
        assert d.row(1).waiting
        d.service.failing = None
        d.session.refresh()
        await d.told()
        assert d.service.at("m1").starred
        assert d.service.at("m1").labels == ("later",)
        assert not d.row(1).waiting


async def test_what_waits_survives_the_end_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with desk(path=path) as d:
        d.service.failing = Unreachable("no network")
        await d.triage.set_folder(["m1"], "spam")
        await d.triage.set_starred(["m2"], True)
        await until(lambda: not d.session.status.online)
    wire = FakeWire()
    wire.service = d.service
    wire.service.failing = None
    async with desk(path=path, wire=wire) as d:
        await d.told()
        assert d.service.at("m1").folder == "spam"
        assert d.service.at("m2").starred


async def test_a_star_whose_answer_was_lost_is_looked_at_before_it_is_toggled_again() -> None:
    async with desk() as d:
        heard = d.service.toggle_star

        async def answer_is_lost(email: str, id: str) -> object:
            await heard(email, id)
            d.service.toggle_star = heard  # type: ignore[method-assign]
            raise TimedOut("no answer")

        d.service.toggle_star = answer_is_lost  # type: ignore[method-assign, assignment]
        await d.triage.set_starred(["m1"], True)
        await until(lambda: d.session.status.problem is not None)
        d.session.refresh()
        await d.told()
        assert d.service.at("m1").starred
        assert d.row(1).starred
        assert (d.service.asked.count("star"), d.service.asked.count("message")) == (1, 1)


async def test_a_star_that_was_set_elsewhere_is_toggled_back_to_what_is_wanted() -> None:
    async with desk() as d:
        await d.service.toggle_star(A, "m1")
        await d.triage.set_starred(["m1"], True)
        await d.told()
        assert d.service.at("m1").starred
        assert d.row(1).starred


async def test_a_change_taken_back_before_it_was_told_costs_nothing() -> None:
    async with desk() as d:
        d.service.failures = {"folder": [RateLimited("slow down", status=429)]}
        await d.triage.set_folder(["m1"], "spam")
        await until(lambda: d.session.status.problem is not None)
        asked = d.service.asked.count("folder")
        assert await d.triage.undo() == "1 no longer moved to spam"
        assert d.row(1).folder == "inbox"
        d.session.refresh()
        await d.told()
        # the service may have heard the first: it is told again what holds
        assert d.service.at("m1").folder == "inbox"
        assert d.service.asked.count("folder") <= asked + 1


async def test_undo_goes_back_step_by_step_through_all_kinds() -> None:
    async with desk() as d:
        await d.triage.set_read(["m1", "m2"], True)
        await d.triage.set_labels(["m1"], add={"a"})
        await d.triage.set_folder(["m1"], "trash")
        await d.triage.set_starred(["m3"], True)
        await d.triage.delete(["m4"])
        await d.told()
        assert d.store.counts(ALL).total == 4
        assert await d.triage.undo() == "1 not deleted"
        assert d.store.counts(ALL).total == 5
        assert await d.triage.undo() == "1 no longer starred"
        assert await d.triage.undo() == "1 no longer moved to trash"
        assert await d.triage.undo() == "1 no longer labelled"
        assert await d.triage.undo() == "2 no longer marked read"
        assert await d.triage.undo() is None
        await d.told()
        after = [(m.read, m.starred, m.folder, m.labels) for m in d.service.mail]
        assert after == [(False, False, "inbox", ())] * 5
        assert d.store.counts(ALL).unread == 5


@pytest.mark.parametrize(
    ("read_sync", "opened", "by_hand"), [("never", 0, 0), ("manual", 0, 1), ("always", 1, 2)]
)
async def test_read_sync_says_what_the_service_is_told(
    read_sync: ReadSync, opened: int, by_hand: int
) -> None:
    async with desk(read_sync=read_sync) as d:
        await d.triage.opened("m1")
        await d.told()
        assert d.service.asked.count("read") == opened
        assert d.triage.price(["m2"], "read", True) == (read_sync != "never")
        await d.triage.set_read(["m2"], True)
        await d.told()
        assert d.service.asked.count("read") == by_hand
        assert not d.row(1).unread
        assert not d.row(2).unread


async def test_marking_unread_what_was_only_read_here_costs_nothing() -> None:
    async with desk() as d:
        await d.triage.opened("m1")
        assert d.triage.price(["m1"], "read", False) == 0
        await d.triage.set_read(["m1"], False)
        assert d.row(1).unread
        assert d.store.count_unsent() == 0
        await d.triage.undo()
        assert not d.row(1).unread
        assert d.store.count_unsent() == 0


async def test_a_deletion_is_told_after_its_grace_and_cannot_be_undone_then() -> None:
    async with desk(grace=0.05) as d:
        assert await d.triage.delete(["m1", "m2"]) == 2
        assert d.store.counts(ALL).total == 3
        assert d.triage.pending_deletes == 2
        await until(lambda: d.triage.pending_deletes == 0)
        assert [m.id for m in d.service.mail] == ["m0", "m3", "m4"]
        assert await d.triage.undo() is None


async def test_a_deleted_message_does_not_come_back_by_an_older_listing() -> None:
    async with desk(grace=0.0) as d:
        mark = d.store.mark()
        listed = list(d.service.mail)
        await d.triage.delete(["m1"])
        await until(lambda: d.triage.pending_deletes == 0)
        await d.store.upsert(listed, owned=True, as_of=mark)
        assert d.store.counts(ALL).total == 4


async def test_deleting_is_refused_offline() -> None:
    async with desk() as d:
        d.service.failing = Unreachable("no network")
        d.session.refresh()
        await until(lambda: not d.session.status.online)
        with pytest.raises(Unreachable, match="not online"):
            await d.triage.delete(["m1"])
        assert d.store.counts(ALL).total == 5


async def test_a_deletion_that_fails_puts_the_rest_back() -> None:
    async with desk(12, grace=0.0) as d:
        fault = RateLimited("slow down", status=429)
        d.service.failures = {"delete": [fault]}
        await d.triage.delete([f"m{n}" for n in range(12)])
        await until(lambda: d.triage.pending_deletes == 0)
        left = len(d.service.mail)
        assert left in (1, 7)
        await until(lambda: d.store.counts(ALL).total == left)
        assert d.refusals == [f"{left} not deleted, they are back: slow down"]


async def test_deleting_what_mailsac_no_longer_has_costs_nothing() -> None:
    async with desk(grace=0.0) as d:
        await d.store.set_gone("m1")
        assert await d.triage.delete(["m1"]) == 0
        assert "delete" not in d.service.asked
        assert d.store.row("m1") is None


async def test_a_deletion_of_what_was_deleted_elsewhere_succeeds() -> None:
    async with desk(grace=0.0) as d:
        d.service.failures = {"delete": [NotFound("gone", status=404)]}
        await d.triage.delete(["m1"])
        await until(lambda: d.triage.pending_deletes == 0)
        assert d.refusals == []
        assert d.store.row("m1") is None


async def test_quitting_finishes_what_is_pending_and_counts_down() -> None:
    async with desk(20) as d:
        await d.triage.delete([f"m{n}" for n in range(5)])
        await d.triage.delete([f"m{n}" for n in range(10, 20)])
        left: list[int] = []
        await d.triage.finish(left.append)
        assert left[0] == 15
        assert left[-1] == 0
        assert left == sorted(left, reverse=True)
        assert len(d.service.mail) == 5


async def test_a_killed_process_deletes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with desk(path=path) as d:
        await d.triage.delete(["m1", "m2"])
        killed = Store(path)  # as a second process finds the file
        assert killed.counts(ALL).total == 3
        await killed.close()
    wire = FakeWire()
    wire.service = d.service
    async with desk(path=path, wire=wire) as d:
        assert d.store.counts(ALL).total == 5
        assert "delete" not in d.service.asked


async def test_purging_an_inbox_spares_what_is_starred() -> None:
    async with desk() as d:
        await d.triage.set_starred(["m1"], True)
        await d.told()
        asked = len(d.service.asked)
        await d.triage.purge(A)
        assert d.service.asked[asked:] == ["purge"]
        assert [m.id for m in d.service.mail] == ["m1"]
        assert [row.id for row in d.store.page(View.inbox(A), 0, 10)] == ["m1"]


async def test_purging_a_domain_looks_at_what_stayed_only_where_something_is_starred() -> None:
    wire = FakeWire()
    wire.service.custom_domains = [Domain(name="shop.example")]
    wire.service.mail = [mail(n, "x@shop.example") for n in range(3)]
    async with desk(wire=wire) as d:
        await d.triage.set_starred(["m1"], True)
        await d.told()
        asked = len(d.service.asked)
        await d.triage.purge_domain("shop.example")
        assert d.service.asked[asked:] == ["purge", "list"]
        assert d.store.counts(View.domain("shop.example")).total == 0


async def test_many_changes_do_not_keep_others_from_being_asked() -> None:
    async with desk(100) as d:
        before = len(d.service.asked)
        await d.triage.set_read([f"m{n}" for n in range(100)], True)
        d.session.refresh()
        await d.told()
        asked = d.service.asked[before:]
        assert asked.count("read") == 100
        assert asked.index("list") < 50


async def test_a_refusal_leaves_what_was_wished_since_then() -> None:
    async with desk() as d:
        begun, go_on = asyncio.Event(), asyncio.Event()
        move = d.service.set_folder

        async def refuse_the_first(email: str, id: str, folder: str) -> None:
            if folder == "spam":
                begun.set()
                await go_on.wait()
                raise Rejected("no spam here", status=400)
            await move(email, id, folder)

        d.service.set_folder = refuse_the_first  # type: ignore[method-assign]
        await d.triage.set_folder(["m1"], "spam")
        await begun.wait()
        await d.triage.set_folder(["m1"], "trash")
        go_on.set()
        await d.told()
        assert d.service.at("m1").folder == d.row(1).folder == "trash"


@pytest.mark.parametrize("error", [Unexpected("a page of a hotel"), CertificateRefused("expired")])
async def test_what_says_nothing_of_the_change_does_not_take_it_back(error: ServiceError) -> None:
    async with desk() as d:
        d.service.failures = {"label": [error]}
        await d.triage.set_labels(["m1"], add={"a"})
        await until(lambda: d.session.status.problem is not None)
        assert d.row(1).labels == ("a",)
        d.session.refresh()
        await d.told()
        assert d.service.at("m1").labels == ("a",)
        assert d.refusals == []


async def test_labels_told_in_part_are_known_in_part() -> None:
    async with desk() as d:
        add = d.service.add_label

        async def refuse_b(email: str, id: str, label: str) -> tuple[str, ...] | None:
            if label == "b":
                raise Rejected("not b", status=400)
            return await add(email, id, label)

        d.service.add_label = refuse_b  # type: ignore[method-assign]
        await d.triage.set_labels(["m1"], add={"a", "b"})
        await d.told()
        assert d.row(1).labels == d.service.at("m1").labels == ("a",)
        assert d.refusals == ["labels as before: not b"]


async def test_a_star_that_the_service_ignores_is_given_up() -> None:
    async with desk() as d:

        async def ignore(email: str, id: str) -> Message:
            d.service.asked.append("star")
            return d.service.at(id)

        d.service.toggle_star = ignore  # type: ignore[method-assign]
        await d.triage.set_starred(["m1"], True)
        await d.told()
        assert d.service.asked.count("star") == 2
        assert not d.row(1).starred
        assert await d.triage.undo() is None


async def test_deleting_twice_is_deleting_once() -> None:
    async with desk() as d:
        assert await d.triage.delete(["m1"]) == 1
        assert await d.triage.delete(["m1"]) == 0
        assert await d.triage.undo() == "1 not deleted"
        assert d.triage.pending_deletes == 0
        assert d.store.counts(ALL).total == 5


async def test_a_purge_waits_until_all_stars_are_told() -> None:
    async with desk() as d:
        d.service.failures = {"star": [RateLimited("slow down", status=429)]}
        await d.triage.set_starred(["m1"], True)
        await until(lambda: d.session.status.problem is not None)
        with pytest.raises(Rejected, match="not all stars"):
            await d.triage.purge(A)
        assert len(d.service.mail) == 5


async def test_mail_that_arrives_during_a_purge_is_not_forgotten() -> None:
    async with desk() as d:
        purge = d.service.purge

        async def and_one_arrives(email: str) -> None:
            await purge(email)
            d.service.mail.append(mail(50, A))
            await d.store.upsert([mail(50, A)], owned=True, pushed=True)

        d.service.purge = and_one_arrives  # type: ignore[method-assign]
        await d.triage.delete(["m2"])
        await d.triage.purge(A)
        assert [row.id for row in d.store.page(ALL, 0, 10)] == ["m50"]
        assert d.triage.pending_deletes == 0
        assert await d.triage.undo() is None


async def test_undo_leaves_what_was_only_read_here() -> None:
    async with desk() as d:
        await d.triage.opened("m1")
        await d.triage.set_read(["m1", "m2"], True)
        await d.told()
        assert await d.triage.undo() == "1 no longer marked read"
        await d.told()
        assert not d.service.at("m1").read
        assert not d.service.at("m2").read
        assert not d.row(1).unread


async def test_what_was_refused_is_not_undone() -> None:
    async with desk() as d:
        await d.triage.set_starred(["m1"], True)
        await d.told()
        d.service.failures = {"folder": [Rejected("no", status=400)]}
        await d.triage.set_folder(["m2", "m3"], "spam")
        await d.told()
        assert await d.triage.undo() == "1 no longer moved to spam"
        assert await d.triage.undo() == "1 no longer starred"


async def test_closing_waits_for_the_deletions_under_way(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with desk(12, grace=0.0, path=path) as d:
        go_on = asyncio.Event()
        delete = d.service.delete

        async def slowly(email: str, id: str) -> None:
            await delete(email, id)
            await go_on.wait()

        d.service.delete = slowly  # type: ignore[method-assign]
        await d.triage.delete([f"m{n}" for n in range(12)])
        await until(lambda: len(d.service.mail) == 6)
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    store = Store(path)
    assert store.counts(ALL).total == len(d.service.mail) == 6
    await store.close()


async def test_what_waits_for_its_next_try_stays_a_problem_while_others_succeed() -> None:
    async with desk() as d:
        d.service.failures = {"list": [ServerTrouble("broken", status=500)]}
        d.session.refresh()
        await until(lambda: d.session.status.problem is not None)
        await d.triage.set_starred(["m1"], True)
        await d.told()
        assert d.session.status.problem is not None


async def test_a_purge_leaves_the_deletions_of_other_inboxes_alone() -> None:
    wire = FakeWire()
    wire.service.records = {
        email: Address(email=email, owner="jeff") for email in (A, "aa@mailsac.com")
    }
    wire.service.mail = [mail(0, A), mail(1, "aa@mailsac.com"), mail(2, "a@amailsac.com")]
    async with desk(wire=wire) as d:
        await d.triage.delete(["m1"])
        await d.triage.purge(A)
        assert d.triage.pending_deletes == 1
        assert await d.triage.undo() == "1 not deleted"
        assert d.store.counts(ALL).total == 2
