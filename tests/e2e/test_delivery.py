"""The server is killed while it delivers: nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from sacterm.mailbox.session import Session
from sacterm.mailbox.status import FeedPhase
from sacterm.mailbox.views import ALL
from sacterm.mailsac.rest import MailsacClient
from sacterm.model import Address
from tests.e2e.people import KEY as KEY
from tests.e2e.people import port_of as port_of
from tests.e2e.people import sandbox_process as sandbox_process
from tests.e2e.people import send_until_taken, session_on
from tests.waiting import until

INBOX = "signup@mailsac.com"
MAILS = 500


def subjects(session: Session) -> list[str]:
    return sorted(row.subject for row in session.store.page(ALL, 0, 10_000))


async def send_all(host: str, port: int) -> None:
    for number in range(MAILS):
        await send_until_taken(host, port, number, INBOX)


@pytest.mark.thorough
async def test_a_sandbox_that_is_killed_and_started_again_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    data = tmp_path / "sandbox.jsonl"
    with sandbox_process(data) as first:
        port, smtp_port = port_of(first["api"]), port_of(f"//{first['smtp']}")
        client = MailsacClient(KEY, base_url=first["api"])
        await client.reserve(INBOX)
        await client.put_forwarding(Address(email=INBOX, websocket=True))
        await client.aclose()
        async with session_on(first["api"], first["socket"], KEY) as session:
            await until(lambda: session.status.feed is FeedPhase.LISTENING, limit=10)
            sending = asyncio.create_task(send_all("127.0.0.1", smtp_port))
            await until(lambda: len(subjects(session)) > 100, limit=30)
            os.kill(int(first["pid"]), signal.SIGKILL)
            await until(lambda: session.status.feed is FeedPhase.LOST, limit=10)
            with sandbox_process(data, port, smtp_port):
                await asyncio.wait_for(sending, 60)
                await until(lambda: len(set(subjects(session))) >= MAILS, limit=75)
                await until(lambda: session.status.online, limit=30)
                # one mail may have been stored without its sender hearing of it, and sent again
                known = subjects(session)
                assert sorted(set(known)) == sorted(f"Mail {number}" for number in range(MAILS))
                assert len(known) <= MAILS + 1
                rows = session.store.page(ALL, 0, 10_000)
                assert len({row.id for row in rows}) == len(rows)
