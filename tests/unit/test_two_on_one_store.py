"""Two sacterm on one account share the store, and neither undoes what the other does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from sacterm.errors import StoreFailed
from sacterm.mailbox.ledger import utc_now
from sacterm.mailbox.search import parse
from sacterm.mailbox.session import Session
from sacterm.mailbox.status import Change
from sacterm.mailbox.store import Store
from sacterm.mailbox.turns import Turn
from sacterm.mailbox.views import ALL
from sacterm.model import Address, Message
from tests.unit.fakes import FakeService, FakeWire, mail
from tests.waiting import until

INBOX = "a@mailsac.com"


def wire_to(service: FakeService) -> FakeWire:
    wire = FakeWire()
    wire.service = service
    return wire


@asynccontextmanager
async def both(path: Path, service: FakeService) -> AsyncIterator[tuple[Session, Session]]:
    """Two that run on one file, online."""
    async with AsyncExitStack() as ending:
        sessions = []
        for _ in range(2):
            session = Session(ContestedStore(path), wire_to(service).connect)
            ending.push_async_callback(session.store.close)
            ending.push_async_callback(session.close)
            session.start()
            # online, and nothing of its first listing still to be stored
            await until(lambda session=session: "mail" in session._needs._met)  # type: ignore[misc]
            sessions.append(session)
        one, other = sessions
        await until(lambda: one.store.known(["m1"]))
        yield one, other


def service_with_mail() -> FakeService:
    service = FakeService()
    service.records = {INBOX: Address(email=INBOX, owner="jeff")}
    service.mail = [mail(1), mail(2), mail(3)]
    return service


async def test_what_one_means_to_delete_the_other_does_not_put_back(tmp_path: Path) -> None:
    service, path = service_with_mail(), tmp_path / "a.db"
    async with AsyncExitStack() as ending:
        one = Session(Store(path), wire_to(service).connect)
        ending.push_async_callback(one.store.close)
        ending.push_async_callback(one.close)
        one.start()
        await until(lambda: one.store.counts(ALL).total == 3 and one.status.online)
        await one.triage.delete(["m2"])
        async with both(path, service) as (other, third):
            assert other.store.counts(ALL).total == 2
            assert third.store.counts(ALL).total == 2
        assert one.store.counts(ALL).total == 2


async def test_what_a_killed_run_meant_to_delete_comes_back_in_its_time(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    await store.upsert([mail(1), mail(2)], owned=True)
    await store.hide(["m1"], 60)
    await store.hide(["m2"], -1)
    assert await store.show_overdue()
    assert not await store.show_overdue()
    assert [row.id for row in store.page(ALL, 0, 9)] == ["m2"]
    await store.show(["m1"])
    assert store.counts(ALL).total == 2
    await store.close()


async def test_what_was_purged_comes_back_where_the_service_kept_it(tmp_path: Path) -> None:
    service = service_with_mail()
    async with both(tmp_path / "a.db", service) as (one, _):
        kept = service.mail[1]

        async def purge(email: str) -> None:
            service.mail = [kept]  # starred by somebody else

        service.purge = purge  # type: ignore[method-assign]
        await one.triage.purge(INBOX)
        assert one.store.counts(ALL).total == 0
        one.refresh()
        await until(lambda: one.store.counts(ALL).total == 1)


async def test_what_one_changes_the_other_shows(tmp_path: Path) -> None:
    service = service_with_mail()
    path = tmp_path / "a.db"
    async with both(path, service) as (one, other):
        looks: list[Change] = []
        other.listen(looks.append)
        await other.load_older()  # all that it asks for by itself is here
        looks.clear()
        await one.triage.set_starred(["m1"], True)
        await until(lambda: any(row.starred for row in other.store.rows(["m1"])))
        looks.clear()
        await one.triage.set_folder(["m2"], "spam")
        await until(lambda: any(look & Change.MAIL for look in looks))


class ContestedStore(Store):
    """Counts how often it was somebody else's turn."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.waits = 0

    def turn(self, name: str) -> Turn:
        store, turn = self, super().turn(name)

        class Counting(Turn):
            def take(self) -> bool:
                taken = turn.take()
                store.waits += not taken
                return taken

            def give_back(self) -> None:
                turn.give_back()

            def close(self) -> None:
                turn.close()

        return Counting(None)


class SlowToggles(FakeService):
    """Toggles a star only when the test lets it; two at a time would be one too many."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = 0
        self.most = 0
        self.go_on = asyncio.Event()

    async def toggle_star(self, email: str, id: str) -> Message:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.go_on.wait()
        self.under_way -= 1
        return await super().toggle_star(email, id)


async def test_a_star_is_toggled_once_though_both_have_things_to_tell(tmp_path: Path) -> None:
    service = SlowToggles()
    service.records = {INBOX: Address(email=INBOX, owner="jeff")}
    service.mail = [mail(1), mail(2), mail(3)]
    async with both(tmp_path / "a.db", service) as (one, other):
        await one.triage.set_starred(["m1"], True)
        await until(lambda: service.under_way == 1)
        await other.triage.set_starred(["m2"], True)
        assert isinstance(other.store, ContestedStore)
        contested = other.store
        await until(lambda: contested.waits)
        service.go_on.set()
        await until(lambda: one.store.count_unsent() == 0)
        assert service.most == 1
        assert [told[0] for told in service.told].count("star") == 2
        assert {m.id for m in service.mail if m.starred} == {"m1", "m2"}


async def test_what_one_deleted_no_late_listing_brings_back(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    one, other = Store(path), Store(path)
    await one.upsert([mail(1)], owned=True)
    await one.remove(["m1"])
    await one.close()
    await other.upsert([mail(1)], owned=True)
    assert other.counts(ALL).total == 0
    await other.close()


_HOLDER = """
import sys
from pathlib import Path
from sacterm.mailbox.turns import Turn
turn = Turn(Path(sys.argv[1]))
print(turn.take(), flush=True)
sys.stdin.read()
"""


def test_a_turn_ends_with_its_process(tmp_path: Path) -> None:
    file = tmp_path / "a.turn"
    turn = Turn(file)
    command = [sys.executable, "-c", _HOLDER, str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        assert not turn.take()
        holder.kill()
    assert turn.take()
    turn.close()


def test_a_turn_does_not_mind_what_its_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "a.turn"
    file.write_bytes(b"rubbish" * 1000)
    turn, other = Turn(file), Turn(file)
    assert turn.take()
    assert not other.take()
    turn.close()
    assert other.take()
    other.close()


async def test_a_cache_that_was_replaced_is_told_and_mixes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    old = Store(path)
    await old.upsert([mail(n) for n in range(3)], owned=True)
    path.rename(tmp_path / "a.set-aside")
    new = Store(path)
    await new.upsert([mail(n, subject="another") for n in range(10, 20)], owned=True)
    found = await old.find(ALL, parse("another", now=utc_now()))
    assert found.ids(ALL, 0, 9) == []
    with pytest.raises(StoreFailed, match="replaced"):
        await old.changed_elsewhere()
    await old.close()
    await new.close()
