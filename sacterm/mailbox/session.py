"""Keeps the store true while the app runs. Knows no screen.

What is to be asked of the service is a need, and stays one until it is met. Mail of the socket
goes straight to the store. On every connection the gap before it is closed by a listing. Listeners
are told what to look at again, not what is in it: a notice may be dropped, mail may not.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sacterm.errors import (
    KeyRefused,
    NotFound,
    OwnedByAnother,
    Rejected,
    SactermError,
    StoreFailed,
    Unreachable,
)
from sacterm.mailbox import history
from sacterm.mailbox.addresses import AddressBook
from sacterm.mailbox.arrivals import Arrivals
from sacterm.mailbox.background import Background
from sacterm.mailbox.bodies import Bodies
from sacterm.mailbox.ledger import Ledger, utc_now
from sacterm.mailbox.live import FIRST_LISTING, Live
from sacterm.mailbox.needs import Needs, Problem
from sacterm.mailbox.outbox import Outbox
from sacterm.mailbox.service import Connect, Listings, Service, Wire
from sacterm.mailbox.status import Board, Change, Status
from sacterm.mailbox.store import Store
from sacterm.mailbox.triage import ReadSync, Triage
from sacterm.mailbox.unasked import Unasked
from sacterm.mailbox.wake import watch_for_sleep
from sacterm.model import Account, Liveness

if TYPE_CHECKING:
    from sacterm.mailbox.search import Query

_LOOKS = 1.5  # seconds between two looks at what another sacterm changed
_SELDOM = 20  # looks, of which one looks for what another left undone


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
        account: Account | None = None,
        ops_limit: int | None = None,
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
            account: what the service has just told (1 op), if it has.
            ops_limit: ops that this run may spend without a key press; None: as many as it needs.
            moved: called when the key turns out to belong to another account than the store's.
            now: the time, aware.
        """
        self.store = store
        self._background = Background()
        contact = store.meta("contact")
        self._board = Board(Status(contact=datetime.fromisoformat(contact) if contact else None))
        self._clock = now
        self._wire: Wire | None = None
        self.ledger = Ledger(store, limit=ops_limit, now=self.now)
        self.addresses = AddressBook(store, self._get_service, self._addresses_changed)
        self.triage = Triage(
            store,
            lambda: self._online().service,
            changed=self._mail_changed,
            unsent=self._tell_of_changes,
            refused=self._board.refuse,
            online=lambda: self.status.online,
            may_spend=lambda: not self.ledger.is_at_limit,
            spawn=self._background.spawn,
            grace=delete_grace,
            read_sync=read_sync,
        )
        self._outbox = Outbox(
            store,
            lambda: self._online().service,
            self._mail_changed,
            self._board.refuse,
            self.triage.forget,
        )
        self.bodies = Bodies(
            store,
            self._get_service,
            self._mail_changed,
            may_spend=lambda: not self.ledger.is_at_limit,
            now=lambda: self.now().timestamp(),
        )
        self._connect = connect
        self._refresh_every = refresh_every
        self._watch = watch
        self._moved = moved
        self._account = account
        self._by_hand: set[str] = set()  # needs that a person asked for
        self._is_changed = False  # by a person, in this run
        self._begun = False
        self._other_account = ""  # why this store is not to be used with this key
        self._needs = Needs(now=self.now, done=self._asked)
        self._arrivals = Arrivals(
            store, self.ledger, stored=self._board.tell_of_mail, trouble=self._disk_trouble
        )
        self._writer: asyncio.Task[None] | None = None
        self._live = Live(
            store,
            self._board,
            now=self.now,
            arrived=self._arrivals.add,
            keep_up=self._arrivals.keep_up,
            list_mail=self._list_gap,
        )
        self._live.subscribe()

    # what the screen asks

    def now(self) -> datetime:
        """The time, aware, UTC: that of the service where the clock here is wrong.

        Ages, months and what is newer than an hour are right with it.
        """
        return self._clock() + (self._wire.service.skew if self._wire else timedelta())

    @property
    def status(self) -> Status:
        """How things stand."""
        return self._board.status

    @property
    def failed(self) -> asyncio.Future[None]:
        """Holds the first fault of ours in what runs behind; cancelled at the end."""
        return self._background.failed

    @property
    def has_older(self) -> bool:
        """Whether the service holds mail older than what was ever listed."""
        return history.has_older(self.store)

    def liveness(self, name: str) -> Liveness:
        """What may honestly be said of an address or domain."""
        return self._live.coverage.liveness(name)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Be told what to look at again; call what is returned to stop."""
        return self._board.listen(listener)

    def hear_refusals(self, listener: Callable[[str], None]) -> None:
        """Be told, in one line for a person, of each change that was taken back."""
        self._board.hear_refusals(listener)

    def hear_mail(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Be told the ids of mail that has come, by socket or in a gap: of no older mail."""
        self._board.hear_mail(listener)

    def query(self, text: str) -> Query:
        """Read what is searched for, as things are now."""
        from sacterm.mailbox.search import parse

        live = self._live.coverage.confirmed
        return parse(text, now=self.now().astimezone(), live=live)

    # what the screen wants done

    def start(self) -> None:
        """Connect and go live, in the background."""
        self._background.spawn(self._run())
        self._writer = self._background.watch(asyncio.create_task(self._arrivals.run()))
        if not self.store.keeps_nothing:
            self._background.spawn(self._look_elsewhere())
        self._background.spawn(watch_for_sleep(self._woke, clock=lambda: self._clock().timestamp()))
        if self._refresh_every:
            self._background.spawn(self._refresh_quiet())

    async def close(self) -> None:
        """End all that runs; what arrived is kept."""
        await self.triage.close()
        self._live.stop()
        self._needs.stop()
        await self._background.end()
        await self.bodies.close()
        self._outbox.close()
        if self._wire:
            await asyncio.gather(self._wire.feed.aclose(), self._wire.service.aclose())
        if self._writer:
            self._arrivals.finish()
            await self._writer
        self.failed.cancel()

    @property
    def unfinished(self) -> int:
        """Changes that the service can be told of now, and has not been told of."""
        unsent = self.store.count_unsent() if self.status.online else 0
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
        """Ask for the account's new mail (1 op), whatever the limit, and end all waits."""
        self._by_hand = {"mail"}
        if self.status.problem:
            self._by_hand.add("account")
            self._needs.add("account", self._load_account)
        self._list()
        self._needs.resume()
        if self._wire:
            self._wire.feed.retry_now()

    async def list_inbox(self, email: str) -> None:
        """Ask for the mail of one inbox, public or not (1 op).

        Raises:
            SactermError: it could not be had.
        """
        await self._list_inbox(self._online().service, email)

    async def load_older(self) -> None:
        """Ask for one more page of older mail (1 op).

        Raises:
            SactermError: it could not be had.
        """
        await history.older(self._online().service, self.store)
        self._board.tell(Change.MAIL)

    async def search(self, words: str) -> int:
        """Ask for mail with any of the words in to, from or subject (1 op); how much was new.

        Raises:
            SactermError: it could not be had.
        """
        mark = self.store.mark()
        found = await self._online().service.search(words)
        new = await self.store.upsert(found, owned=True, as_of=mark)
        self._board.tell(Change.MAIL)
        return len(new)

    async def ask_account(self) -> None:
        """Ask for what the plan allows, what is spent of it, and what is stored (2 ops).

        Raises:
            SactermError: some of it could not be had.
        """
        service = self._online().service
        await self._take_account(await service.me())
        await self.store.set_stats(await service.stats(), self.now())
        self._board.tell(Change.STATUS)

    # what is asked of the service

    async def _run(self) -> None:
        with self._disk_may_fail():
            await self.store.show_overdue()
            for email in self._watch:
                await self.addresses.watch(email)
        try:
            self._wire = await self._connect(self._spend)
        except SactermError as error:
            self._asked(Problem(str(error), error.remedy))
            return
        if self._account:
            self._spend("me")
            self._needs.add("account", partial(self._take_account, self._account))
        else:
            self._needs.add("account", self._load_account)
            if self.ledger.is_at_limit:
                self._begin(self._wire)
        await self._needs.run()

    def _begin(self, wire: Wire) -> None:
        """Go on once it is known whose key this is, or that the service does not tell now."""
        self._begun = True
        self._live.use(wire.feed)
        self._background.spawn(self._live.follow(wire.feed))
        with self._disk_may_fail():
            self._live.subscribe()
        self._needs.add("addresses", self._load_names)
        for email in self._watch:
            self._needs.add(f"inbox {email}", partial(self._look_into, email))
        self._live.gap.ask(FIRST_LISTING)
        self._send_soon()

    def _asked(self, problem: Problem | None) -> None:
        if problem:
            self._board.set(online=False, problem=problem)
        else:
            if self._wire and self.status.problem and self.status.problem.offline:
                self._wire.feed.retry_now(refused=False)  # there is a way again
            contact = self.now()
            self._arrivals.note_contact(contact)
            self._board.set(online=True, problem=None, contact=contact)
        if self._wire and not self._begun and not self._other_account:
            self._begin(self._wire)

    async def _load_account(self) -> None:
        await self._take_account(await self._listings("account").me())

    async def _take_account(self, account: Account) -> None:
        known = self.store.account()
        if known is not None and known.id != account.id:
            self._other_account = f"this key belongs to {account.id} now: start sacterm again"
            self._moved(account)
            self._live.stop()
            raise KeyRefused(self._other_account)
        self.ledger.told(account)
        await self.store.set_account(account, self.now())
        self._board.tell(Change.ADDRESSES | Change.STATUS)

    async def _load_names(self) -> None:
        # both, before anything is subscribed to: one connection, one gap, one listing
        service = self._listings("addresses")
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
        if not self._live.coverage.wanted:
            self._live.gap.hurry()

    async def _catch_up(self) -> None:
        self._live.gap.stop()
        new = await history.catch_up(self._listings("mail"), self.store, now=self.now)
        self._board.tell_of_mail(new)

    async def _look_into(self, email: str) -> None:
        try:
            await self._list_inbox(self._listings(email), email)
        except (OwnedByAnother, NotFound, Rejected) as error:  # which it will be the next time too
            self._board.refuse(f"{email} is not listed: {error}")

    async def _list_inbox(self, service: Listings, email: str) -> None:
        self._board.tell_of_mail(await history.list_inbox(service, self.store, email))
        self._board.tell(Change.ADDRESSES)

    def _list(self) -> None:
        self._needs.add("mail", self._catch_up)

    def _list_gap(self) -> None:
        if self.status.problem and not self.status.problem.offline:
            self._needs.join("mail", self._catch_up)  # the service has trouble, but is there
        else:
            self._list()

    def _tell_of_changes(self) -> None:
        self._is_changed = True
        self._send_soon()

    def _send_soon(self) -> None:
        # what an earlier run left is told of unasked
        if self._begun and (self._is_changed or not self.ledger.is_at_limit):
            with self._disk_may_fail():
                if self.store.count_unsent():
                    self._needs.join("changes", self._send_changes)

    async def _send_changes(self) -> None:
        if await self._outbox.send():
            self._send_soon()

    async def _look_elsewhere(self) -> None:
        """Show what another sacterm on this store changes."""
        for look in itertools.count():
            await asyncio.sleep(_LOOKS)
            with self._disk_may_fail():
                if look % _SELDOM == 0 and await self.store.show_overdue():
                    self._mail_changed()
                if await self.store.changed_elsewhere():
                    self.ledger.look_elsewhere()
                    self._addresses_changed()
                if self.status.cache_problem:
                    self._arrivals.write_soon()  # it may be over

    def _woke(self) -> None:
        self._needs.try_all()
        if self._wire:
            self._wire.feed.renew()
        self._mail_changed()  # their ages

    async def _refresh_quiet(self) -> None:
        while True:
            await asyncio.sleep(self._refresh_every)
            with self._disk_may_fail():
                if any(
                    self._live.coverage.liveness(address.email) is not Liveness.LIVE
                    for address in self.store.addresses()
                ):
                    self._list()
                for email in [watched.email for watched in self.store.watched()]:
                    self._needs.join(f"inbox {email}", partial(self._look_into, email))

    # odds and ends

    def _spend(self, kind: str) -> None:
        self.ledger.spend(kind)
        self._arrivals.write_soon()
        self._board.tell(Change.STATUS)

    def _online(self) -> Wire:
        if self._other_account:
            raise KeyRefused(self._other_account)
        if self._wire is None:
            raise Unreachable("not connected yet")
        return self._wire

    def _listings(self, need: str) -> Listings:
        """Whom to ask for a need: what a person asked for is had once, whatever the limit."""
        service = self._online().service
        if need in self._by_hand:
            self._by_hand.discard(need)
            return service
        return Unasked(service, self.ledger)

    def _get_service(self) -> Service | None:
        return self._wire.service if self._wire and not self._other_account else None

    def _disk_trouble(self, error: StoreFailed | None) -> None:
        problem = Problem(str(error), error.remedy) if error else None
        if self.status.cache_problem and not problem:
            self._needs.try_all()  # what could not be kept
        self._board.set(cache_problem=problem)

    @contextlib.contextmanager
    def _disk_may_fail(self) -> Iterator[None]:
        try:
            yield
        except StoreFailed as error:
            self._disk_trouble(error)

    def _mail_changed(self) -> None:
        self._board.tell(Change.MAIL)

    def _addresses_changed(self) -> None:
        self._live.subscribe()
        self._board.tell(Change.ADDRESSES | Change.MAIL)
