"""A service and a feed in memory, driven by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from sacterm.errors import NotFound, OwnedByAnother, Rejected, ServiceError
from sacterm.mailbox.service import Wire
from sacterm.model import (
    Account,
    AccountStats,
    Address,
    AddressCheck,
    Availability,
    Domain,
    DomainDetail,
    FeedEvent,
    InboxPage,
    Listening,
    Message,
    Recipient,
)

START = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


def mail(number: int, inbox: str = "a@mailsac.com", **fields: object) -> Message:
    """Message ``number``, received that many seconds after the start."""
    defaults: dict[str, object] = {
        "id": f"m{number}",
        "inbox": inbox,
        "subject": f"Subject {number}",
        "sender": (Recipient("Acme", "no-reply@acme.example"),),
        "to": (Recipient("", inbox),),
        "received": START + timedelta(seconds=number),
        "size": 1000 + number,
        "read": False,
        "starred": False,
        "labels": (),
        "folder": "inbox",
        "attachments": (),
    }
    return Message(**{**defaults, **fields})  # type: ignore[arg-type]


def raw(number: int, text: str = "") -> bytes:
    return (
        f"From: Acme <no-reply@acme.example>\r\nTo: a@mailsac.com\r\nSubject: Subject {number}\r\n"
        f"\r\n{text or f'Body of {number}'}\r\n"
    ).encode()


class FakeService:
    """What the mailbox asks of the service, over lists that a test fills."""

    def __init__(self, spend: Callable[[str], None] = lambda kind: None) -> None:
        self.spend = spend
        self.skew = timedelta()
        self.mail: list[Message] = []
        self.public: set[str] = set()  # inboxes that are not the account's
        self.raws: dict[str, bytes] = {}
        self.records: dict[str, Address] = {}
        self.custom_domains: list[Domain] = []
        self.account = Account(id="jeff", ops_used=10, ops_limit=1500, address_credits=3)
        self.failing: ServiceError | None = None
        self.failures: dict[str, list[ServiceError]] = {}
        self.asked: list[str] = []
        self.ignores_since = False
        self.ignores_skip = False
        self.slow: asyncio.Event | None = None  # what answers about one address wait for
        self.before_page: Callable[[int], None] = lambda skip: None
        self.star_answers_nothing = False
        self.told: list[tuple[object, ...]] = []  # changes, as they were told
        self.taken: set[str] = set()  # addresses that are somebody else's
        self.sent: list[dict[str, object]] = []
        self.mistaken: set[str] = set()  # addresses that do not pass validation
        self.put_is_ignored = False

    def _ask(self, kind: str) -> None:
        self.asked.append(kind)
        if self.failing:
            raise self.failing
        if waiting := self.failures.get(kind):
            raise waiting.pop(0)
        self.spend(kind)

    async def me(self) -> Account:
        self._ask("me")
        return self.account

    async def addresses(self) -> tuple[Address, ...]:
        self._ask("addresses")
        return tuple(self.records.values())

    async def address(self, email: str) -> Address:
        self._ask("address")
        if self.slow:
            await self.slow.wait()
        return self.records.get(email, Address(email=email))

    async def domains(self) -> tuple[Domain, ...]:
        self._ask("domains")
        return tuple(self.custom_domains)

    async def reserve(self, email: str) -> Address:
        self._ask("reserve")
        self.records[email] = Address(email=email, owner="jeff")
        return self.records[email]

    async def release(self, email: str, *, delete_messages: bool = False) -> None:
        self._ask("release")
        del self.records[email]

    async def put_forwarding(self, record: Address) -> Address | None:
        self._ask("forwarding")
        if not self.put_is_ignored:
            self.records[record.email] = record
        return None

    async def inbox(
        self, *, limit: int = 1000, skip: int = 0, since: datetime | None = None
    ) -> InboxPage:
        self._ask("list")
        self.before_page(skip)
        mine = [m for m in self.mail if m.inbox not in self.public]
        found = sorted(mine, key=lambda m: m.received or START, reverse=True)
        if since and not self.ignores_since:
            found = [m for m in found if m.received and m.received >= since]
        if self.ignores_skip:
            skip = 0
        return InboxPage(tuple(found[skip : skip + limit]), limit=limit, skip=skip)

    async def messages(
        self, email: str, *, limit: int = 1000, until: datetime | None = None
    ) -> tuple[Message, ...]:
        self._ask("list")
        found = [m for m in self.mail if m.inbox == email]
        return tuple(sorted(found, key=lambda m: m.received or START, reverse=True)[:limit])

    async def domain_messages(
        self, name: str, *, limit: int = 1000, until: datetime | None = None
    ) -> tuple[Message, ...]:
        self._ask("list")
        found = [m for m in self.mail if m.inbox.endswith(f"@{name}")]
        return tuple(sorted(found, key=lambda m: m.received or START, reverse=True)[:limit])

    async def raw(self, email: str, id: str) -> bytes:
        self._ask("raw")
        if id not in self.raws:
            raise NotFound("gone", status=404)
        return self.raws[id]

    def _place(self, id: str) -> int:
        for place, message in enumerate(self.mail):
            if message.id == id:
                return place
        raise NotFound("gone", status=404)

    def _change(self, id: str, **values: object) -> Message:
        place = self._place(id)
        self.mail[place] = replace(self.mail[place], **values)
        return self.mail[place]

    def at(self, id: str) -> Message:
        """A message as the service has it."""
        return self.mail[self._place(id)]

    async def message(self, email: str, id: str) -> Message:
        self._ask("message")
        return self.at(id)

    async def search(self, query: str) -> tuple[Message, ...]:
        self._ask("search")
        words = query.lower().split()
        return tuple(m for m in self.mail if any(w in (m.subject or "").lower() for w in words))

    async def toggle_star(self, email: str, id: str) -> Message:
        self._ask("star")
        self.told.append(("star", id))
        return self._change(id, starred=not self.at(id).starred)

    async def set_read(self, email: str, id: str, read: bool) -> None:
        self._ask("read")
        self.told.append(("read", id, read))
        self._change(id, read=read)

    async def set_folder(self, email: str, id: str, folder: str) -> None:
        self._ask("folder")
        self.told.append(("folder", id, folder))
        self._change(id, folder=folder)

    async def add_label(self, email: str, id: str, label: str) -> tuple[str, ...] | None:
        self._ask("label")
        self.told.append(("add label", id, label))
        labels = self.at(id).labels or ()
        return self._change(id, labels=tuple(dict.fromkeys((*labels, label)))).labels

    async def remove_label(self, email: str, id: str, label: str) -> tuple[str, ...] | None:
        self._ask("label")
        self.told.append(("remove label", id, label))
        labels = self.at(id).labels or ()
        return self._change(id, labels=tuple(name for name in labels if name != label)).labels

    async def delete(self, email: str, id: str) -> None:
        self._ask("delete")
        self.told.append(("delete", id))
        del self.mail[self._place(id)]

    async def purge(self, email: str) -> None:
        self._ask("purge")
        self.told.append(("purge", email))
        self.mail = [m for m in self.mail if m.inbox != email or m.starred]

    async def purge_domain(self, domain: str) -> None:
        self._ask("purge")
        self.told.append(("purge domain", domain))
        self.mail = [m for m in self.mail if not m.inbox.endswith(f"@{domain}")]

    async def stats(self) -> AccountStats:
        self._ask("stats")
        return AccountStats(stored=len(self.mail), starred=sum(bool(m.starred) for m in self.mail))

    async def availability(self, email: str) -> Availability:
        self._ask("availability")
        owned = email in self.records or email in self.taken
        return Availability(email, available=not owned, owned=owned)

    async def domain(self, name: str) -> DomainDetail:
        self._ask("domains")
        found = next((d for d in self.custom_domains if d.name == name), None)
        if found is None:
            raise NotFound("no such domain", status=404)
        count = sum(m.inbox.endswith(f"@{name}") for m in self.mail)
        return DomainDetail(found, total_messages=count)

    async def reserve_many(self, emails: Sequence[str]) -> tuple[Address, ...]:
        self._ask("reserve")
        for email in emails:
            if email in self.taken:
                raise OwnedByAnother(f"{email} is owned by another", status=401)
            if email in self.records:
                raise Rejected(f"{email} is already yours", status=400)
        for email in emails:
            self.records[email] = Address(email=email, owner="jeff")
        return tuple(self.records[email] for email in emails)

    async def validate(self, email: str) -> AddressCheck:
        self._ask("validate")
        return self._checked(email)

    async def validate_many(self, emails: Sequence[str]) -> tuple[AddressCheck, ...]:
        self._ask("validate")
        return tuple(map(self._checked, emails))

    def _checked(self, email: str) -> AddressCheck:
        local, _, domain = email.partition("@")
        disposable = domain == "mailsac.com"
        return AddressCheck(
            email=email,
            valid_format=email not in self.mistaken,
            local=local,
            domain=domain,
            is_disposable=disposable,
        )

    async def send(
        self, *, sender: str, to: Sequence[str], subject: str, text: str = "", html: str = ""
    ) -> None:
        self._ask("send")
        self.sent.append({"sender": sender, "to": tuple(to), "subject": subject, "text": text})

    async def aclose(self) -> None:
        pass


class FakeFeed:
    """A feed that says what the test puts in."""

    def __init__(self, *, confirms: bool = True) -> None:
        self.confirms = confirms
        self.names: frozenset[str] = frozenset()
        self.retried = 0
        self.renewed = 0
        self._queue: asyncio.Queue[FeedEvent] = asyncio.Queue()

    def put(self, *events: FeedEvent) -> None:
        for event in events:
            self._queue.put_nowait(event)

    def subscribe(self, names: Collection[str]) -> None:
        new = frozenset(names) - self.names
        self.names = frozenset(names)
        if self.confirms and self.names:
            addresses = frozenset(n for n in names if "@" in n)
            self.put(Listening(addresses, self.names - addresses, new))

    async def events(self) -> AsyncIterator[FeedEvent]:
        while True:
            yield await self._queue.get()

    def retry_now(self, *, refused: bool = True) -> None:
        self.retried += 1

    def renew(self) -> None:
        self.renewed += 1

    async def aclose(self) -> None:
        pass


class FakeWire:
    """Connects to one fake service and one fake feed."""

    def __init__(self) -> None:
        self.service = FakeService()
        self.feed = FakeFeed()

    async def connect(self, on_op: Callable[[str], None]) -> Wire:
        self.service.spend = on_op
        return Wire(self.service, self.feed)
