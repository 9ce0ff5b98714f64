"""The account's figures, over real sockets, as the sandbox tells them."""

from __future__ import annotations

from sacterm.mailbox.views import ALL
from sacterm.model import AccountStats
from sacterm.sandbox.server import Sandbox
from tests.e2e.people import letter, session_on
from tests.waiting import until

INBOX = "signup@mailsac.com"


async def test_what_is_used_and_stored_is_what_the_service_counts(sandbox: Sandbox) -> None:
    room, account = sandbox.mailroom, sandbox.account
    room.reserve(account, [INBOX])
    letters = [letter(number, INBOX) for number in range(3)]
    for raw in letters:
        await sandbox.intake.take(raw, "no-reply@acme.example", [INBOX])
    async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
        await until(lambda: session.store.counts(ALL).total == 3 and session.ledger.spent == 4)
        await session.ask_account()
        assert session.store.stats() == AccountStats(
            stored=3,
            starred=0,
            inbox_bytes=sum(map(len, letters)),
            last_month_ops=0,
            addresses=(INBOX,),
            default_domain="",
        )
        assert session.ledger.used == room.ops(account)
        assert session.ledger.run == {"me": 2, "stats": 1, "addresses": 1, "domains": 1, "list": 1}
