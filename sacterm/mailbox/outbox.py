"""Tells the service what was changed here: behind, in small rounds, and again after a fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import cast

from sacterm.errors import NotFound, OwnedByAnother, Rejected, StoreFailed
from sacterm.mailbox.changes import Field, Unsent, Value
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Store

AT_ONCE = 6
"""Requests under way at a time, so that many changes neither crawl nor flood."""

_LOOKS_AGAIN = 0.1  # seconds
_PATIENCE = 30.0  # seconds for another sacterm, which may have been stopped


class Outbox:
    """Sends wishes; those that are refused are taken back."""

    def __init__(
        self,
        store: Store,
        service: Callable[[], Service],
        changed: Callable[[], None],
        refused: Callable[[str], None],
        gave_up: Callable[[str, Field], None],
    ) -> None:
        """Set up.

        Args:
            store: where the wishes are.
            service: the service; raises ServiceError where there is no way to it.
            changed: called after every change of the store.
            refused: called with one line for a person for the changes that were taken back.
            gave_up: called with message and field of each of them.
        """
        self._store = store
        self._service = service
        self._changed = changed
        self._refused = refused
        self._gave_up = gave_up
        self._sending = asyncio.Lock()  # nothing is told twice at a time, by this process
        self._turn = store.turn("telling")  # nor by several

    async def send(self) -> bool:
        """Tell the service of some wishes.

        Returns:
            Whether there are more to tell of.

        Raises:
            ServiceError: the service cannot be told now; what was not told waits.
            StoreFailed: the store cannot be read or written.
        """
        async with self._sending:
            # another sacterm on this store tells of some now; no event crosses processes
            for _ in range(round(_PATIENCE / _LOOKS_AGAIN)):
                if self._turn.take():
                    break
                await asyncio.sleep(_LOOKS_AGAIN)
            else:
                raise StoreFailed("another sacterm on this account does not end telling of changes")
            try:
                return await self._send_some(self._service())
            finally:
                self._turn.give_back()

    def close(self) -> None:
        """Leave the turn to others for good."""
        self._turn.close()

    async def _send_some(self, service: Service) -> bool:
        wishes = await self._store.take_unsent(AT_ONCE)
        outcomes = await asyncio.gather(
            *(self._send(service, wish) for wish in wishes), return_exceptions=True
        )
        self._changed()
        refusals = Counter(text for text in outcomes if isinstance(text, str))
        for text, count in refusals.items():
            self._refused(text if count == 1 else f"{text} · {count} messages")
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return self._store.count_unsent() > 0

    async def _send(self, service: Service, wish: Unsent) -> str | None:
        """Tell of one wish; why it was taken back, for a person, if it was."""
        try:
            told = await self._tell(service, wish)
        # whatever else goes wrong says nothing of the change itself: it waits
        except (Rejected, NotFound, OwnedByAnother) as error:
            why = str(error)
            if isinstance(error, NotFound):
                await self._store.set_gone(wish.id)
                why = "Mailsac no longer has the message"
            await self._store.give_up(wish)
            self._gave_up(wish.id, wish.field)
            return f"{_NAMES[wish.field]} as before: {why}"
        await self._store.settle(wish.id, wish.field, told)
        return None

    async def _tell(self, service: Service, wish: Unsent) -> Value:
        """Make the service agree; how the field is there in the end."""
        at = wish.inbox, wish.id
        match wish.field:
            case "read":
                await service.set_read(*at, wish.wanted is True)
            case "folder":
                await service.set_folder(*at, str(wish.wanted))
            case "starred":
                return await _star(service, wish)
            case "labels":
                await self._label(service, wish)
        return wish.wanted

    async def _label(self, service: Service, wish: Unsent) -> None:
        """One request for each label, and after each it is noted how far this has come."""
        told = cast(tuple[str, ...], wish.told)
        wanted = cast(tuple[str, ...], wish.wanted)
        if wish.doubt:
            told = (await service.message(wish.inbox, wish.id)).labels or ()
        for label in wanted:
            if label not in told:
                await service.add_label(wish.inbox, wish.id, label)
                told = (*told, label)
                await self._store.note_told(wish.id, "labels", told)
        for label in told:
            if label not in wanted:
                await service.remove_label(wish.inbox, wish.id, label)
                told = tuple(name for name in told if name != label)
                await self._store.note_told(wish.id, "labels", told)


_NAMES: dict[Field, str] = {
    "read": "read mark",
    "starred": "star",
    "labels": "labels",
    "folder": "folder",
}


async def _star(service: Service, wish: Unsent) -> bool:
    """The service only toggles, so a star in doubt is looked at first, and each answer counts."""
    told, wanted = wish.told is True, wish.wanted is True
    if wish.doubt:
        told = bool((await service.message(wish.inbox, wish.id)).starred)
    for _ in range(2):  # the second time where somebody else had toggled it meanwhile
        if told == wanted:
            return told
        answer = await service.toggle_star(wish.inbox, wish.id)
        told = wanted if answer.starred is None else answer.starred
    if told != wanted:
        raise Rejected("Mailsac left the star as it was")
    return told
