"""Changes to messages: shown at once, told behind, undone one after the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence, Set
from typing import Literal, cast

from msgspec import Struct
from msgspec.structs import replace

from sacterm.errors import NotFound, Rejected, SactermError, StoreFailed, Unreachable
from sacterm.mailbox.changes import Field, Value, Wish
from sacterm.mailbox.outbox import AT_ONCE
from sacterm.mailbox.service import Service
from sacterm.mailbox.store import Store
from sacterm.mailbox.views import View

ReadSync = Literal["never", "manual", "always"]
FOLDERS = ("inbox", "all", "spam", "trash")
"""The folders that the service moves mail to; older mail may say others."""

_DEEP = 50  # changes that can be undone
_LAST_ROUND = 5.0  # seconds that closing waits for deletions that are under way
_EACH = 1.0  # seconds that a deletion may take at the service
_LATE = 20.0  # seconds after which what should have been deleted is shown again


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
        may_spend: Callable[[], bool],
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
            may_spend: whether ops may be spent that nobody asked for by a key.
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
        self._may_spend = may_spend
        self._spawn = spawn
        self._grace = grace
        self._read_sync = read_sync
        self._done: deque[_Changed | _Deletion] = deque(maxlen=_DEEP)
        self._deletions: list[_Deletion] = []
        self._closing = False

    # what is seen

    def price(self, ids: Iterable[str], field: Field, value: Value) -> int:
        """Ops that a change takes."""
        tell = field != "read" or self._read_sync != "never"
        return self._price([Wish(id_, field, value, tell) for id_ in ids])

    def _price(self, wishes: Sequence[Wish]) -> int:
        """Ops that wishes for one field take."""
        if not (wishes := [wish for wish in wishes if wish.tell]):
            return 0
        told = self._store.told((wish.id for wish in wishes), wishes[0].field)
        return sum(_ops(told[wish.id], wish.value) for wish in wishes if wish.id in told)

    @property
    def pending_deletes(self) -> int:
        """Messages that are to be deleted at the service and are not yet."""
        return sum(len(deletion.ids) for deletion in self._deletions)

    # changes

    async def opened(self, id: str) -> None:
        """Mark read because it was shown; whether the service is told is a setting."""
        if self._store.values([id], "read").get(id) is False:
            tell = self._read_sync == "always" and self._may_spend()
            await self._wish([Wish(id, "read", True, tell)])

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
        add, remove = set(add), set(remove)
        await self._store.add_labels(add)
        return await self._change("labelled", self._labelled(ids, add, remove))

    def price_of_labels(self, ids: Sequence[str], add: Set[str], remove: Set[str]) -> int:
        """Ops that a change of labels takes."""
        return self._price(self._labelled(ids, add, remove))

    def _labelled(self, ids: Sequence[str], add: Set[str], remove: Set[str]) -> list[Wish]:
        wishes = []
        for id_, old in self._store.values(ids, "labels").items():
            kept = tuple(label for label in cast(tuple[str, ...], old) if label not in remove)
            wishes.append(Wish(id_, "labels", kept + tuple(sorted(add - set(kept)))))
        return wishes

    async def _change(self, what: str, wishes: list[Wish]) -> int:
        # what is gone at the service can only be marked read, and only here
        there = self._store.told((wish.id for wish in wishes), "read")
        back = await self._wish(
            [
                wish if wish.id in there else replace(wish, tell=False)
                for wish in wishes
                if wish.id in there or wish.field == "read"
            ]
        )
        if back:
            self._done.append(_Changed(what, back))
        return len(back)

    def forget(self, id: str, field: Field) -> None:
        """A change was refused: there is nothing of it to undo."""
        for done in [done for done in self._done if isinstance(done, _Changed)]:
            done.back[:] = [w for w in done.back if (w.id, w.field) != (id, field)]
            if not done.back:
                self._done.remove(done)

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
            if back := await self._wish(last.back):
                return f"{len(back)} no longer {last.what}"
        return None

    @property
    def undo_price(self) -> int:
        """Ops that undoing the last change takes."""
        if not self._done or isinstance(last := self._done[-1], _Deletion):
            return 0
        return self._price(last.back)

    # deletion

    async def purge(self, email: str) -> None:
        """Delete all mail of an inbox but what is starred, at once and for good (1 op).

        Raises:
            SactermError: refused, or the service could not be asked.
        """
        ids = self._purged(View.inbox(email))
        await self._service().purge(email)
        await self._forget_all(ids)

    async def purge_domain(self, name: str) -> None:
        """Delete all mail of a domain (1 op), and see what stayed where some was starred (1 more).

        The service's documents disagree on whether starred mail goes too.

        Raises:
            SactermError: refused, or the service could not be asked.
        """
        view = View.domain(name)
        ids = self._purged(view)
        starred = [id_ for id_ in self._all(view) if id_ not in ids]
        await self._service().purge_domain(name)
        await self._forget_all(ids)
        if starred:
            stayed = {message.id for message in await self._service().domain_messages(name)}
            await self._forget_all(set(starred) - stayed)

    def _purged(self, view: View) -> set[str]:
        """What goes with a purge now; what arrives while it is asked for may stay.

        Raises:
            Rejected: the service does not know yet what is starred.
        """
        if self._store.unsent_stars(self._all(view)):
            raise Rejected("not all stars are told to Mailsac yet: purge when they are")
        hidden = self._store.rows(id_ for deletion in self._deletions for id_ in deletion.ids)
        going = {
            row.id
            for row in hidden
            if not row.starred and view.name in (row.inbox, row.inbox.rpartition("@")[2])
        }
        return going.union(self._store.unstarred(view))

    def _all(self, view: View) -> list[str]:
        return self._store.ids(view, 0, self._store.counts(view).total - 1)

    async def _forget_all(self, ids: set[str]) -> None:
        for deletion in list(self._deletions):
            deletion.ids = [id_ for id_ in deletion.ids if id_ not in ids]
            if not deletion.ids and deletion.task is None:
                self._end(deletion)
        # the service may have kept some: starred elsewhere, or come while it purged
        await self._store.remove(ids, for_good=False)
        self._changed()

    async def delete(self, ids: Sequence[str]) -> int:
        """Take messages out of sight, and delete them at the service after the grace.

        What the service no longer has is forgotten at once, for nothing.

        Returns:
            How many will be deleted at the service.

        Raises:
            Unreachable: not online: nothing is changed.
        """
        pending = {id_ for deletion in self._deletions for id_ in deletion.ids}
        rows = [row for row in self._store.rows(ids) if row.id not in pending]
        if gone := [row.id for row in rows if row.gone]:
            await self._store.remove(gone, for_good=False)
            self._changed()
        here = [row.id for row in rows if not row.gone]
        if not here:
            return 0
        if not self._online():
            raise Unreachable("not online: mail can only be deleted while connected")
        await self._store.hide(here, self._grace + _EACH * len(here) + _LATE)
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
        self._closing = True
        with contextlib.suppress(StoreFailed):  # the next start puts them back
            for deletion in list(self._deletions):
                if not deletion.task:
                    await self._put_back(deletion)
        if running := [deletion.task for deletion in self._deletions if deletion.task]:
            # what was asked for is waited for: else deleted mail would be shown at the next start
            await asyncio.wait(running, timeout=_LAST_ROUND)

    def _begin(self, deletion: _Deletion, progress: Callable[[int], None]) -> None:
        if deletion.timer:
            deletion.timer.cancel()
        if deletion in self._done:  # it cannot be undone any longer
            self._done.remove(deletion)
        deletion.task = self._spawn(self._carry_out(deletion, progress))

    async def _carry_out(self, deletion: _Deletion, progress: Callable[[int], None]) -> None:
        try:
            while (some := deletion.ids[:AT_ONCE]) and not self._closing:
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
            self._refused(f"{left} not deleted, they are back: {error}")
        finally:
            with contextlib.suppress(StoreFailed):  # the next start puts them back
                await self._store.show(deletion.ids)
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
        self._end(deletion)
        await self._store.show(deletion.ids)
        self._changed()

    def _end(self, deletion: _Deletion) -> None:
        """Let a deletion never begin."""
        if deletion.timer:
            deletion.timer.cancel()
        self._deletions.remove(deletion)
        if deletion in self._done:
            self._done.remove(deletion)


def _ops(there: Value, wanted: Value) -> int:
    """What it takes to make one message so: one for each label, or for the change."""
    if isinstance(there, tuple) and isinstance(wanted, tuple):
        return len(set(there) ^ set(wanted))
    return int(there != wanted)
