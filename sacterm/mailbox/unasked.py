"""The service, for what is asked without a key press: within what this run may spend by itself."""

from __future__ import annotations

from datetime import datetime

from sacterm.mailbox.ledger import Ledger
from sacterm.mailbox.service import Listings
from sacterm.model import Account, Address, Domain, InboxPage, Message


class Unasked:
    """Asks the service, one op at a time.

    Every call may raise :class:`~sacterm.errors.OpsLimitReached`, and nothing was asked then.
    """

    def __init__(self, service: Listings, ledger: Ledger) -> None:
        self._service = service
        self._ledger = ledger

    async def me(self) -> Account:
        with self._ledger.within_limit():
            return await self._service.me()

    async def addresses(self) -> tuple[Address, ...]:
        with self._ledger.within_limit():
            return await self._service.addresses()

    async def domains(self) -> tuple[Domain, ...]:
        with self._ledger.within_limit():
            return await self._service.domains()

    async def inbox(
        self, *, limit: int = 1000, skip: int = 0, since: datetime | None = None
    ) -> InboxPage:
        with self._ledger.within_limit():
            return await self._service.inbox(limit=limit, skip=skip, since=since)

    async def messages(
        self, email: str, *, limit: int = 1000, until: datetime | None = None
    ) -> tuple[Message, ...]:
        with self._ledger.within_limit():
            return await self._service.messages(email, limit=limit, until=until)
