"""Changes to messages: shown at once, sent behind, taken back when refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sacterm.errors import SactermError, Unreachable
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Overlaid, Store
from sacterm.mailbox.views import Row


class Triage:
    """Marks messages read or starred."""

    def __init__(
        self, store: Store, service: Callable[[], Service | None], changed: Callable[[], None]
    ) -> None:
        """Set up.

        Args:
            store: where changes show.
            service: the service, or None while there is no way to it.
            changed: called after every change of the store.
        """
        self._store = store
        self._service = service
        self._changed = changed
        self._sending = asyncio.Lock()

    async def opened(self, id: str) -> None:
        """Mark read here, for nothing: the service is not told."""
        row = self._store.row(id)
        if row is not None and row.unread:
            await self._store.set_here(id, "read", True)
            self._changed()

    async def set_read(self, id: str, read: bool) -> None:
        """Mark read or unread, here and at the service (1 op).

        Raises:
            SactermError: refused; the change was taken back.
        """

        async def tell(service: Service, inbox: str) -> bool:
            await service.set_read(inbox, id, read)
            return read

        row = self._store.row(id)
        if row is not None and row.unread == read:
            await self._change(row, "read", read, tell)

    async def set_starred(self, id: str, starred: bool) -> None:
        """Star a message or take its star away (1 op, 2 where the service had it otherwise).

        The service only toggles. Its answer tells the new state; where that is not what was
        wanted, the star had been changed elsewhere, and it is toggled once more.

        Raises:
            SactermError: refused; the change was taken back.
        """

        async def tell(service: Service, inbox: str) -> bool:
            answer = await service.toggle_star(inbox, id)
            if answer.starred is not None and answer.starred != starred:
                answer = await service.toggle_star(inbox, id)
            return starred if answer.starred is None else answer.starred

        row = self._store.row(id)
        if row is not None and row.starred != starred:
            await self._change(row, "starred", starred, tell)

    async def _change(
        self,
        row: Row,
        field: Overlaid,
        value: bool,
        tell: Callable[[Service, str], Awaitable[bool]],
    ) -> None:
        before = self._store.said_here(row.id, field)
        await self._store.set_here(row.id, field, value)
        self._changed()
        try:
            # one at a time: answers that overtake each other would leave the wrong one standing
            async with self._sending:
                told = await tell(self._online(), row.inbox)
        except SactermError:
            await self._store.set_here(row.id, field, before)
            self._changed()
            raise
        await self._store.settle(row.id, field, told)
        self._changed()

    def _online(self) -> Service:
        service = self._service()
        if service is None:
            raise Unreachable("not connected yet")
        return service
