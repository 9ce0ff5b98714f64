"""Reserving, releasing, watching, and what is forwarded to the socket."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec.structs import replace

from sacterm.errors import NotFound, Rejected, SactermError, Unreachable
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Store

PUBLIC_DOMAIN = "mailsac.com"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when read aloud


class NotReserved(SactermError):
    """Forwarding is for reserved addresses only."""

    remedy = "reserve it first"


class AddressBook:
    """What may be done with addresses. Nothing here is retried: these are writes."""

    def __init__(
        self, store: Store, service: Callable[[], Service | None], changed: Callable[[], None]
    ) -> None:
        """Set up.

        Args:
            store: where the records are kept.
            service: the service, or None while there is no way to it.
            changed: called after every change of the store.
        """
        self._store = store
        self._service = service
        self._changed = changed
        self.changes = 0  # of what the account owns, made here

    async def set_websocket(self, email: str, on: bool) -> None:
        """Turn forwarding to the socket on or off (2 ops, 3 where the answer leaves it open).

        A PUT may replace the whole record, so all of it is sent back with the one change, and
        the new state is believed only when the service shows it.

        Raises:
            NotReserved: nobody owns the address.
            OwnedByAnother: somebody else does.
            Rejected: the service kept the old state.
            ServiceError: it could not be asked.
        """
        service = self._online()
        try:
            record = await service.address(email)
        except NotFound:
            raise NotReserved(f"{email} is not reserved") from None
        if record.owner is None:
            raise NotReserved(f"{email} is not reserved")
        self.changes += 1
        answer = await service.put_forwarding(replace(record, websocket=on))
        if answer is None or answer.websocket != on:
            answer = await service.address(email)
        await self._store.put_address(answer)
        self._changed()
        if answer.websocket != on:
            kept = "on" if answer.websocket else "off"
            raise Rejected(f"Mailsac left forwarding of {email} {kept}")

    async def reserve(self, email: str) -> None:
        """Make an address the account's own (1 op, 1 credit).

        Raises:
            ServiceError: refused, or it could not be asked.
        """
        service = self._online()
        self.changes += 1
        address = await service.reserve(email)
        if address.owner is None:
            # the answer is a bare record: what counts is that it was not refused
            account = self._store.account()
            address = replace(address, owner=account.id if account else "me")
        await self._store.put_address(address)
        account = self._store.account()
        if account is not None and account.address_credits:
            fewer = replace(account, address_credits=account.address_credits - 1)
            await self._store.set_account(fewer)
        self._changed()

    async def release(self, email: str) -> None:
        """Give an address up (1 op); it is watched as a public inbox from now on.

        Raises:
            ServiceError: refused, or it could not be asked.
        """
        service = self._online()
        self.changes += 1
        await service.release(email)
        await self._store.drop_address(email)
        account = self._store.account()
        if account is not None and account.address_credits is not None:
            more = replace(account, address_credits=account.address_credits + 1)
            await self._store.set_account(more)
        self._changed()

    async def watch(self, email: str) -> None:
        """Look at an inbox without owning it (no op)."""
        if self._store.address(email) is None:
            await self._store.watch(email)
            self._changed()

    async def unwatch(self, email: str) -> None:
        """Look away from a public inbox and forget its mail here (no op)."""
        await self._store.unwatch(email)
        self._changed()

    def new_test_address(self) -> str:
        """A public address that nobody is likely to have used."""
        letters = random.SystemRandom().choices(_LETTERS, k=8)
        return f"try-{''.join(letters)}@{PUBLIC_DOMAIN}"

    def _online(self) -> Service:
        service = self._service()
        if service is None:
            raise Unreachable("not connected yet")
        return service


def canonical(text: str) -> str | None:
    """An address as its inbox is named: lower case, without a plus-tag; None if it is none.

    A bare local part means one at mailsac.com.
    """
    text = text.strip().lower()
    if text and "@" not in text:
        text = f"{text}@{PUBLIC_DOMAIN}"
    local, _, domain = text.rpartition("@")
    local = local.partition("+")[0]
    if not local or "." not in domain or len(text) > 254:
        return None
    if any(c.isspace() or not c.isprintable() or c in '/?#,;:"<>()[]\\@' for c in local + domain):
        return None
    return f"{local}@{domain}"
