"""What a session costs; ``python -m tests.faults`` measures the same on terminals and for long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sacterm.mailbox.session import Session
from sacterm.mailbox.store import Store
from sacterm.model import Address
from tests.e2e.people import session_on
from tests.faults import ops
from tests.faults.row import hurry, run
from tests.unit.fakes import FakeWire
from tests.waiting import until


def test_a_start_costs_four_ops_cold_and_warm(tmp_path: Path) -> None:
    run(ops.starts(tmp_path))


async def test_one_cut_costs_one_op() -> None:
    async with ops.account() as world, session_on(*world.urls) as session:
        await ops.one_cut(session, world)


async def test_what_came_by_socket_is_read_for_nothing_and_history_once(tmp_path: Path) -> None:
    await ops.reads(tmp_path, count=20)


def test_an_idle_hour_costs_nothing() -> None:
    async def idle() -> None:
        wire = FakeWire()
        wire.service.records = {"a@x.example": Address(email="a@x.example", websocket=True)}
        session = Session(Store(None), wire.connect)
        session.start()
        await until(lambda: session.status.confirmed and "list" in wire.service.asked)
        asked = list(wire.service.asked)
        with hurry(3600):
            await asyncio.sleep(3600)
        assert wire.service.asked == asked
        assert session.status.online
        await session.close()
        await session.store.close()

    run(idle())


@pytest.mark.parametrize("how", ["503", "reset"])
def test_a_page_of_errors_costs_less_than_an_op_a_minute(how: ops.Down) -> None:
    run(ops.is_down(how, from_the_start=True, speed=300, recovers=False))
