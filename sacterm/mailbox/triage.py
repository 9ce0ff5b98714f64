"""Changes to messages: shown at once, told behind, undone one after the other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Literal, cast

from msgspec import Struct

from sacterm.errors import NotFound, SactermError, Unreachable
from sacterm.mailbox.changes import Field, Value, Wish
from sacterm.mailbox.outbox import AT_ONCE
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import View

ReadSync = Literal["never", "manual", "always"]
FOLDERS = ("inbox", "all", "spam", "trash")
"""The folders that the service moves mail to; older mail may say others."""

_DEEP = 50  # changes that can be undone


class _Changed(Struct, frozen=True):
    """A change that is undone by wishing back what was."""

    what: str
    back: list[Wish]


class _Deletion:
    """Messages that are out of sight, and deleted at the service in a while."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids  # not deleted yet
        self.timer: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None  # once it has begun


class Triage:
    """Marks, labels, moves and deletes messages, and takes that back."""

    def __init__(
        self,
        store: Store,
        service: Callable[[], Service],
        *,
        changed: Callable[[], None],
        unsent: Callable[[], None],
        refused: Callable[[str], None],
        online: Callable[[], bool],
        spawn: Callable[[Coroutine[None, None, None]], asyncio.Task[None]],
        grace: float,
        read_sync: ReadSync,
    ) -> None:
        """Set up.

        Args:
            store: where changes show.
            service: the service; raises ServiceError where there is no way to it.
            changed: called after every change of the store.
            unsent: called when there is something to tell the service.
            refused: called with one line for a person when something was taken back.
            online: whether the service answered last time.
            spawn: runs something in the background.
            grace: seconds from a deletion here to the one at the service.
            read_sync: which read marks the service is told of.
        """
        self._store = store
        self._service = service
        self._changed = changed
        self._unsent = unsent
        self._refused = refused
        self._online = online
        self._spawn = spawn
        self._grace = grace
        self._read_sync = read_sync
        self._done: deque[_Changed | _Deletion] = deque(maxlen=_DEEP)
        self._deletions: list[_Deletion] = []

    # what is seen

    def price(self, ids: Iterable[str], field: Field, value: Value) -> int:
        """Ops that a change takes."""
        if field == "read" and self._read_sync == "never":
            return 0
        told = (self._store.told(id_, field) for id_ in ids)
        if field != "labels":
            return sum(there not in (None, value) for there in told)
        wanted = set(cast(tuple[str, ...], value))
        return sum(len(wanted ^ set(cast(tuple[str, ...], t))) for t in told if t is not None)

    @property
    def pending_deletes(self) -> int:
        """Messages that are to be deleted at the service and are not yet."""
        return sum(len(deletion.ids) for deletion in self._deletions)

    # changes

    async def opened(self, id: str) -> None:
        """Mark read because it was shown; whether the service is told is a setting."""
        if self._store.value(id, "read") is False:
            await self._wish([Wish(id, "read", True, tell=self._read_sync == "always")])

    async def set_read(self, ids: Sequence[str], read: bool) -> int:
        """Mark messages read or unread; how many were changed."""
        tell = self._read_sync != "never"
        what = "marked read" if read else "marked unread"
        return await self._change(what, [Wish(id_, "read", read, tell) for id_ in ids])

    async def set_starred(self, ids: Sequence[str], starred: bool) -> int:
        """Star messages, or take their stars away; how many were changed."""
        what = "starred" if starred else "unstarred"
        return await self._change(what, [Wish(id_, "starred", starred) for id_ in ids])

    async def set_folder(self, ids: Sequence[str], folder: str) -> int:
        """Move messages to one of :data:`FOLDERS`; how many were changed."""
        return await self._change(
            f"moved to {folder}", [Wish(id_, "folder", folder) for id_ in ids]
        )

    async def set_labels(
        self, ids: Sequence[str], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> int:
        """Put labels on messages and take others off; how many messages were changed."""
        return await self._change("labelled", self._labelled(ids, set(add), set(remove)))

    def price_of_labels(self, ids: Sequence[str], add: set[str], remove: set[str]) -> int:
        """Ops that a change of labels takes."""
        return sum(
            self.price([wish.id], "labels", wish.value) for wish in self._labelled(ids, add, remove)
        )

    def _labelled(self, ids: Sequence[str], add: set[str], remove: set[str]) -> list[Wish]:
        wishes = []
        for id_ in ids:
            old = self._store.value(id_, "labels")
            if isinstance(old, tuple):
                kept = tuple(label for label in old if label not in remove)
                new = tuple(sorted(add - set(kept)))
                wishes.append(Wish(id_, "labels", kept + new))
        return wishes

    async def _change(self, what: str, wishes: list[Wish]) -> int:
        back = await self._wish(wishes)
        if back:
            self._done.append(_Changed(what, back))
        return len(back)

    async def _wish(self, wishes: list[Wish]) -> list[Wish]:
        back = await self._store.wish(wishes)
        if back:
            self._changed()
            self._unsent()
        return back

    async def undo(self) -> str | None:
        """Take the last change back; what was done, or None where there is nothing to undo.

        What was deleted at the service is gone: only deletions still in their grace come back.
        """
        while self._done:
            last = self._done.pop()
            if isinstance(last, _Deletion):
                await self._put_back(last)
                return f"{len(last.ids)} not deleted"
            if await self._wish(last.back):
                return f"{len(last.back)} no longer {last.what}"
        return None

    # deletion

    async def purge(self, email: str) -> None:
        """Delete all mail of an inbox but what is starred, at once and for good (1 op).

        Raises:
            SactermError: refused, or the service could not be asked.
        """
        await self._service().purge(email)
        await self._store.remove(self._store.unstarred(View.inbox(email)))
        self._changed()

    async def purge_domain(self, name: str) -> None:
        """Delete all mail of a domain (1 op), and see what stayed where some was starred (1 more).

        The service's documents disagree on whether starred mail goes too.

        Raises:
            SactermError: refused, or the service could not be asked.
        """
        view = View.domain(name)
        await self._service().purge_domain(name)
        await self._store.remove(self._store.unstarred(view))
        self._changed()
        if starred := self._store.ids(view, 0, self._store.counts(view).total - 1):
            stayed = {message.id for message in await self._service().domain_messages(name)}
            await self._store.remove(id_ for id_ in starred if id_ not in stayed)
            self._changed()

    async def delete(self, ids: Sequence[str]) -> int:
        """Take messages out of sight, and delete them at the service after the grace.

        What the service no longer has is forgotten at once, for nothing.

        Returns:
            How many will be deleted at the service.

        Raises:
            Unreachable: not online: nothing is changed.
        """
        rows = [row for id_ in ids if (row := self._store.row(id_)) is not None]
        if gone := [row.id for row in rows if row.gone]:
            await self._store.remove(gone)
            self._changed()
        here = [row.id for row in rows if not row.gone]
        if not here:
            return 0
        if not self._online():
            raise Unreachable("not online: mail can only be deleted while connected")
        await self._store.set_hidden(here, True)
        deletion = _Deletion(here)
        loop = asyncio.get_running_loop()
        deletion.timer = loop.call_later(self._grace, self._begin, deletion, lambda left: None)
        self._deletions.append(deletion)
        self._done.append(deletion)
        self._changed()
        return len(here)

    async def finish(self, progress: Callable[[int], None]) -> None:
        """Delete now what is still in its grace.

        Args:
            progress: called with how many are left, again and again.
        """
        for deletion in list(self._deletions):
            if not deletion.task:
                self._begin(deletion, progress)
            if deletion.task:
                await asyncio.wait([deletion.task])

    async def close(self) -> None:
        """Put back what is not deleted yet."""
        for deletion in list(self._deletions):
            if not deletion.task:
                await self._put_back(deletion)

    def _begin(self, deletion: _Deletion, progress: Callable[[int], None]) -> None:
        if deletion.timer:
            deletion.timer.cancel()
        if deletion in self._done:  # it cannot be undone any longer
            self._done.remove(deletion)
        deletion.task = self._spawn(self._carry_out(deletion, progress))

    async def _carry_out(self, deletion: _Deletion, progress: Callable[[int], None]) -> None:
        try:
            while some := deletion.ids[:AT_ONCE]:
                progress(self.pending_deletes)
                faults = await asyncio.gather(*map(self._delete_one, some), return_exceptions=True)
                deleted = [i for i, fault in zip(some, faults, strict=True) if fault is None]
                await self._store.remove(deleted)
                deletion.ids = [id_ for id_ in deletion.ids if id_ not in deleted]
                for fault in faults:
                    if fault is not None:
                        raise fault
            progress(self.pending_deletes)
        except SactermError as error:
            left = len(deletion.ids)
            await self._store.set_hidden(deletion.ids, False)
            self._refused(f"{left} not deleted, they are back: {error}")
        finally:
            self._deletions.remove(deletion)
            self._changed()

    async def _delete_one(self, id: str) -> None:
        row = self._store.row(id)
        if row is not None:
            try:
                await self._service().delete(row.inbox, id)
            except NotFound:
                return  # what was wanted

    async def _put_back(self, deletion: _Deletion) -> None:
        if deletion.timer:
            deletion.timer.cancel()
        self._deletions.remove(deletion)
        await self._store.set_hidden(deletion.ids, False)
        self._changed()
