"""Changes to messages: shown at once, sent behind, taken back when refused."""

from __future__ import annotations

from collections.abc import Callable

from sacterm.errors import ServiceError, Unreachable
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Overlaid, Store


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

    async def opened(self, id: str) -> None:
        """Mark read here, for nothing: the service is not told."""
        row = self._store.row(id)
        if row is not None and row.unread:
            await self._store.set_here(id, "read", True)
            self._changed()

    async def set_read(self, id: str, read: bool) -> None:
        """Mark read or unread, here and at the service (1 op).

        Raises:
            ServiceError: refused; the change was taken back.
        """
        row = self._store.row(id)
        if row is None or row.unread != read:
            return
        await self._store.set_here(id, "read", read)
        self._changed()
        try:
            await self._online().set_read(row.inbox, id, read)
        except ServiceError:
            await self._take_back(id, "read")
            raise
        await self._store.settle(id, "read", read)
        self._changed()

    async def set_starred(self, id: str, starred: bool) -> None:
        """Star a message or take its star away (1 op, 2 where the service had it otherwise).

        The service only toggles. Its answer tells the new state; where that is not what was
        wanted, the star had been changed elsewhere, and it is toggled once more.

        Raises:
            ServiceError: refused; the change was taken back.
        """
        row = self._store.row(id)
        if row is None or row.starred == starred:
            return
        await self._store.set_here(id, "starred", starred)
        self._changed()
        try:
            service = self._online()
            answer = await service.toggle_star(row.inbox, id)
            if answer.starred is not None and answer.starred != starred:
                answer = await service.toggle_star(row.inbox, id)
        except ServiceError:
            await self._take_back(id, "starred")
            raise
        told = starred if answer.starred is None else answer.starred
        await self._store.settle(id, "starred", told)
        self._changed()

    def _online(self) -> Service:
        service = self._service()
        if service is None:
            raise Unreachable("not connected yet")
        return service

    async def _take_back(self, id: str, field: Overlaid) -> None:
        await self._store.settle(id, field, None)
        self._changed()
