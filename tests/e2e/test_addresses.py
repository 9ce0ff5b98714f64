"""What is done with addresses, over the real wire against the sandbox."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sacterm.errors import RateLimited
from sacterm.mailbox.addresses import NoOutgoing
from sacterm.mailbox.session import Session
from sacterm.mailbox.views import ALL
from sacterm.model import Liveness
from sacterm.sandbox.faults import Faults
from sacterm.sandbox.records import Forwarding, Plan
from sacterm.sandbox.server import TAKEN, Sandbox
from tests.e2e.people import session_on
from tests.waiting import until

LIVE = "live@mailsac.com"
RECORD = Forwarding(
    info="for CI",
    forward="team@x.example",
    enablews=True,
    webhook="https://h.example/x",
    webhook_slack="https://s.example/x",
    webhook_slack_to_from=True,
)


async def settled(session: Session) -> None:
    await until(lambda: session.liveness(LIVE) is Liveness.LIVE)
    await until(lambda: "list" in session.ledger.run)


async def test_a_record_is_changed_and_the_rest_of_it_stays() -> None:
    async with Sandbox() as sandbox:
        room = sandbox.mailroom
        room.reserve(sandbox.account, [LIVE], RECORD)
        async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
            await settled(session)
            seen = session.store.address(LIVE)
            assert seen is not None
            elsewhere = replace(RECORD, forward="new@x.example")
            room.set_forwarding(sandbox.account, LIVE, elsewhere)
            spent = session.ledger.spent
            told = await session.addresses.update(seen, replace(seen, info="é\n山", webhook=""))
            kept = room.address(LIVE)
            assert kept is not None
            assert kept.forwarding == replace(elsewhere, info="é\n山", webhook="")
            assert (told.info, told.forward, told.webhook) == ("é\n山", "new@x.example", "")
            assert session.store.address(LIVE) == told
            assert session.ledger.spent - spent == 2
            assert session.ledger.spent == room.ops(sandbox.account)


async def test_a_list_is_reserved_or_told_why_not() -> None:
    wanted = [f"n{number}@mailsac.com" for number in range(101)]
    async with Sandbox(plan=Plan(credits=250)) as sandbox:
        room = sandbox.mailroom
        room.reserve(sandbox.account, [LIVE], RECORD)
        async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
            await settled(session)
            result = await session.addresses.reserve_many([TAKEN, LIVE, *wanted])
            assert result.already == (LIVE,)
            assert list(result.new) == wanted[-2:]
            reasons = dict(result.refused)
            assert f"{TAKEN} belongs to another account" in reasons[TAKEN]
            assert reasons[wanted[0]] == f"asked for together with {TAKEN}"
            result = await session.addresses.reserve_many(wanted)
            assert (len(result.new), len(result.already)) == (99, 2)
            mine = {address.email for address in room.addresses(sandbox.account)}
            assert mine == {LIVE, *wanted}
            assert mine == {address.email for address in session.store.addresses()}
            account = session.store.account()
            assert account is not None
            assert account.address_credits == room.credits(sandbox.account)
            assert session.ledger.spent == room.ops(sandbox.account)


async def test_addresses_are_checked() -> None:
    entries = ["a+b@example.com", "x y@@", "é@mailinator.com", *["z@example.com"] * 50]
    async with (
        Sandbox() as sandbox,
        session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session,
    ):
        await until(lambda: session.status.online)
        checks = await session.addresses.check(entries)
        assert [check.email for check in checks] == entries
        assert [check.valid_format for check in checks[:3]] == [True, False, True]
        assert [check.is_disposable for check in checks[:3]] == [False, None, True]
        (one,) = await session.addresses.check(["a/b%2F@mailsac.com"])
        assert (one.email, one.is_disposable) == ("a/b%2F@mailsac.com", True)
        assert session.ledger.run["validate"] == 3
        assert sandbox.requests["GET", "/validations/addresses/{email}"] == 1
        assert sandbox.requests["POST", "/validations/addresses"] == 2


async def test_a_test_message_arrives_or_is_refused_with_a_way_out() -> None:
    async with Sandbox() as sandbox:
        sandbox.mailroom.reserve(sandbox.account, [LIVE], RECORD)
        async with session_on(sandbox.api_url, sandbox.socket_url, sandbox.key) as session:
            await settled(session)
            await session.addresses.send_test(LIVE, "Grüße", "one\ntwo")
            await until(lambda: [row.subject for row in session.store.page(ALL, 0, 5)])
            (row,) = session.store.page(ALL, 0, 5)
            assert (row.subject, row.sender_address, row.inbox) == ("Grüße", LIVE, LIVE)
            for status in (404, 403):
                sandbox.misbehave(Faults(status=status, path="/outgoing-messages"))
                with pytest.raises(NoOutgoing, match=f"takes no outgoing mail .*{status}"):
                    await session.addresses.send_test(LIVE, "S", "T")
            sandbox.misbehave(Faults(status=429, path="/outgoing-messages"))
            with pytest.raises(RateLimited):
                await session.addresses.send_test(LIVE, "S", "T")
            sandbox.misbehave(Faults())
            with pytest.raises(NoOutgoing, match=r"400.*bad request"):
                await session.addresses.send_test(LIVE, "a\r\nBcc: x@example.com", "T")
