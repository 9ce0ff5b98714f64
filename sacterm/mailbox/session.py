"""Keeps the store true while the app runs. Knows no screen.

What is to be asked of the service is a need, and stays one until it is met. Mail of the socket
goes straight to the store. On every connection the gap before it is closed by a listing. Listeners
are told what to look at again, never what is new: a notice may be dropped, mail may not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from sacterm.errors import KeyRefused, SactermError, StoreFailed, Unreachable
from sacterm.mailbox import history
from sacterm.mailbox.addresses import AddressBook
from sacterm.mailbox.arrivals import Arrivals
from sacterm.mailbox.bodies import Bodies
from sacterm.mailbox.coverage import Coverage
from sacterm.mailbox.ledger import Ledger, utc_now
from sacterm.mailbox.needs import Needs, Problem
from sacterm.mailbox.outbox import Outbox
from sacterm.mailbox.service import Connect, Service, Wire
from sacterm.mailbox.status import Change, FeedPhase, Status
from sacterm.mailbox.store import Store
from sacterm.mailbox.throttle import Throttle
from sacterm.mailbox.triage import ReadSync, Triage
from sacterm.model import (
    Account,
    Connecting,
    FeedEvent,
    Listening,
    Liveness,
    Lost,
    MailArrived,
    Notice,
    Refused,
)

_FIRST_LISTING = 3.0  # seconds the first listing waits for the socket, so that one is enough
_GARBLED = 60.0  # seconds between two listings for the sake of frames that were not understood


class Session:
    """One account's mail, live.

    Attributes:
        store: what is known.
        ledger: what was spent.
        addresses: what can be done with addresses.
        triage: what can be done with messages.
        bodies: reads messages.
    """

    def __init__(
        self,
        store: Store,
        connect: Connect,
        *,
        refresh_every: float = 0.0,
        watch: Sequence[str] = (),
        delete_grace: float = 10.0,
        read_sync: ReadSync = "manual",
        moved: Callable[[Account], None] = lambda account: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Set up; nothing is asked before :meth:`start`.

        Args:
            store: opened.
            connect: makes the wire.
            refresh_every: seconds between listings while something is not live; 0: never.
            watch: public inboxes to watch, and to list at the start (1 op each).
            delete_grace: seconds in which a deletion can be undone.
            read_sync: which read marks the service is told of.
            moved: called when the key turns out to belong to another account than the store's.
            now: the time, aware.
        """
        self.store = store
        self.ledger = Ledger(store, now=now)
        self.addresses = AddressBook(store, self._get_service, self._addresses_changed)
        self.triage = Triage(
            store,
            lambda: self._online().service,
            changed=self._mail_changed,
            unsent=self._send_soon,
            refused=self._refuse,
            online=lambda: self._status.online,
            spawn=self._spawn,
            grace=delete_grace,
            read_sync=read_sync,
        )
        self._outbox = Outbox(
            store,
            lambda: self._online().service,
            self._mail_changed,
            self._refuse,
            self.triage.forget,
        )
        self.bodies = Bodies(
            store, self._get_service, self._mail_changed, now=lambda: now().timestamp()
        )
        self._connect = connect
        self._refresh_every = refresh_every
        self._watch = watch
        self._moved = moved
        self._begun = False
        self._other_account = ""  # why this store is not to be used with this key
        self._now = now
        self._wire: Wire | None = None
        contact = store.meta("contact")
        self._status = Status(contact=datetime.fromisoformat(contact) if contact else None)
        self._listeners: list[Callable[[Change], None]] = []
        self._refusals: list[Callable[[str], None]] = []
        self._needs = Needs(now=now, done=self._asked)
        self._arrivals = Arrivals(
            store, self.ledger, stored=self._mail_changed, trouble=self._disk_trouble
        )
        self._writer: asyncio.Task[None] | None = None
        self._coverage = Coverage()
        self._pending: dict[str, bool] = {}
        # what may have been lost in frames that were not understood is listed
        self._garbled = Throttle(_GARBLED, lambda: self._needs.add("mail", self._catch_up))
        self._first_listing: asyncio.TimerHandle | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._subscribe()

    # what the screen asks

    @property
    def status(self) -> Status:
        """How things stand."""
        return self._status

    @property
    def has_older(self) -> bool:
        """Whether the service holds mail older than what was ever listed."""
        return history.has_older(self.store)

    def liveness(self, name: str) -> Liveness:
        """What may honestly be said of an address or domain."""
        return self._coverage.liveness(name)

    def pending(self, name: str) -> bool | None:
        """Whether forwarding is being turned on or off right now; None: neither."""
        return self._pending.get(name)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Be told what to look at again; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def hear_refusals(self, listener: Callable[[str], None]) -> None:
        """Be told, in one line for a person, of each change that was taken back."""
        self._refusals.append(listener)

    # what the screen wants done

    def start(self) -> None:
        """Connect and go live, in the background."""
        self._spawn(self._run())
        self._writer = asyncio.create_task(self._arrivals.run())
        self._writer.add_done_callback(self._ended)
        if self._refresh_every:
            self._spawn(self._refresh_quiet())

    async def close(self) -> None:
        """End all that runs; what arrived is kept."""
        await self.triage.close()
        self._cancel_first_listing()
        self._garbled.stop()
        self._needs.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.bodies.close()
        if self._wire:
            await asyncio.gather(self._wire.feed.aclose(), self._wire.service.aclose())
        if self._writer:
            self._arrivals.finish()
            await self._writer
        self.failed.cancel()

    @property
    def unfinished(self) -> int:
        """Changes that the service can be told of now, and has not been told of."""
        unsent = self.store.count_unsent() if self._status.online else 0
        return self.triage.pending_deletes + unsent

    async def finish(self, progress: Callable[[int], None]) -> None:
        """Tell the service all that it can be told of now; what is left waits in the store.

        Args:
            progress: called with how many changes are left, again and again.
        """
        await self.triage.finish(lambda left: progress(self.unfinished))
        try:
            while self.unfinished and await self._outbox.send():
                progress(self.unfinished)
        except SactermError as error:
            self._asked(Problem(str(error), error.remedy))

    def refresh(self) -> None:
        """Ask for the account's new mail (1 op), and end all waits."""
        self._needs.add("mail", self._catch_up)
        if self._status.problem:
            self._needs.add("account", self._load_account)
        if self._wire:
            self._wire.feed.retry_now()

    async def list_inbox(self, email: str) -> None:
        """Ask for the mail of one inbox, public or not (1 op).

        Raises:
            SactermError: it could not be had.
        """
        await history.list_inbox(self._online().service, self.store, email)
        self._tell(Change.MAIL | Change.ADDRESSES)

    async def load_older(self) -> None:
        """Ask for one more page of older mail (1 op).

        Raises:
            SactermError: it could not be had.
        """
        await history.older(self._online().service, self.store)
        self._tell(Change.MAIL)

    async def search(self, words: str) -> int:
        """Ask for mail with any of the words in to, from or subject (1 op); how much was new.

        Raises:
            SactermError: it could not be had.
        """
        mark = self.store.mark()
        found = await self._online().service.search(words)
        new = await self.store.upsert(found, owned=True, as_of=mark)
        self._tell(Change.MAIL)
        return len(new)

    async def set_websocket(self, email: str, on: bool) -> None:
        """Turn forwarding on or off; done when the service shows it (the feed confirms later).

        Asked again meanwhile, it does nothing.

        Raises:
            SactermError: refused; nothing changed.
        """
        if email in self._pending:
            return
        self._pending[email] = on
        self._tell(Change.ADDRESSES)
        try:
            await self.addresses.set_websocket(email, on)
        finally:
            del self._pending[email]
            self._tell(Change.ADDRESSES)

    # what is asked of the service

    async def _run(self) -> None:
        try:
            await self.store.show_hidden()
            self._spawn(self._look_for_codes())
            for email in self._watch:
                await self.addresses.watch(email)
        except StoreFailed as error:
            self._disk_trouble(error)
        try:
            self._wire = await self._connect(self._spend)
        except SactermError as error:
            self._asked(Problem(str(error), error.remedy))
            return
        self._needs.add("account", self._load_account)
        await self._needs.run()

    async def _look_for_codes(self) -> None:
        with contextlib.suppress(StoreFailed):  # the next start goes on with it
            await self.store.look_for_codes()
            self._mail_changed()

    def _begin(self, wire: Wire) -> None:
        """Go on once it is known whose key this is, or that the service does not tell now."""
        self._begun = True
        self._spawn(self._follow(wire))
        self._subscribe()
        self._needs.add("addresses", self._load_names)
        for email in self._watch:
            self._needs.add(f"inbox {email}", partial(self.list_inbox, email))
        loop = asyncio.get_running_loop()
        self._first_listing = loop.call_later(_FIRST_LISTING, self._list_first)
        self._send_soon()

    def _asked(self, problem: Problem | None) -> None:
        if problem:
            self._set_status(online=False, problem=problem)
        else:
            contact = self._now()
            self._arrivals.note_contact(contact)
            self._set_status(online=True, problem=None, contact=contact)
        if self._wire and not self._begun and not self._other_account:
            self._begin(self._wire)

    async def _load_account(self) -> None:
        account = await self._online().service.me()
        known = self.store.account()
        if known is not None and known.id != account.id:
            self._other_account = f"this key belongs to {account.id} now: start sacterm again"
            self._moved(account)
            raise KeyRefused(self._other_account)
        self.ledger.told(account)
        await self.store.set_account(account)
        self._tell(Change.ADDRESSES | Change.STATUS)

    async def _load_names(self) -> None:
        # both, before anything is subscribed to: one connection, one gap, one listing
        service = self._online().service
        changes = self.addresses.changes
        addresses, domains = await asyncio.gather(
            service.addresses(), service.domains(), return_exceptions=True
        )
        if changes != self.addresses.changes:
            # what was told may be older than what was reserved or released here meanwhile
            self._needs.add("addresses", self._load_names)
            return
        if not isinstance(addresses, BaseException):
            await self.store.set_addresses(addresses)
        if not isinstance(domains, BaseException):
            await self.store.set_domains(domains)
        failures = [a for a in (addresses, domains) if isinstance(a, BaseException)]
        if len(failures) < 2:
            self._addresses_changed()
        if failures:
            raise failures[0]
        if not self._coverage.wanted:
            self._list_first()

    async def _catch_up(self) -> None:
        self._cancel_first_listing()
        await history.catch_up(self._online().service, self.store)
        self._tell(Change.MAIL)

    def _list_first(self) -> None:
        if self._first_listing:
            self._cancel_first_listing()
            self._needs.add("mail", self._catch_up)

    def _cancel_first_listing(self) -> None:
        if self._first_listing:
            self._first_listing.cancel()
            self._first_listing = None

    def _send_soon(self) -> None:
        if self._begun:
            self._needs.join("changes", self._send_changes)

    async def _send_changes(self) -> None:
        if self.store.count_unsent() and await self._outbox.send():
            self._send_soon()

    async def _refresh_quiet(self) -> None:
        while True:
            await asyncio.sleep(self._refresh_every)
            if any(not address.websocket for address in self.store.addresses()):
                self._needs.add("mail", self._catch_up)
            for watched in self.store.watched():
                with contextlib.suppress(SactermError):  # the next round asks again
                    await self.list_inbox(watched.email)

    # the feed

    def _subscribe(self) -> None:
        self._coverage.take(self.store.addresses(), self.store.domains())
        wanted, confirmed = self._coverage.wanted, self._coverage.confirmed
        if self._wire:
            self._wire.feed.subscribe(wanted)
        self._set_status(wanted=len(wanted), confirmed=len(confirmed))
        if not wanted:
            self._set_status(feed=FeedPhase.IDLE, feed_problem=None)

    async def _follow(self, wire: Wire) -> None:
        async for event in wire.feed.events():
            self._heed(event)

    def _heed(self, event: FeedEvent) -> None:
        if self._other_account:
            return
        match event:
            case MailArrived(message):
                self._arrivals.add(message)
            case Connecting():
                if self._status.feed is not FeedPhase.LISTENING:
                    self._set_status(feed=FeedPhase.CONNECTING)
            case Listening(addresses, domains, gap):
                self._confirm(addresses | domains, FeedPhase.LISTENING, None)
                if gap:
                    self._needs.add("mail", self._catch_up)
            case Lost(reason, retry_in, addresses, domains):
                retry_at = self._now() + timedelta(seconds=retry_in)
                problem = Problem(reason, "tries again by itself", retry_at)
                self._confirm(addresses | domains, FeedPhase.LOST, problem)
                self._list_first()
            case Refused(reason, remedy, addresses, domains):
                problem = Problem(reason, remedy)
                self._confirm(addresses | domains, FeedPhase.REFUSED, problem)
                self._list_first()
            case Notice(_, garbled):
                if garbled:
                    self._garbled.ask()

    def _confirm(self, names: Iterable[str], phase: FeedPhase, problem: Problem | None) -> None:
        self._coverage.confirm(names)
        confirmed = len(self._coverage.confirmed)
        self._set_status(feed=phase, feed_problem=problem, confirmed=confirmed)
        self._tell(Change.ADDRESSES)

    # odds and ends

    def _spend(self, kind: str) -> None:
        self.ledger.spend(kind)
        self._arrivals.write_soon()
        self._tell(Change.STATUS)

    def _online(self) -> Wire:
        if self._other_account:
            raise KeyRefused(self._other_account)
        if self._wire is None:
            raise Unreachable("not connected yet")
        return self._wire

    def _get_service(self) -> Service | None:
        return self._wire.service if self._wire and not self._other_account else None

    def _disk_trouble(self, error: StoreFailed | None) -> None:
        problem = Problem(str(error), error.remedy) if error else None
        self._set_status(cache_problem=problem)

    def _refuse(self, text: str) -> None:
        for listener in self._refusals:
            listener(text)

    def _mail_changed(self) -> None:
        self._tell(Change.MAIL)

    def _addresses_changed(self) -> None:
        self._subscribe()
        self._tell(Change.ADDRESSES | Change.MAIL)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        if not task.cancelled() and (error := task.exception()) and not self.failed.done():
            self.failed.set_exception(error)

    def _set_status(self, **values: object) -> None:
        status = replace(self._status, **values)
        if status != self._status:
            self._status = status
            self._tell(Change.STATUS)

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)
